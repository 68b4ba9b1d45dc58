import type { KubeObject, Resource } from '@coxswain/api';
import { backoffMs, type BackoffRule, type World } from '@coxswain/base';
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
  holds?: ReadonlyMap<string, Hold> | undefined;
}

/** How often something was done, and when last. */
interface Hold {
  readonly times: number;
  readonly lastMs: number;
  readonly rule: BackoffRule;
}

/** The view of one plan. `close` hands back what of it is to be remembered. */
export function observe(
  reads: Reads,
  world: World,
  memory: Memory,
): { readonly observed: Observed; readonly close: () => Omit<Memory, 'failure'> } {
  const nowMs = world.clock.now();
  const marks = new Map<string, number>();
  let { holds } = memory;
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
    holdBackMs(mark, rule) {
      const known = [...(holds ?? [])].filter(
        ([, each]) => each.lastMs + 2 * each.rule.maxMs >= nowMs,
      );
      holds = new Map(known);
      const { times, lastMs } = holds.get(mark) ?? { times: 0, lastMs: nowMs };
      const leftMs = times && lastMs + backoffMs(rule, times, world.random) - nowMs;
      if (leftMs > 0) return leftMs;
      holds = new Map([...known, [mark, { times: times + 1, lastMs: nowMs, rule }]]);
      return 0;
    },
  };
  return { observed, close: () => ({ marks, holds }) };
}
