import { CronJobs, formatTime, Jobs } from '@coxswain/api';
import type { CronJob, CronJobStatus, Job } from '@coxswain/api/types/batch-v1';
import type { Action, Controller, Observed, Plan, Said } from '@coxswain/control';
import { controllerKeys } from '../objects/owner.ts';
import { same } from '../objects/same.ts';
import { timeMs } from '../objects/time.ts';
import { dueAt } from './due.ts';
import {
  createJob,
  deleteJob,
  endOf,
  jobNameOf,
  normal,
  referenceTo,
  startOf,
  surplusJobs,
  warning,
} from './jobs.ts';
import { parseSchedule, type Schedule } from './schedule.ts';

/** Makes a Job at each start of a CronJob's schedule. */
export const cronJobController: Controller<CronJob> = {
  name: 'cronjob-controller',
  reconciles: CronJobs,
  watches: [{ resource: Jobs, keys: (now, before) => controllerKeys(CronJobs, now, before) }],
  writes: [
    { resource: Jobs, verbs: ['create', 'delete'] },
    { resource: CronJobs, subresource: 'status', verbs: ['update'] },
  ],
  plan: (cron, observed) => (cron ? plan(cron, observed) : { actions: [] }),
};

function plan(cron: CronJob, observed: Observed): Plan {
  const jobs = observed.owned(Jobs, cron);
  const { status, told } = recorded(cron, jobs, observed);
  const surplus = surplusJobs(cron, jobs);
  const cleaning = surplus.map((job) => deleteJob(cron, job));
  const written = [...tell(cron, told), ...writeStatus(cron, status), ...cleaning];
  // Starts are decided on what the status says, so that comes first.
  if (!same(cron.status, status)) return { actions: written };
  if (cron.metadata.deletionTimestamp || cron.spec.suspend)
    return { actions: written, why: [{ verdict: 'suspended', facts: {} }] };
  const schedule = scheduleOf(cron);
  if (typeof schedule !== 'function') {
    const why = [{ verdict: 'no schedule', facts: { message: schedule.message } }];
    return { actions: [...written, ...tell(cron, [schedule])], why };
  }
  const { actions, requeueAfterMs, why } = start(cron, schedule, jobs, observed.nowMs);
  return { actions: [...written, ...actions], requeueAfterMs, ...(why && { why }) };
}

/** What the Jobs that are there, and those that are not, make of the status. */
function recorded(
  cron: CronJob,
  jobs: readonly Job[],
  observed: Observed,
): { readonly status: CronJobStatus; readonly told: readonly Said[] } {
  const told: Said[] = [];
  let active = [...(cron.status?.active ?? [])];
  let lastMs = timeMs(cron.status?.lastScheduleTime);
  let successMs = timeMs(cron.status?.lastSuccessfulTime);
  for (const job of jobs) {
    const { name, uid } = job.metadata;
    const end = endOf(job);
    const startMs = startOf(cron, job);
    if (active.some((each) => each.uid === uid)) {
      if (!end) continue;
      active = active.filter((each) => each.uid !== uid);
      told.push(normal('SawCompletedJob', `Saw completed job: ${name}, condition: ${end}`));
    } else if (startMs !== undefined && startMs > (lastMs ?? -Infinity)) {
      // Made by the plan before this one.
      active.push(referenceTo(job));
      lastMs = startMs;
    } else if (!end) {
      const message = `Saw a job that the controller did not create or forgot: ${name}`;
      told.push(warning('UnexpectedJob', message));
    }
    const endMs = end === 'Complete' ? timeMs(job.status?.completionTime) : undefined;
    if (endMs !== undefined && endMs > (successMs ?? -Infinity)) successMs = endMs;
  }
  for (const { name = '', uid } of active) {
    const found = observed.get(Jobs, name, cron.metadata.namespace);
    if (found?.metadata.uid === uid) continue;
    active = active.filter((each) => each.uid !== uid);
    told.push(normal('MissingJob', `Active job went missing: ${name}`));
  }
  const status = {
    ...(active.length > 0 && { active }),
    ...(lastMs !== undefined && { lastScheduleTime: formatTime(lastMs) }),
    ...(successMs !== undefined && { lastSuccessfulTime: formatTime(successMs) }),
  };
  return { status, told };
}

/** The schedule, or what to say when there is none. */
function scheduleOf({ spec }: CronJob): Schedule | Said {
  try {
    if (spec.timeZone) parseSchedule('@hourly', spec.timeZone);
  } catch {
    const reason = `unknown time zone ${spec.timeZone}`;
    return warning('UnknownTimeZone', `invalid timeZone: "${spec.timeZone}": ${reason}`);
  }
  try {
    return parseSchedule(spec.schedule, spec.timeZone);
  } catch (error) {
    const { message } = error as Error;
    return warning('UnparseableSchedule', `unparseable schedule: "${spec.schedule}" : ${message}`);
  }
}

function start(cron: CronJob, schedule: Schedule, jobs: readonly Job[], nowMs: number): Plan {
  const { latestMs, tooMany, waitMs: requeueAfterMs } = dueAt(cron, schedule, nowMs);
  const warned = tooMany
    ? [
        warning(
          'TooManyMissedTimes',
          'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew',
        ),
      ]
    : [];
  const only = (told: readonly Said[], verdict: string): Plan => ({
    actions: tell(cron, told),
    requeueAfterMs,
    why: [
      { verdict, facts: requeueAfterMs === undefined ? {} : { nextMs: nowMs + requeueAfterMs } },
    ],
  });
  if (latestMs === undefined) return only(warned, 'not due');
  const { startingDeadlineSeconds, concurrencyPolicy } = cron.spec;
  const deadlineMs = (startingDeadlineSeconds ?? Infinity) * 1000;
  if (latestMs + deadlineMs < nowMs) {
    const at = new Date(latestMs).toUTCString();
    const message = `Missed scheduled time to start a job: ${at.replace('GMT', 'UTC')}`;
    return only([...warned, warning('MissSchedule', message)], 'start missed');
  }
  const active = cron.status?.active ?? [];
  const name = jobNameOf(cron, latestMs);
  if (
    active.some((each) => each.name === name) ||
    timeMs(cron.status?.lastScheduleTime) === latestMs
  )
    return only(warned, 'already started');
  if (concurrencyPolicy === 'Forbid' && active.length > 0) {
    const message =
      'Not starting job because prior execution is running and concurrency policy is Forbid';
    return only([...warned, normal('JobAlreadyActive', message)], 'another one runs');
  }
  if (concurrencyPolicy === 'Replace' && active.length > 0) {
    // The next plan, without them, starts the new one.
    const replaced = jobs.filter(({ metadata }) => active.some(({ uid }) => uid === metadata.uid));
    const { active: _active, ...status } = cron.status!;
    const actions = [...replaced.map((job) => deleteJob(cron, job)), ...writeStatus(cron, status)];
    return { actions, why: [{ verdict: 'replaces another one', facts: {} }] };
  }
  return {
    actions: [...tell(cron, warned), createJob(cron, latestMs)],
    requeueAfterMs,
    why: [{ verdict: 'due', facts: { job: name } }],
  };
}

const tell = (about: CronJob, said: readonly Said[]): readonly Action[] =>
  said.map((each) => ({ do: 'event', about, ...each }));

function writeStatus(cron: CronJob, status: CronJobStatus): readonly Action[] {
  if (same(cron.status, status)) return [];
  const object = { ...cron, status };
  return [{ do: 'update', resource: CronJobs, object, subresource: 'status' }];
}
