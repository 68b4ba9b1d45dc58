import { formatTime, Jobs } from '@coxswain/api';
import type { Job, JobCondition, JobStatus } from '@coxswain/api/types/batch-v1';
import type { Action, Said } from '@coxswain/control';
import { same } from '../objects/same.ts';
import { isIndexed, type Tally } from './count.ts';
import { formatIndexes } from './indexes.ts';
import { type Ending, isSuspended } from './verdict.ts';

export const isFinished = ({ status }: Job): boolean =>
  status?.conditions?.some(
    ({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True',
  ) ?? false;

/** The status with everything that was counted; `active` is what is left once this plan's actions are done. */
export function countedStatus(job: Job, tally: Tally, active: number, nowMs: number): JobStatus {
  const { uncounted } = tally;
  const limitPerIndex = job.spec?.backoffLimitPerIndex;
  const started = job.status?.startTime ?? (isSuspended(job) ? undefined : formatTime(nowMs));
  return {
    ...job.status,
    ...(started && { startTime: started }),
    active,
    ready: Math.min(tally.ready, active), // what this plan deletes is no longer counted as ready
    terminating: tally.terminating,
    succeeded: tally.countedSucceeded,
    failed: tally.countedFailed,
    uncountedTerminatedPods: {
      ...(uncounted.succeeded.length > 0 && { succeeded: uncounted.succeeded }),
      ...(uncounted.failed.length > 0 && { failed: uncounted.failed }),
    },
    ...(isIndexed(job) && { completedIndexes: formatIndexes(tally.succeededIndexes) }),
    ...(isIndexed(job) &&
      limitPerIndex !== undefined && { failedIndexes: formatIndexes(tally.failedIndexes) }),
  };
}

const condition = (
  type: string,
  status: 'True' | 'False',
  reason: string,
  message: string,
  nowMs: number,
): JobCondition => {
  const now = formatTime(nowMs);
  return { type, status, lastProbeTime: now, lastTransitionTime: now, reason, message };
};

const has = ({ conditions }: JobStatus, type: string): boolean =>
  conditions?.some((each) => each.type === type && each.status === 'True') ?? false;

/** Says how the Job will end; it ends only when its last pod is gone. */
export function announced(
  status: JobStatus,
  { type, reason, message }: Ending,
  nowMs: number,
): JobStatus {
  const target = type === 'Failed' ? 'FailureTarget' : 'SuccessCriteriaMet';
  if (has(status, target)) return status;
  const conditions = [
    ...(status.conditions ?? []),
    condition(target, 'True', reason, message, nowMs),
  ];
  return { ...status, conditions };
}

/** The end itself. */
export function finished(
  status: JobStatus,
  { type, reason, message }: Ending,
  nowMs: number,
): JobStatus {
  const conditions = [
    ...(status.conditions ?? []),
    condition(type, 'True', reason, message, nowMs),
  ];
  const { uncountedTerminatedPods: _none, ...rest } = status;
  const completed = type === 'Complete' && { completionTime: formatTime(nowMs) };
  return { ...rest, ...completed, uncountedTerminatedPods: {}, conditions };
}

export const endEvent = ({ type, reason, message }: Ending): Said =>
  type === 'Complete'
    ? { type: 'Normal', reason: 'Completed', message: 'Job completed' }
    : { type: 'Warning', reason, message };

/** The Suspended condition after the spec, and what to tell; a resumed Job starts its time anew. */
export function suspension(
  job: Job,
  status: JobStatus,
  nowMs: number,
): { readonly status: JobStatus; readonly said?: Said } {
  const present = status.conditions?.find(({ type }) => type === 'Suspended');
  const suspended = isSuspended(job);
  if ((present?.status === 'True') === suspended) return { status };
  const next = suspended
    ? condition('Suspended', 'True', 'JobSuspended', 'Job suspended', nowMs)
    : condition('Suspended', 'False', 'JobResumed', 'Job resumed', nowMs);
  const others = (status.conditions ?? []).filter(({ type }) => type !== 'Suspended');
  const { startTime: _startTime, ...unstarted } = status;
  const conditions = [...others, next];
  return suspended
    ? {
        status: { ...unstarted, conditions },
        said: { type: 'Normal', reason: 'Suspended', message: 'Job suspended' },
      }
    : {
        status: { ...status, startTime: formatTime(nowMs), conditions },
        said: { type: 'Normal', reason: 'Resumed', message: 'Job resumed' },
      };
}

const zeros = { active: 0, ready: 0, terminating: 0, succeeded: 0, failed: 0 };

export function writeStatus(job: Job, status: JobStatus, said?: Said): readonly Action[] {
  if (same({ ...zeros, ...job.status }, { ...zeros, ...status })) return [];
  return [
    {
      do: 'update',
      resource: Jobs,
      object: { ...job, status } as Job,
      subresource: 'status',
      ...(said && { announce: { about: job, done: () => said } }),
    },
  ];
}
