import type { Job } from '@coxswain/api/types/batch-v1';
import type { Pod } from '@coxswain/api/types/core-v1';
import { timeMs } from '../objects/time.ts';
import { completionsOf, isIndexed, type Tally } from './count.ts';
import { verdictOf } from './failure-policy.ts';
import { parseIndexes } from './indexes.ts';
import { hasFailed } from './pods.ts';

/** How a Job ends, and why. */
export interface Ending {
  readonly type: 'Complete' | 'Failed';
  readonly reason: string;
  readonly message: string;
}

const failed = (reason: string, message: string): Ending => ({ type: 'Failed', reason, message });

export const isSuspended = ({ spec }: Job): boolean => spec?.suspend ?? false;

/** The end that a Job has earned, in upstream's order of rules; undefined while it goes on. */
export function endingOf(
  job: Job,
  pods: readonly Pod[],
  tally: Tally,
  nowMs: number,
): Ending | undefined {
  return (
    decided(job) ??
    bySuccessPolicy(job, tally) ??
    byFailurePolicy(job, pods) ??
    byLimits(job, pods, tally, nowMs) ??
    byCompletions(job, tally)
  );
}

/** An end announced before, which only waits for the last pods. */
function decided({ status }: Job): Ending | undefined {
  for (const { type, status: value, reason = '', message = '' } of status?.conditions ?? []) {
    if (value !== 'True') continue;
    if (type === 'FailureTarget') return failed(reason, message);
    if (type === 'SuccessCriteriaMet') return { type: 'Complete', reason, message };
  }
  return undefined;
}

function bySuccessPolicy(job: Job, { succeededIndexes }: Tally): Ending | undefined {
  for (const [at, rule] of (job.spec?.successPolicy?.rules ?? []).entries()) {
    const indexes =
      rule.succeededIndexes === undefined
        ? undefined
        : parseIndexes(rule.succeededIndexes, completionsOf(job));
    const met = indexes
      ? [...indexes].filter((each) => succeededIndexes.has(each)).length
      : succeededIndexes.size;
    const needed = rule.succeededCount ?? indexes?.size ?? Infinity;
    if (met >= needed)
      return { type: 'Complete', reason: 'SuccessPolicy', message: `Matched rules at index ${at}` };
  }
  return undefined;
}

function byFailurePolicy(job: Job, pods: readonly Pod[]): Ending | undefined {
  if (!job.spec?.podFailurePolicy) return undefined;
  for (const pod of pods) {
    if (!hasFailed(job, pod)) continue;
    const verdict = verdictOf(job, pod);
    if (verdict?.action === 'FailJob') return failed('PodFailurePolicy', verdict.message);
  }
  return undefined;
}

function byLimits(job: Job, pods: readonly Pod[], tally: Tally, nowMs: number): Ending | undefined {
  const limit =
    job.spec?.backoffLimit ?? (job.spec?.backoffLimitPerIndex === undefined ? 6 : Infinity);
  if (tally.failed > limit || restartedTooOften(job, pods, limit))
    return failed('BackoffLimitExceeded', 'Job has reached the specified backoff limit');
  if ((deadlineMs(job) ?? Infinity) <= nowMs)
    return failed('DeadlineExceeded', 'Job was active longer than specified deadline');
  const { maxFailedIndexes } = job.spec ?? {};
  if (maxFailedIndexes !== undefined && tally.failedIndexes.size > maxFailedIndexes)
    return failed(
      'MaxFailedIndexesExceeded',
      'Job has exceeded the specified maximal number of failed indexes',
    );
  return undefined;
}

/** When the Job runs out of time; undefined where it has no deadline, or does not run. */
export function deadlineMs(job: Job): number | undefined {
  const seconds = job.spec?.activeDeadlineSeconds;
  const startedMs = timeMs(job.status?.startTime);
  if (seconds === undefined || startedMs === undefined || isSuspended(job)) return undefined;
  return startedMs + seconds * 1000;
}

/** Containers that the kubelet restarts count too. */
function restartedTooOften(job: Job, pods: readonly Pod[], limit: number): boolean {
  if (job.spec?.template.spec?.restartPolicy !== 'OnFailure') return false;
  let restarts = 0;
  for (const { status } of pods)
    if (status?.phase === 'Running' || status?.phase === 'Pending')
      for (const each of [
        ...(status.initContainerStatuses ?? []),
        ...(status.containerStatuses ?? []),
      ])
        restarts += each.restartCount;
  return limit === 0 ? restarts > 0 : restarts >= limit;
}

function byCompletions(job: Job, tally: Tally): Ending | undefined {
  const done: Ending = {
    type: 'Complete',
    reason: 'CompletionsReached',
    message: 'Reached expected number of succeeded pods',
  };
  if (tally.active.length > 0) return undefined;
  if (job.spec?.completions === undefined || job.spec.completions === null)
    return tally.succeeded > 0 ? done : undefined;
  const ended = tally.succeeded + (isIndexed(job) ? tally.failedIndexes.size : 0);
  if (ended < completionsOf(job)) return undefined;
  return tally.failedIndexes.size > 0 && isIndexed(job)
    ? failed('FailedIndexes', 'Job has failed indexes')
    : done;
}
