import type { Job } from '@coxswain/api/types/batch-v1';
import type { Pod } from '@coxswain/api/types/core-v1';
import { isActive, isLeaving, isReady } from '../pods/state.ts';
import { counts, verdictOf } from './failure-policy.ts';
import { indexOf, parseIndexes } from './indexes.ts';
import { failureCountKey, finishedMs, hasFailed, isTracked } from './pods.ts';

/** Pods accounted for in the status at most before their finalizers go, as upstream bounds the list. */
const uncountedMax = 500;

/** How a Job stands: what its status will say once everything seen is counted. */
export interface Tally {
  readonly active: readonly Pod[];
  readonly ready: number;
  readonly terminating: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly succeededIndexes: ReadonlySet<number>;
  readonly failedIndexes: ReadonlySet<number>;
  /** The next value of status.uncountedTerminatedPods, and the counters beside it. */
  readonly uncounted: { readonly succeeded: readonly string[]; readonly failed: readonly string[] };
  readonly countedSucceeded: number;
  readonly countedFailed: number;
  /** Pods that the status as it stands accounts for: their finalizers may go. */
  readonly accounted: readonly Pod[];
}

export const isIndexed = ({ spec }: Job): boolean => spec?.completionMode === 'Indexed';
export const completionsOf = ({ spec }: Job): number => spec?.completions ?? 0;

/**
 * Counts each ended pod exactly once, whatever happens between writes: first its uid goes into the status, then its
 * finalizer goes, then the uid turns into a count. The pods seen tell which of these steps are done.
 */
export function tally(job: Job, pods: readonly Pod[]): Tally {
  const { status } = job;
  const byUid = new Map(pods.map((pod) => [pod.metadata.uid ?? '', pod]));
  const held = (uid: string): boolean => {
    const pod = byUid.get(uid);
    return pod !== undefined && isTracked(pod);
  };
  const before = status?.uncountedTerminatedPods;
  const kept = {
    succeeded: (before?.succeeded ?? []).filter(held),
    failed: (before?.failed ?? []).filter(held),
  };
  const countedSucceeded =
    (status?.succeeded ?? 0) + (before?.succeeded?.length ?? 0) - kept.succeeded.length;
  const countedFailed = (status?.failed ?? 0) + (before?.failed?.length ?? 0) - kept.failed.length;
  const known = new Set([...kept.succeeded, ...kept.failed]);
  const fresh = pods.filter((pod) => isTracked(pod) && !known.has(pod.metadata.uid ?? ''));
  const newFailed = fresh.filter((pod) => pod.status?.phase !== 'Succeeded' && hasFailed(job, pod));
  const ofIndex = indexTally(job, pods, newFailed);
  const newSucceeded = isIndexed(job)
    ? []
    : fresh.filter(({ status }) => status?.phase === 'Succeeded');
  const room = uncountedMax - known.size;
  const added = [
    ...newSucceeded,
    ...newFailed.filter((pod) => counts(job, pod) && ofIndex.isValid(pod)),
  ].slice(0, room);
  const uidsOf = (some: readonly Pod[]): readonly string[] =>
    some.map(({ metadata }) => metadata.uid ?? '');
  const uncounted = {
    succeeded: [...kept.succeeded, ...uidsOf(newSucceeded.filter((pod) => added.includes(pod)))],
    failed: [...kept.failed, ...uidsOf(newFailed.filter((pod) => added.includes(pod)))],
  };
  const ignored = newFailed.filter((pod) => !counts(job, pod) || !ofIndex.isValid(pod));
  return {
    active: pods.filter(isActive),
    ready: pods.filter((pod) => isActive(pod) && isReady(pod)).length,
    terminating: pods.filter(isLeaving).length,
    succeeded: isIndexed(job)
      ? ofIndex.succeeded.size
      : countedSucceeded + kept.succeeded.length + newSucceeded.length,
    failed: countedFailed + kept.failed.length + newFailed.length - ignored.length,
    succeededIndexes: ofIndex.succeeded,
    failedIndexes: ofIndex.failed,
    uncounted,
    countedSucceeded: isIndexed(job) ? ofIndex.succeeded.size : countedSucceeded,
    countedFailed,
    accounted: [
      ...[...known].map((uid) => byUid.get(uid)!),
      ...ignored,
      ...fresh.filter(
        (pod) =>
          isIndexed(job) &&
          pod.status?.phase === 'Succeeded' &&
          (ofIndex.persisted.has(indexOf(pod) ?? -1) || !ofIndex.isValid(pod)),
      ),
    ],
  };
}

interface IndexTally {
  readonly succeeded: ReadonlySet<number>;
  readonly failed: ReadonlySet<number>;
  readonly persisted: ReadonlySet<number>; // succeeded, by the status as it stands
  readonly isValid: (pod: Pod) => boolean;
}

function indexTally(job: Job, pods: readonly Pod[], newFailed: readonly Pod[]): IndexTally {
  const completions = completionsOf(job);
  if (!isIndexed(job))
    return { succeeded: new Set(), failed: new Set(), persisted: new Set(), isValid: () => true };
  const isValid = (pod: Pod): boolean => (indexOf(pod) ?? completions) < completions;
  const persisted = parseIndexes(job.status?.completedIndexes, completions);
  const succeeded = new Set(persisted);
  for (const pod of pods)
    if (isTracked(pod) && pod.status?.phase === 'Succeeded' && isValid(pod))
      succeeded.add(indexOf(pod)!);
  const failed = parseIndexes(job.status?.failedIndexes, completions);
  const limit = job.spec?.backoffLimitPerIndex;
  if (limit !== undefined)
    for (const pod of newFailed) {
      if (!isValid(pod) || succeeded.has(indexOf(pod)!)) continue;
      const verdict = verdictOf(job, pod)?.action;
      const failures = failuresOf(pod) + (verdict === 'Ignore' ? 0 : 1);
      if (verdict === 'FailIndex' || failures > limit) failed.add(indexOf(pod)!);
    }
  return { succeeded, failed, persisted, isValid };
}

/** How often its index had failed before this pod. */
export const failuresOf = ({ metadata }: Pod): number =>
  Number(metadata.annotations?.[failureCountKey] ?? 0);

/** Pods that failed one after another since the last success, and when the last of them did. */
export function failuresInARow(
  job: Job,
  pods: readonly Pod[],
): { readonly count: number; readonly lastMs: number } {
  const ended = pods.filter(
    (pod) => pod.status?.phase === 'Succeeded' || (hasFailed(job, pod) && counts(job, pod)),
  );
  const newestFirst = ended.toSorted((a, b) => finishedMs(b) - finishedMs(a));
  const success = newestFirst.findIndex(({ status }) => status?.phase === 'Succeeded');
  const failures = success < 0 ? newestFirst : newestFirst.slice(0, success);
  return { count: failures.length, lastMs: failures[0] ? finishedMs(failures[0]) : 0 };
}
