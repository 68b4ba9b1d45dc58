import { Endpoints, type KubeObject, type Resource } from '@coxswain/api';
import type { Objects } from './authz/objects.ts';
import { type Catalog, keyOf, type Served } from './rest/catalog.ts';
import { type Cached, objectOf } from './watch-cache/index.ts';

/** The server's own caches as authentication, authorisation and admission read them. */
export function objectsOf(catalog: Catalog): Objects {
  const servedOf = ({ group, version, resource }: Resource): Served => {
    const served = catalog.kept(group, version, resource);
    if (!served?.cache) throw new Error(`${resource}.${group} is not kept by this server`);
    return served;
  };
  return {
    get<T extends KubeObject>(resource: Resource<T>, name: string, namespace = '') {
      const served = servedOf(resource);
      const cached = served.cache!.get(keyOf(served, namespace, name));
      return cached && (served.read(objectOf(cached)) as T);
    },
    *all<T extends KubeObject>(resource: Resource<T>, namespace?: string) {
      const served = servedOf(resource);
      const prefix = namespace ? `${served.cache!.prefix}${namespace}/` : served.cache!.prefix;
      const found: Cached[] = [];
      served.cache!.walk(prefix, (key, cached) => {
        if (!key.startsWith(prefix)) return false;
        found.push(cached);
        return true;
      });
      for (const cached of found) yield served.read(objectOf(cached)) as T;
    },
    follow<T extends KubeObject>(
      resource: Resource<T>,
      changed: (now: T | undefined, before: T | undefined) => void,
    ) {
      const served = servedOf(resource);
      const read = (cached: Cached | undefined): T | undefined =>
        cached && (served.read(objectOf(cached)) as T);
      return served.cache!.follow((after, before) => changed(read(after), read(before)));
    },
  };
}

/** Where the Service `kubernetes` finds this server: what upstream tells clients of it. */
export function addressIn(objects: Objects): string | undefined {
  const [subset] = objects.get(Endpoints, 'kubernetes', 'default')?.subsets ?? [];
  const [address, port] = [subset?.addresses?.[0]?.ip, subset?.ports?.[0]?.port];
  return address && port ? `${address}:${port}` : undefined;
}
