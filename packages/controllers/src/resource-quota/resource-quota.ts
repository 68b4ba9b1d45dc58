import {
  ApiError,
  APIServices,
  CustomResourceDefinitions,
  type Resource,
  ResourceQuotas,
} from '@coxswain/api';
import { sameLists } from '@coxswain/api/quota';
import type { ResourceQuota } from '@coxswain/api/types/core-v1';
import { keyOf, splitKey } from '@coxswain/client';
import { KeyedQueue, type Loop, type LoopContext, type Outcome } from '@coxswain/control';
import { ended } from '../objects/ended.ts';
import { Measured } from './measured.ts';
import { isLess, measure, recounted } from './recount.ts';

const workers = 5;
/** Upstream's --resource-quota-sync-period: what was charged for an object that was not stored after all is given back. */
const recountMs = 300_000;
/** What was charged may be on its way into the caches still: less than before is believed when it is found so long. */
const doubtMs = 100;

/** Counts what is used of quotas: when one is new or changed, and when something that counts goes. */
export const resourceQuotaController: Loop = {
  name: 'resourcequota-controller',
  reads: [ResourceQuotas],
  rules: [
    { apiGroups: ['*'], resources: ['*'], verbs: ['list', 'watch'] },
    { apiGroups: [''], resources: ['resourcequotas/status'], verbs: ['update'] },
  ],
  async run(context) {
    const { informers, signal, world } = context;
    const quotas = informers.of(ResourceQuotas);
    await quotas.whenSynced(signal);
    const doubts = new Map<string, Doubt>();
    await using queue = new KeyedQueue(world, 'resourcequota_primary', workers, (key) =>
      world.work.track(attempt(key, context, measured, doubts)),
    );
    const wake = (namespace: string): void => {
      for (const quota of quotas.all(namespace)) queue.add(keyOf(quota));
    };
    using measured = new Measured(context, wake);
    using subscriptions = new DisposableStack();
    subscriptions.use(
      quotas.subscribe((changes) => {
        for (const { now, before } of changes) if (now && isNew(now, before)) queue.add(keyOf(now));
      }),
    );
    // What is served changes with these: a quota may name it already.
    for (const resource of [CustomResourceDefinitions, APIServices])
      subscriptions.use(
        informers.of(resource as Resource, { metadataOnly: true }).subscribe(() => {
          measured.forgetUnknown();
          for (const quota of quotas.all()) if (lacksCounts(quota)) queue.add(keyOf(quota));
        }),
      );
    await ended(signal);
  },
};

/**
 * Changes of what is used are this controller's own, or the API server's, who knows better. Limits that somebody else wrote
 * into the status are put right at once; upstream waits for its next round.
 */
const isNew = (now: ResourceQuota, before: ResourceQuota | undefined): boolean =>
  !before ||
  JSON.stringify(now.spec) !== JSON.stringify(before.spec) ||
  !sameLists(now.status?.hard ?? {}, now.spec?.hard ?? {});

const lacksCounts = ({ spec, status }: ResourceQuota): boolean =>
  Object.keys(spec?.hard ?? {}).some((name) => status?.used?.[name] === undefined);

/** Since when less seems to be used of a quota than it says in this revision. */
interface Doubt {
  readonly revision: string | undefined;
  readonly sinceMs: number;
}

async function attempt(
  key: string,
  context: LoopContext,
  measured: Measured,
  doubts: Map<string, Doubt>,
): Promise<Outcome> {
  const { client, informers, signal, world } = context;
  const { name, namespace = '' } = splitKey(key);
  try {
    const quotas = informers.of(ResourceQuotas);
    const names = Object.keys(quotas.get(name, namespace)?.spec?.hard ?? {});
    const evaluators = await measured.evaluatorsOf(names);
    const quota = quotas.get(name, namespace);
    if (!quota) return { step: 'done' };
    const reads = measured.reads();
    const used = measure(quota, evaluators, (each) => measured.objects(each, namespace), reads);
    const next = recounted(quota, used);
    if (next && isLess(next, quota)) {
      const leftMs = doubtLeft(key, quota, reads.nowMs, doubts);
      if (leftMs > 0) return { step: 'done', requeueAfterMs: leftMs };
    }
    doubts.delete(key);
    if (next)
      await client.update(ResourceQuotas, next, {
        subresource: 'status',
        signal,
      });
    return { step: 'done', requeueAfterMs: world.clock.now() - reads.nowMs + recountMs };
  } catch (error) {
    if (signal.aborted) return { step: 'done' };
    if (!(error instanceof ApiError)) throw error;
    return error.code === 404 ? { step: 'done' } : { step: 'retry' };
  }
}

function doubtLeft(
  key: string,
  { metadata }: ResourceQuota,
  nowMs: number,
  doubts: Map<string, Doubt>,
): number {
  const revision = metadata.resourceVersion;
  const known = doubts.get(key);
  const doubt = known?.revision === revision ? known! : { revision, sinceMs: nowMs };
  doubts.set(key, doubt);
  return doubt.sinceMs + doubtMs - nowMs;
}
