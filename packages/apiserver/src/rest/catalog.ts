import { type About, groupVersion, type KubeObject, type Resource } from '@coxswain/api';
import type { Kind } from '../kinds/kind.ts';
import type { ResourceCache, ResourceCacheOptions } from '../watch-cache/index.ts';
import { root } from '../watch-cache/watch-cache.ts';

/** A kind with what follows from it for serving it. */
export interface Served {
  readonly kind: Kind;
  readonly resource: Resource;
  readonly apiVersion: string;
  /** Where its objects are kept; undefined for kinds that are only answered. */
  readonly cache: ResourceCache | undefined;
  /** First bytes of every stored object of the kind, up to its metadata's opening brace. */
  readonly head: string;
  /** From the stored form to this version, and back. */
  readonly read: (object: KubeObject) => KubeObject;
  readonly store: (object: KubeObject) => KubeObject;
}

/** Upstream's names of keys that differ from the resource's. */
const oldNames: Readonly<Record<string, string>> = {
  replicationcontrollers: 'controllers',
  endpoints: 'services/endpoints',
  services: 'services/specs',
  nodes: 'minions',
  ingresses: 'ingress',
};
const grouped = new Set(['apiextensions.k8s.io', 'apiregistration.k8s.io']);

/** The prefix of a resource's keys, as upstream lays them out; custom resources stand under their group. */
export function prefixOf({ group, resource }: Resource, custom: boolean): string {
  if (custom || grouped.has(group)) return `${root}${group}/${resource}/`;
  return `${root}${oldNames[resource] ?? resource}/`;
}

export function keyOf(served: Served, namespace: string, name: string): string {
  const prefix = served.cache!.prefix;
  return served.resource.namespaced ? `${prefix}${namespace}/${name}` : prefix + name;
}

export const aboutOf = ({ resource }: Served, name?: string): About => ({
  group: resource.group,
  resource: resource.resource,
  name,
});

/** The first bytes of a stored object; see `Cached`. */
export const headOf = (resource: Resource): string =>
  `{"kind":"${resource.kind}","apiVersion":"${groupVersion(resource)}","metadata":{`;

const pathOf = ({ group, version, resource }: Resource): string =>
  `${group}/${version}/${resource}`;

const same = (object: KubeObject): KubeObject => object;

/** Fields with an index: those by which every kubelet and every controller watches. */
const indexedFields: Readonly<Record<string, readonly string[]>> = { pods: ['spec.nodeName'] };

/** All kinds that are served, by group, version and resource. Grows and shrinks with custom resources. */
export class Catalog {
  readonly #add: (options: ResourceCacheOptions) => ResourceCache;
  readonly #byPath = new Map<string, Served>();
  readonly #hidden = new Map<string, Served>();
  readonly #caches = new Map<string, ResourceCache>();
  #generation = 0;

  constructor(add: (options: ResourceCacheOptions) => ResourceCache) {
    this.#add = add;
  }

  /** Moves whenever a kind comes or goes: what is derived from the list is then stale. */
  get generation(): number {
    return this.#generation;
  }

  get(group: string, version: string, resource: string): Served | undefined {
    return this.#byPath.get(`${group}/${version}/${resource}`);
  }

  /** Also one that is turned off: its objects are there, and the server itself may read them. */
  kept(group: string, version: string, resource: string): Served | undefined {
    return (
      this.get(group, version, resource) ?? this.#hidden.get(`${group}/${version}/${resource}`)
    );
  }

  all(): readonly Served[] {
    return [...this.#byPath.values()];
  }

  hasVersion(group: string, version: string): boolean {
    return this.all().some((s) => s.resource.group === group && s.resource.version === version);
  }

  add(kind: Kind, custom = false): Served {
    const { group, version, resource } = kind.resource;
    const served = this.unlisted(kind, custom);
    this.#byPath.set(`${group}/${version}/${resource}`, served);
    this.#generation++;
    return served;
  }

  /** A kind as it would be served, for the server's own use: no request finds it. */
  unlisted(kind: Kind, custom = false): Served {
    const { resource, storedAs } = kind;
    const keptAs = storedAs?.resource ?? resource;
    return {
      kind,
      resource,
      apiVersion: groupVersion(resource),
      cache: kind.unstored ? undefined : this.#cacheOf(keptAs, kind, custom),
      head: headOf(resource),
      read: storedAs ? storedAs.fromStored : same,
      store: storedAs ? storedAs.toStored : same,
    };
  }

  /** Turns a kind off: no client sees it any longer. */
  hide({ group, version, resource }: Resource): void {
    const path = `${group}/${version}/${resource}`;
    const served = this.#byPath.get(path);
    if (!served) return;
    this.#hidden.set(path, served);
    this.#byPath.delete(path);
    this.#generation++;
  }

  remove({ group, version, resource }: Resource): void {
    this.#byPath.delete(`${group}/${version}/${resource}`);
    this.#generation++;
  }

  /** The cache of custom resources, made where there is none, so that it can be filled before they are served. */
  customCache(resource: Resource): ResourceCache {
    return this.#cacheOf(resource, undefined, true);
  }

  /** Puts `kinds` in the place of what was served of this custom resource: all its versions at once. */
  replaceCustom({ group, resource }: Resource, kinds: readonly Kind[]): void {
    for (const [path, served] of this.#byPath)
      if (served.kind.custom && served.resource.group === group)
        if (served.resource.resource === resource) this.#byPath.delete(path);
    for (const kind of kinds)
      if (!this.#byPath.get(pathOf(kind.resource)) && !this.#hidden.has(pathOf(kind.resource)))
        this.add(kind, true);
    this.#generation++;
  }

  /** Forgets the cache of a custom resource that is no more; gives it, for its watches to be ended. */
  dropCustom(resource: Resource): ResourceCache | undefined {
    const prefix = prefixOf(resource, true);
    const cache = this.#caches.get(prefix);
    this.#caches.delete(prefix);
    return cache;
  }

  /** Kinds that share their stored objects share one cache. */
  #cacheOf(keptAs: Resource, kind: Kind | undefined, custom: boolean): ResourceCache {
    const prefix = prefixOf(keptAs, custom);
    const known = this.#caches.get(prefix);
    if (known) return known;
    const names = indexedFields[keptAs.resource] ?? [];
    const selectable = kind?.selectableFields ?? {};
    const fields = names.filter((name) => selectable[name]);
    const indexed = Object.fromEntries(fields.map((name) => [name, selectable[name]!]));
    const cache = this.#add({ resource: keptAs, prefix, indexed });
    this.#caches.set(prefix, cache);
    return cache;
  }
}
