import { CronJobs, formatTime, Jobs } from '@coxswain/api';
import type { CronJob, Job } from '@coxswain/api/types/batch-v1';
import type { ObjectReference } from '@coxswain/api/types/core-v1';
import type { Action, Said } from '@coxswain/control';
import { namespaceIsGoing } from '../objects/going.ts';
import { controllerReference } from '../objects/owner.ts';
import { timeMs } from '../objects/time.ts';
import { formatInZone } from './zone.ts';

const scheduledKey = 'batch.kubernetes.io/cronjob-scheduled-timestamp';

/** One name for each start, so that no start makes two Jobs. */
export const jobNameOf = ({ metadata }: CronJob, startMs: number): string =>
  `${metadata.name}-${Math.floor(startMs / 60_000)}`;

/** The start that a Job was made for; undefined where this CronJob did not make it. */
export function startOf(cron: CronJob, job: Job): number | undefined {
  const startMs = timeMs(job.metadata.annotations?.[scheduledKey]);
  return startMs !== undefined && jobNameOf(cron, startMs) === job.metadata.name
    ? startMs
    : undefined;
}

/** `Complete` or `Failed`; undefined while it runs. */
export const endOf = ({ status }: Job): string | undefined =>
  status?.conditions?.find(
    ({ type, status: value }) => (type === 'Complete' || type === 'Failed') && value === 'True',
  )?.type;

export const referenceTo = ({ metadata }: Job): ObjectReference => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  name: metadata.name,
  namespace: metadata.namespace,
  uid: metadata.uid,
  resourceVersion: metadata.resourceVersion,
});

export function createJob(cron: CronJob, startMs: number): Action {
  const { timeZone, jobTemplate } = cron.spec;
  const { labels, annotations } = jobTemplate.metadata ?? {};
  const scheduled = timeZone ? formatInZone(startMs, timeZone) : formatTime(startMs);
  const object = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: jobNameOf(cron, startMs),
      namespace: cron.metadata.namespace,
      ...(labels && { labels }),
      annotations: { ...annotations, [scheduledKey]: scheduled },
      ownerReferences: [controllerReference(CronJobs, cron)],
    },
    spec: jobTemplate.spec,
  } as Job;
  const done = normal('SuccessfulCreate', `Created job ${object.metadata.name}`);
  const failed = (error: Error): Said | undefined =>
    namespaceIsGoing(error)
      ? undefined
      : warning('FailedCreate', `Error creating job: ${error.message}`);
  return {
    do: 'create',
    resource: Jobs,
    object,
    announce: { about: cron, done: () => done, failed },
  };
}

export const deleteJob = (cron: CronJob, job: Job): Action => ({
  do: 'remove',
  resource: Jobs,
  object: job,
  propagation: 'Background',
  announce: {
    about: cron,
    done: () => normal('SuccessfulDelete', `Deleted job ${job.metadata.name}`),
    failed: (error) => warning('FailedDelete', `Deleted job: ${error.message}`),
  },
});

export const normal = (reason: string, message: string): Said => ({
  type: 'Normal',
  reason,
  message,
});
export const warning = (reason: string, message: string): Said => ({
  type: 'Warning',
  reason,
  message,
});

/** Ended Jobs above the limits of each kind of end, the ones that started first. */
export function surplusJobs({ spec }: CronJob, jobs: readonly Job[]): readonly Job[] {
  const limits = [
    { end: 'Complete', limit: spec.successfulJobsHistoryLimit },
    { end: 'Failed', limit: spec.failedJobsHistoryLimit },
  ];
  return limits.flatMap(({ end, limit }) => {
    if (limit === undefined) return [];
    const ended = jobs.filter((job) => endOf(job) === end).toSorted(byStart);
    return ended.slice(0, Math.max(0, ended.length - limit));
  });
}

const byStart = (a: Job, b: Job): number =>
  (timeMs(a.status?.startTime) ?? Infinity) === (timeMs(b.status?.startTime) ?? Infinity)
    ? a.metadata.name < b.metadata.name
      ? -1
      : 1
    : (timeMs(a.status?.startTime) ?? Infinity) - (timeMs(b.status?.startTime) ?? Infinity);
