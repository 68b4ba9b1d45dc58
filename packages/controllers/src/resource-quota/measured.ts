import {
  DeviceClasses,
  type KubeObject,
  PersistentVolumeClaims,
  Pods,
  ResourceClaims,
  type Resource,
  Services,
} from '@coxswain/api';
import {
  claimUsageChanges,
  countName,
  evaluatorFor,
  evaluators,
  isTerminating,
  type QuotaEvaluator,
  type QuotaReads,
  takesResources,
} from '@coxswain/api/quota';
import type { PersistentVolumeClaim, Pod, Service } from '@coxswain/api/types/core-v1';
import type { Cache, Changes } from '@coxswain/client';
import type { LoopContext } from '@coxswain/control';
import { discover, takes } from '../discovery/discover.ts';
import { same } from '../objects/same.ts';

/** Resources whose objects are looked into; of all others only the number counts. */
const whole: readonly Resource<any>[] = [Pods, Services, PersistentVolumeClaims, ResourceClaims];
const idOf = ({ group, resource }: { readonly group: string; readonly resource: string }): string =>
  `${resource}.${group}`;

/** Whether a container that was there before has other resources now: its resize is over. */
function isResized({ status }: Pod, { status: before }: Pod): boolean {
  const all = (of: Pod['status']) => [
    ...(of?.containerStatuses ?? []),
    ...(of?.initContainerStatuses ?? []),
  ];
  const now = new Map(all(status).map(({ name, resources }) => [name, resources]));
  return all(before).some(
    ({ name, resources }) => now.has(name) && !same(now.get(name), resources),
  );
}

/** Changes that free something; what takes more is charged by admission. */
const frees: Readonly<Record<string, (now: any, before: any, nowMs: number) => boolean>> = {
  [idOf(Pods)]: (now: Pod, before: Pod, nowMs) =>
    isTerminating(now) !== isTerminating(before) ||
    (takesResources(before, nowMs) && !takesResources(now, nowMs)) ||
    isResized(now, before),
  [idOf(Services)]: (now: Service, before: Service) => now.spec?.type !== before.spec?.type,
  [idOf(PersistentVolumeClaims)]: (now: PersistentVolumeClaim, before: PersistentVolumeClaim) =>
    claimUsageChanges(now, before),
};

/** The caches of what the quotas of the cluster name, each opened when the first quota names it. */
export class Measured implements Disposable {
  readonly #context: LoopContext;
  readonly #wake: (namespace: string) => void;
  readonly #caches = new Map<string, Cache<KubeObject>>();
  readonly #subscriptions = new DisposableStack();
  /** Resources by the name that counts them; undefined until somebody asks. */
  #served: Promise<ReadonlyMap<string, Resource>> | undefined;

  constructor(context: LoopContext, wake: (namespace: string) => void) {
    this.#context = context;
    this.#wake = wake;
  }

  /** Those that measure one of the names, with their caches filled. */
  async evaluatorsOf(names: readonly string[]): Promise<readonly QuotaEvaluator[]> {
    if (names.some((name) => name.includes('deviceclass') || name.startsWith('requests.')))
      await this.#open(DeviceClasses);
    const reads = this.reads();
    const found = evaluators.filter((each) => names.some((name) => each.measures(name, reads)));
    const counts = names.filter(
      (name) => name.startsWith('count/') && !found.some((each) => each.measures(name, reads)),
    );
    const served = await this.#resources();
    for (const name of counts) {
      const resource = served.get(name);
      const evaluator = resource && evaluatorFor(resource);
      if (evaluator) found.push(evaluator);
    }
    for (const { group, resource } of found) {
      const known = served.get(countName({ group, resource }));
      if (known) await this.#open(known);
    }
    return found.filter((each) => this.#caches.has(idOf(each)));
  }

  objects(evaluator: QuotaEvaluator, namespace: string): Iterable<KubeObject> {
    return this.#caches.get(idOf(evaluator))?.all(namespace) ?? [];
  }

  reads(): QuotaReads {
    const cacheOf = <T extends KubeObject>(resource: Resource<T>): Cache<T> | undefined =>
      this.#caches.get(idOf(resource)) as Cache<T> | undefined;
    return {
      nowMs: this.#context.world.clock.now(),
      get: (resource, name, namespace) => cacheOf(resource)?.get(name, namespace),
      all: (resource, namespace) => cacheOf(resource)?.all(namespace) ?? [],
    };
  }

  /** What is served has changed. */
  forgetUnknown(): void {
    this.#served = undefined;
  }

  #resources(): Promise<ReadonlyMap<string, Resource>> {
    const { client, signal } = this.#context;
    const ask = async (): Promise<ReadonlyMap<string, Resource>> => {
      const { resources } = await discover(client, signal);
      return new Map(
        resources
          .filter((each) => each.namespaced && takes(each, 'create', 'list', 'watch', 'delete'))
          .map((each) => [countName(each), each]),
      );
    };
    this.#served ??= ask().catch((error: unknown) => {
      this.#served = undefined;
      throw error;
    });
    return this.#served;
  }

  async #open(resource: Resource): Promise<void> {
    const { informers, signal, world } = this.#context;
    const id = idOf(resource);
    if (this.#caches.has(id)) return;
    const known = [...whole, DeviceClasses].find((each) => idOf(each) === id);
    const cache = known
      ? informers.of<KubeObject>(known)
      : informers.of<KubeObject>(resource, { metadataOnly: true });
    await cache.whenSynced(signal);
    if (this.#caches.has(id)) return;
    this.#caches.set(id, cache);
    this.#subscriptions.use(
      cache.subscribe((changes) => {
        for (const namespace of freed(changes, id, world.clock.now())) this.#wake(namespace);
      }),
    );
  }

  [Symbol.dispose](): void {
    this.#subscriptions.dispose();
  }
}

function freed(changes: Changes<KubeObject>, id: string, nowMs: number): ReadonlySet<string> {
  const namespaces = new Set<string>();
  for (const { now, before } of changes)
    if (before && (!now || frees[id]?.(now, before, nowMs)))
      namespaces.add(before.metadata.namespace ?? '');
  return namespaces;
}
