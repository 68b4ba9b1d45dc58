import {
  type APIGroup,
  type APIGroupList,
  type APIResource,
  type APIResourceList,
  type APIVersions,
} from '@coxswain/api/types/meta';
import type { Kind } from '../kinds/kind.ts';
import type { Engine } from '../rest/engine.ts';
import type { Served } from '../rest/catalog.ts';
import { allVerbs } from '../rest/rest.ts';
import { type Group, groups } from './order.ts';
import { storageVersionHash } from './storage-version-hash.ts';
import { type SubresourceFacts, subresourcesOf } from './subresources.ts';

/** `/api`: versions of the core group. */
export const versions = ({ address }: Engine): Omit<APIVersions, 'apiVersion'> => {
  const serverAddress = address();
  return {
    kind: 'APIVersions',
    versions: ['v1'],
    serverAddressByClientCIDRs:
      serverAddress === undefined ? [] : [{ clientCIDR: '0.0.0.0/0', serverAddress }],
  };
};

/** `/apis`: all groups but the core one. */
export const groupList = (engine: Engine): APIGroupList => ({
  kind: 'APIGroupList',
  apiVersion: 'v1',
  groups: groups(engine)
    .filter(({ name }) => name !== '')
    .map(groupOf),
});

/** `/apis/{group}`. */
export function group(engine: Engine, name: string): APIGroup | undefined {
  const found = groups(engine).find((each) => each.name === name && name !== '');
  return found && { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(found) };
}

function groupOf({ name, versions }: Group): APIGroup {
  const all = versions.map(({ version }) => ({ groupVersion: `${name}/${version}`, version }));
  return { name, versions: all, preferredVersion: all[0]! };
}

const lists = new WeakMap<Group['versions'][number], APIResourceList>();

/** `/api/v1` and `/apis/{group}/{version}`. */
export function resourceList(
  engine: Engine,
  group: string,
  version: string,
): APIResourceList | undefined {
  const found = groups(engine)
    .find(({ name }) => name === group)
    ?.versions.find((each) => each.version === version);
  if (!found) return undefined;
  const known = lists.get(found);
  if (known) return known;
  const list: APIResourceList = {
    kind: 'APIResourceList',
    ...(group && { apiVersion: 'v1' }),
    groupVersion: group ? `${group}/${version}` : version,
    resources: found.served
      .flatMap((served) => [
        resourceOf(served),
        ...subresourcesOf(served).map((each) => subresourceOf(served, each)),
      ])
      .toSorted(byResource),
  };
  lists.set(found, list);
  return list;
}

/** By resource; a custom resource's own come in their own order. */
function byResource(a: APIResource, b: APIResource): number {
  const [x, y] = [a.name.split('/')[0]!, b.name.split('/')[0]!];
  return x === y ? 0 : x < y ? -1 : 1;
}

export const verbsOf = ({ custom, verbs }: Kind): readonly string[] =>
  custom?.discovered ?? verbs ?? allVerbs;

export const singularOf = ({ kind, resource }: Served): string =>
  kind.custom?.names.singular ?? resource.kind.toLowerCase();

function resourceOf(served: Served): APIResource {
  const { kind, resource } = served;
  return {
    name: resource.resource,
    singularName: singularOf(served),
    namespaced: resource.namespaced,
    kind: resource.kind,
    verbs: verbsOf(kind),
    ...(kind.shortNames && { shortNames: kind.shortNames }),
    ...(kind.categories && { categories: kind.categories }),
    ...(!kind.unstored && {
      storageVersionHash: storageVersionHash(kind.storedAs?.resource ?? resource),
    }),
  };
}

function subresourceOf({ resource }: Served, facts: SubresourceFacts): APIResource {
  return {
    name: `${resource.resource}/${facts.name}`,
    singularName: '',
    namespaced: resource.namespaced,
    // Only where it is another group's: a resource of the same one needs no telling.
    ...(facts.kind?.group && { group: facts.kind.group, version: facts.kind.version }),
    kind: facts.kind?.kind ?? resource.kind,
    verbs: facts.verbs,
  };
}
