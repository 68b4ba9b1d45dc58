import { ApiError, type Resource } from '@coxswain/api';
import type { APIGroupList, APIResourceList } from '@coxswain/api/types/meta';
import type { Look } from './look.ts';

interface Named {
  readonly resource: Resource;
  readonly names: readonly string[];
}

/** The resource that a user means by `name`: `deploy`, `Widget`, `widgets.example.com`; asked of the server's discovery. */
export async function servedResource(name: string, look: Look): Promise<Resource | undefined> {
  const [plain = '', ...rest] = name.toLowerCase().split('.');
  const group = rest.join('.');
  for (const path of await versions(look, group)) {
    const found = (await resources(look, path)).find(
      ({ resource, names }) => names.includes(plain) && (group === '' || resource.group === group),
    );
    if (found) return found.resource;
  }
  return undefined;
}

/** Paths of group versions, the preferred one of each group, the core's first. */
async function versions(look: Look, group: string): Promise<readonly string[]> {
  if (group === '') {
    const list = (await get(look, '/apis')) as APIGroupList | undefined;
    const others = (list?.groups ?? []).map(
      ({ preferredVersion, versions: all }) =>
        `/apis/${(preferredVersion ?? all[0]!).groupVersion}`,
    );
    return ['/api/v1', ...others];
  }
  const list = (await get(look, '/apis')) as APIGroupList | undefined;
  const found = list?.groups.find(({ name }) => name === group);
  return found ? [`/apis/${(found.preferredVersion ?? found.versions[0]!).groupVersion}`] : [];
}

async function resources(look: Look, path: string): Promise<readonly Named[]> {
  const list = (await get(look, path)) as APIResourceList | undefined;
  const [group, version] = path === '/api/v1' ? ['', 'v1'] : path.split('/').slice(2);
  return (list?.resources ?? [])
    .filter(({ name, verbs }) => !name.includes('/') && verbs.includes('get'))
    .map(({ name, singularName, kind, namespaced, shortNames }) => ({
      resource: { group: group!, version: version!, resource: name, kind, namespaced },
      names: [name, singularName, kind.toLowerCase(), ...(shortNames ?? [])],
    }));
}

/** Undefined: the server has no such page, or its part is away. */
async function get(look: Look, path: string): Promise<unknown> {
  try {
    return await look.raw({ method: 'GET', path });
  } catch (error) {
    if (error instanceof ApiError) return undefined;
    throw error;
  }
}
