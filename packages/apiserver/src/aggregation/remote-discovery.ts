import type {
  APIGroupDiscoveryList,
  APIResourceDiscovery,
  APIVersionDiscovery,
} from '@coxswain/api/types/apidiscovery-v2';
import type { APIService } from '@coxswain/api/types/apiregistration-v1';
import type { APIResource, APIResourceList } from '@coxswain/api/types/meta';
import { type Clock, headerOf } from '@coxswain/base';
import { Deadline } from '../webhook-client/index.ts';
import { joined } from './pass-on.ts';
import { remoteHeaders, remoteOf, type RemoteWays, urlOf } from './remote.ts';

const timeoutMs = 5000;
const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
/** Who reads the discovery of others. */
const reader = { name: 'system:kube-aggregator', groups: ['system:masters'] };

/** What another server says of a group and version: all at once where it can, else by its list of resources. */
export async function remoteDiscovery(
  ways: RemoteWays,
  clock: Clock,
  service: APIService,
  outer: AbortSignal,
): Promise<APIVersionDiscovery | undefined> {
  const { group = '', version = '' } = service.spec;
  using deadline = new Deadline(clock, timeoutMs, outer);
  const { signal } = deadline;
  const get = async (target: string, accept: string): Promise<object | undefined> => {
    const { place, trust } = remoteOf(ways, service);
    const url = new URL(urlOf(place));
    const answer = await ways.carry({
      ...{ method: 'GET', url, target, trust, connectTo: place, signal },
      headers: [['Host', url.host], ['Accept', accept], ...remoteHeaders(reader)],
    });
    const pieces: Uint8Array[] = [];
    for await (const piece of answer.body) pieces.push(piece);
    const isJson = headerOf(answer.headers, 'content-type')?.startsWith('application/json');
    if (answer.status !== 200 || !isJson) return undefined;
    return JSON.parse(new TextDecoder().decode(joined(pieces))) as object;
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
