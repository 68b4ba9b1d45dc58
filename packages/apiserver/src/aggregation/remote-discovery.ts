import type {
  APIGroupDiscoveryList,
  APIResourceDiscovery,
  APIVersionDiscovery,
} from '@coxswain/api/types/apidiscovery-v2';
import type { APIService } from '@coxswain/api/types/apiregistration-v1';
import type { APIResource, APIResourceList } from '@coxswain/api/types/meta';
import type { Clock } from '@coxswain/base';
import type { RemoteWays } from './remote.ts';
import { remoteGet } from './remote-get.ts';

const timeoutMs = 5000;
const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
/** Who reads the discovery of others. */
const reader = { name: 'system:kube-aggregator', groups: ['system:masters'] };

/** What another server says of a group and version: all at once where it can, else by its list of resources. */
export async function remoteDiscovery(
  ways: RemoteWays,
  clock: Clock,
  service: APIService,
  signal: AbortSignal,
): Promise<APIVersionDiscovery | undefined> {
  const { group = '', version = '' } = service.spec;
  const get = async (target: string, accept: string): Promise<object | undefined> => {
    const { status, header, bytes } = await remoteGet(
      ...([ways, clock, service, reader] as const),
      { target, headers: [['Accept', accept]], timeoutMs },
      signal,
    );
    const isJson = header('content-type').startsWith('application/json');
    if (status !== 200 || !isJson) return undefined;
    return JSON.parse(new TextDecoder().decode(bytes)) as object;
  };
  const all = (await get('/apis', `${aggregated},application/json`)) as
    | APIGroupDiscoveryList
    | undefined;
  if (all?.kind === 'APIGroupDiscoveryList')
    return all.items
      .find(({ metadata }) => metadata?.name === group)
      ?.versions?.find((each) => each.version === version);
  const list = (await get(`/apis/${group}/${version}`, 'application/json')) as
    | APIResourceList
    | undefined;
  return list && { version, resources: resourcesOf(group, version, list.resources ?? []) };
}

function resourcesOf(
  group: string,
  version: string,
  resources: readonly APIResource[],
): readonly APIResourceDiscovery[] {
  const kindOf = (each: APIResource): { group: string; version: string; kind: string } => ({
    group: each.group || group,
    version: each.version || version,
    kind: each.kind,
  });
  return resources
    .filter(({ name }) => !name.includes('/'))
    .map((each) => ({
      resource: each.name,
      responseKind: kindOf(each),
      scope: each.namespaced ? 'Namespaced' : 'Cluster',
      singularResource: each.singularName,
      verbs: each.verbs,
      ...(each.shortNames && { shortNames: each.shortNames }),
      ...(each.categories && { categories: each.categories }),
      subresources: resources
        .filter(({ name }) => name.startsWith(`${each.name}/`))
        .map((sub) => ({
          subresource: sub.name.slice(each.name.length + 1),
          responseKind: kindOf(sub),
          verbs: sub.verbs,
        })),
    }));
}
