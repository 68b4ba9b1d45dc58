import type {
  APIGroupDiscovery,
  APIGroupDiscoveryList,
  APIVersionDiscovery,
} from '@coxswain/api/types/apidiscovery-v2';
import type { APIService } from '@coxswain/api/types/apiregistration-v1';
import type { APIGroup, APIGroupList } from '@coxswain/api/types/meta';
import type { RemoteOpenApi } from './remote-openapi.ts';
import { compareVersions } from '../discovery/order.ts';

/** What is known of a remote group and version; `discovery` is undefined until it was read once. */
export interface KnownRemote {
  readonly service: APIService;
  readonly discovery: APIVersionDiscovery | undefined;
  readonly openApi: RemoteOpenApi | undefined;
  readonly isCurrent: boolean;
}

/** The priorities of groups and versions, as all APIServices say. */
export interface Ranks {
  readonly group: (name: string) => number;
  readonly version: (group: string, version: string) => number;
}

export function ranksOf(services: Iterable<APIService>): Ranks {
  const groups = new Map<string, number>();
  const versions = new Map<string, number>();
  for (const { spec } of services) {
    const { group = '', version = '' } = spec;
    groups.set(group, Math.max(groups.get(group) ?? 0, spec.groupPriorityMinimum));
    versions.set(`${group}/${version}`, spec.versionPriority);
  }
  return {
    group: (name) => groups.get(name) ?? 0,
    version: (group, version) => versions.get(`${group}/${version}`) ?? 0,
  };
}

/** Upstream's own discovery stands above all, in the order that it has. */
const first = 'apiregistration.k8s.io';

const byRank =
  <T>(ranks: Ranks, nameOf: (item: T) => string) =>
  (a: T, b: T): number => {
    const [x, y] = [nameOf(a), nameOf(b)];
    if (x === first || y === first) return x === first ? -1 : 1;
    return ranks.group(y) - ranks.group(x);
  };

const byVersion =
  (ranks: Ranks, group: string) =>
  (a: { readonly version: string }, b: { readonly version: string }): number =>
    ranks.version(group, b.version) - ranks.version(group, a.version) ||
    compareVersions(b.version, a.version);

const groupOf = ({ service: { spec } }: KnownRemote): string => spec.group ?? '';

/** A group with the remote versions that can be asked. */
export function mergedGroup(
  local: APIGroup | undefined,
  name: string,
  remotes: readonly KnownRemote[],
  ranks: Ranks,
): APIGroup | undefined {
  const there = remotes.filter((each) => groupOf(each) === name && each.isCurrent);
  const versions = [
    ...(local?.versions ?? []),
    ...there.map(({ service: { spec } }) => ({
      groupVersion: `${name}/${spec.version ?? ''}`,
      version: spec.version ?? '',
    })),
  ].toSorted(byVersion(ranks, name));
  if (versions.length === 0) return undefined;
  return { ...local, name, versions, preferredVersion: versions[0]! };
}

export function mergedGroupList(
  local: APIGroupList,
  remotes: readonly KnownRemote[],
  ranks: Ranks,
): APIGroupList {
  const names = new Set([...local.groups.map(({ name }) => name), ...remotes.map(groupOf)]);
  const groups = [...names].flatMap(
    (name) =>
      mergedGroup(
        local.groups.find((each) => each.name === name),
        name,
        remotes,
        ranks,
      ) ?? [],
  );
  return { ...local, groups: groups.toSorted(byRank(ranks, ({ name }) => name)) };
}

/** All groups at once; a version whose server does not answer is told as it last was, and as stale. */
export function mergedDiscovery(
  local: APIGroupDiscoveryList,
  remotes: readonly KnownRemote[],
  ranks: Ranks,
): APIGroupDiscoveryList {
  const nameOf = ({ metadata }: APIGroupDiscovery): string => metadata?.name ?? '';
  const groups = new Map(local.items.map((item) => [nameOf(item), item]));
  for (const remote of remotes) {
    const name = groupOf(remote);
    const version: APIVersionDiscovery = {
      ...(remote.discovery ?? { version: remote.service.spec.version ?? '' }),
      freshness: remote.isCurrent ? 'Current' : 'Stale',
    };
    const before = groups.get(name) ?? { metadata: { name }, versions: [] };
    const versions = [...(before.versions ?? []), version].toSorted(byVersion(ranks, name));
    groups.set(name, { ...before, versions });
  }
  return { ...local, items: [...groups.values()].toSorted(byRank(ranks, nameOf)) };
}
