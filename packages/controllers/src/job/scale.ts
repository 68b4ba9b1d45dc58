import type { Job } from '@coxswain/api/types/batch-v1';
import type { Pod } from '@coxswain/api/types/core-v1';
import type { Action } from '@coxswain/control';
import { deletionOrder } from '../pods/ranking.ts';
import { isLeaving } from '../pods/state.ts';
import { createPod, deletePod } from '../pods/write.ts';
import { completionsOf, failuresInARow, failuresOf, isIndexed, type Tally } from './count.ts';
import { counts } from './failure-policy.ts';
import { indexOf } from './indexes.ts';
import { finishedMs, hasFailed, podOf, replacesOnlyFailed } from './pods.ts';
import { isSuspended } from './verdict.ts';

/** Pods that one plan creates or deletes at most. */
const burstMax = 500;
/** Waits after failures in a row: 10 s, 20 s, 40 s ... */
const backoffFirstMs = 10_000;
const backoffMaxMs = 600_000;

export interface Scaling {
  readonly actions: readonly Action[];
  readonly active: number; // once they are done
  readonly requeueAfterMs?: number;
}

/** Brings the number of active pods to what the Job wants now: deletes first, creates in a later plan. */
export function scaleJob(job: Job, pods: readonly Pod[], tally: Tally, nowMs: number): Scaling {
  const active = tally.active.length;
  const wanted = wantedActive(job, tally);
  const going = surplus(job, tally, Math.max(0, active - wanted), nowMs).slice(0, burstMax);
  if (going.length > 0)
    return { actions: going.map((pod) => deletePod(pod, job)), active: active - going.length };
  const leaving = replacesOnlyFailed(job) ? pods.filter(isLeaving).length : 0;
  const missing = Math.min(wanted - active - leaving, burstMax);
  if (isSuspended(job) || missing <= 0) return { actions: [], active };
  if (job.spec?.backoffLimitPerIndex !== undefined)
    return perIndex(job, pods, tally, missing, nowMs);
  const waitMs = backoffMs(failuresInARow(job, pods), nowMs);
  if (waitMs > 0) return { actions: [], active, requeueAfterMs: waitMs };
  const indexes = isIndexed(job)
    ? pendingIndexes(job, pods, tally).slice(0, missing)
    : Array.from({ length: missing }, () => undefined);
  return {
    actions: indexes.map((index) => createPod(podOf(job, index, 0), job)),
    active: active + indexes.length,
  };
}

function wantedActive(job: Job, { active, succeeded, failedIndexes }: Tally): number {
  if (isSuspended(job)) return 0;
  const parallelism = job.spec?.parallelism ?? 1;
  if (job.spec?.completions === undefined || job.spec.completions === null)
    return succeeded > 0 ? Math.min(active.length, parallelism) : parallelism;
  const left = completionsOf(job) - succeeded - (isIndexed(job) ? failedIndexes.size : 0);
  return Math.max(0, Math.min(left, parallelism));
}

/** At least `atLeast` pods to delete: those of no use first, then by upstream's order. */
function surplus(
  job: Job,
  { active, succeededIndexes, failedIndexes }: Tally,
  atLeast: number,
  nowMs: number,
): readonly Pod[] {
  const order = deletionOrder(active, [], nowMs);
  if (!isIndexed(job)) return order.slice(0, atLeast);
  const seen = new Set<number>();
  const useless = order.toReversed().filter((pod) => {
    const index = indexOf(pod);
    const bad =
      index === undefined ||
      index >= completionsOf(job) ||
      succeededIndexes.has(index) ||
      failedIndexes.has(index) ||
      seen.has(index);
    if (index !== undefined) seen.add(index);
    return bad;
  });
  const others = order.filter((pod) => !useless.includes(pod));
  return [...useless, ...others.slice(0, Math.max(0, atLeast - useless.length))];
}

/** Indexes without a pod, lowest first. */
function pendingIndexes(job: Job, pods: readonly Pod[], tally: Tally): readonly number[] {
  const taken = new Set([...tally.succeededIndexes, ...tally.failedIndexes]);
  for (const pod of tally.active) taken.add(indexOf(pod) ?? -1);
  if (replacesOnlyFailed(job))
    for (const pod of pods.filter(isLeaving)) taken.add(indexOf(pod) ?? -1);
  const pending: number[] = [];
  for (let index = 0; index < completionsOf(job) && pending.length < burstMax; index++)
    if (!taken.has(index)) pending.push(index);
  return pending;
}

/** Each index backs off by itself, and carries its number of failures from pod to pod. */
function perIndex(
  job: Job,
  pods: readonly Pod[],
  tally: Tally,
  missing: number,
  nowMs: number,
): Scaling {
  const actions: Action[] = [];
  let requeueAfterMs = Infinity;
  for (const index of pendingIndexes(job, pods, tally)) {
    if (actions.length >= missing) break;
    const last = pods
      .filter((pod) => indexOf(pod) === index && hasFailed(job, pod))
      .toSorted((a, b) => finishedMs(b) - finishedMs(a))[0];
    const count = last ? failuresOf(last) + (counts(job, last) ? 1 : 0) : 0;
    const waitMs = last ? backoffMs({ count, lastMs: finishedMs(last) }, nowMs) : 0;
    if (waitMs > 0) requeueAfterMs = Math.min(requeueAfterMs, waitMs);
    else actions.push(createPod(podOf(job, index, count), job));
  }
  const active = tally.active.length + actions.length;
  return { actions, active, ...(requeueAfterMs < Infinity && { requeueAfterMs }) };
}

function backoffMs(
  { count, lastMs }: { readonly count: number; readonly lastMs: number },
  nowMs: number,
): number {
  if (count === 0) return 0;
  const wait = Math.min(backoffFirstMs * 2 ** (count - 1), backoffMaxMs);
  return Math.max(0, lastMs + wait - nowMs);
}
