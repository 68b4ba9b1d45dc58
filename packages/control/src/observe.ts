import type { KubeObject, Resource } from '@coxswain/api';
import type { World } from '@coxswain/base';
import { type Cache, type Informers, keyOf } from '@coxswain/client';
import type { Controller, Observed } from './controller.ts';

type Reads = Pick<Observed, 'get' | 'all' | 'owned' | 'by' | 'values' | 'seenMs'>;

type Changes = Parameters<Parameters<Cache<any>['subscribe']>[0]>[0];

const controllerUid = (object: KubeObject): readonly string[] => {
  const owner = object.metadata.ownerReferences?.find((each) => each.controller);
  return owner ? [owner.uid] : [];
};

/** The caches that a controller declares, and nothing beside them. */
export class Declared {
  readonly reads: Reads;
  readonly #caches = new Map<string, Cache<any>>();
  readonly #seenMs = new Map<string, Map<string, number>>();
  readonly #name: string;

  constructor(controller: Controller<any>, informers: Informers) {
    this.#name = controller.name;
    const own = { resource: controller.reconciles, indexes: controller.indexes };
    for (const { resource, indexes } of [own, ...controller.watches]) {
      const cache = informers.of(resource);
      for (const [name, of] of Object.entries(indexes ?? {})) cache.addIndex(name, of);
      this.#caches.set(idOf(resource), cache);
    }
    this.reads = {
      get: (resource, name, namespace) => this.cache(resource).get(name, namespace),
      all: (resource, namespace) => this.cache(resource).all(namespace),
      by: (resource, index, value) => this.cache(resource).by(index, value),
      values: (resource, index) => this.cache(resource).values(index),
      owned: (resource, owner) => {
        const cache = this.cache(resource);
        cache.addIndex('controller-uid', controllerUid);
        return cache.by('controller-uid', owner.metadata.uid ?? '');
      },
      seenMs: (resource, name, namespace) =>
        this.#seenMs.get(idOf(resource))?.get(namespace ? `${namespace}/${name}` : name),
    };
  }

  /** Notes that these states of `resource` came now. */
  note(resource: Resource, changes: Changes, nowMs: number): void {
    const id = idOf(resource);
    const times = this.#seenMs.get(id) ?? new Map<string, number>();
    this.#seenMs.set(id, times);
    for (const { now, before } of changes)
      if (now) times.set(keyOf(now), nowMs);
      else times.delete(keyOf(before!));
  }

  get caches(): Iterable<Cache<any>> {
    return this.#caches.values();
  }

  find(resource: Resource): Cache<any> | undefined {
    return this.#caches.get(idOf(resource));
  }

  cache<T extends KubeObject>(resource: Resource<T>): Cache<T> {
    const found = this.find(resource);
    if (!found) throw new Error(`${this.#name} does not declare that it reads ${idOf(resource)}`);
    return found;
  }
}

const idOf = ({ group, resource }: Resource): string => (group ? `${resource}.${group}` : resource);

/** What is remembered of a key from one plan to the next. */
export interface Memory {
  failure?: Error | undefined;
  marks: ReadonlyMap<string, number>;
}

/** The view of one plan. `close` hands back the marks it asked for. */
export function observe(
  reads: Reads,
  world: World,
  memory: Memory,
): { readonly observed: Observed; readonly close: () => ReadonlyMap<string, number> } {
  const nowMs = world.clock.now();
  const marks = new Map<string, number>();
  const observed: Observed = {
    ...reads,
    nowMs,
    random: world.random,
    failure: memory.failure,
    since(mark) {
      const sinceMs = memory.marks.get(mark) ?? nowMs;
      marks.set(mark, sinceMs);
      return sinceMs;
    },
  };
  return { observed, close: () => marks };
}
