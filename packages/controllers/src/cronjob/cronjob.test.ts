import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CronJobs, Events, Jobs } from '@coxswain/api';
import type { CronJob, Job } from '@coxswain/api/types/batch-v1';
import { createTestCluster, type TestCluster } from '@coxswain/cluster/testing';
import { controllerReference } from '../objects/owner.ts';
import { job, namespace } from '../testing/objects.ts';
import { nowMs, observedBy } from '../testing/observed.ts';
import { cronJobController } from './cronjob.ts';

// The instant of the tests is 2026-01-01T00:00:00Z.
const cronOf = (spec: object = {}, status?: object): CronJob =>
  ({
    metadata: { name: 'tick', namespace, uid: 'cron', creationTimestamp: '2025-12-31T23:58:30Z' },
    spec: {
      schedule: '* * * * *',
      concurrencyPolicy: 'Allow',
      successfulJobsHistoryLimit: 1,
      failedJobsHistoryLimit: 1,
      jobTemplate: { spec: job().spec },
      ...spec,
    },
    ...(status && { status }),
  }) as CronJob;

const nameAt = (time: string): string => `tick-${Math.floor(Date.parse(time) / 60_000)}`;
const jobAt = (time: string, end?: string): Job =>
  ({
    ...job(),
    metadata: {
      name: nameAt(time),
      namespace,
      uid: `uid-${time}`,
      annotations: { 'batch.kubernetes.io/cronjob-scheduled-timestamp': time },
      ownerReferences: [controllerReference(CronJobs, cronOf())],
    },
    status: {
      startTime: time,
      ...(end && { conditions: [{ type: end, status: 'True' }], completionTime: time }),
    },
  }) as Job;
const refTo = (one: Job): object => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  name: one.metadata.name,
  namespace,
  uid: one.metadata.uid,
});

const plan = (cron: CronJob, jobs: readonly Job[] = []): readonly string[] => {
  const observed = observedBy(cronJobController, {
    objects: [
      [Jobs, jobs],
      [CronJobs, [cron]],
    ],
  });
  const { actions } = cronJobController.plan(cron, observed, 'default/tick');
  return actions.map((action) => {
    if (action.do === 'event') return `${action.reason}: ${action.message}`;
    if (action.do === 'update')
      return `active ${(action.object as CronJob).status?.active?.length ?? 0}, last ${(action.object as CronJob).status?.lastScheduleTime?.slice(11)}`;
    return `${action.do} ${action.object.metadata.name}`;
  });
};

const [before, now] = ['2025-12-31T23:59:00Z', '2026-01-01T00:00:00Z'];
const running = { active: [refTo(jobAt(before))], lastScheduleTime: before };
const cases: readonly {
  readonly name: string;
  readonly cron: CronJob;
  readonly jobs?: readonly Job[];
  readonly does: readonly string[];
}[] = [
  { name: 'the latest start is made up for', cron: cronOf(), does: [`create ${nameAt(now)}`] },
  { name: 'a suspended one rests', cron: cronOf({ suspend: true }), does: [] },
  {
    name: 'what was made is written down',
    cron: cronOf(),
    jobs: [jobAt(now)],
    does: ['active 1, last 00:00:00Z'],
  },
  {
    name: 'and not made again',
    cron: cronOf({}, { active: [refTo(jobAt(now))], lastScheduleTime: now }),
    jobs: [jobAt(now)],
    does: [],
  },
  {
    name: 'an ended one is told of',
    cron: cronOf({}, running),
    jobs: [jobAt(before, 'Failed')],
    does: [
      `SawCompletedJob: Saw completed job: ${nameAt(before)}, condition: Failed`,
      'active 0, last 23:59:00Z',
    ],
  },
  {
    name: 'a missing one too',
    cron: cronOf({}, running),
    does: [`MissingJob: Active job went missing: ${nameAt(before)}`, 'active 0, last 23:59:00Z'],
  },
  {
    name: 'beside another',
    cron: cronOf({}, running),
    jobs: [jobAt(before)],
    does: [`create ${nameAt(now)}`],
  },
  {
    name: 'not beside another',
    cron: cronOf({ concurrencyPolicy: 'Forbid' }, running),
    jobs: [jobAt(before)],
    does: [
      'JobAlreadyActive: Not starting job because prior execution is running and concurrency policy is Forbid',
    ],
  },
  {
    name: 'in place of another',
    cron: cronOf({ concurrencyPolicy: 'Replace' }, running),
    jobs: [jobAt(before)],
    does: [`remove ${nameAt(before)}`, 'active 0, last 23:59:00Z'],
  },
  {
    name: 'too late is too late',
    cron: cronOf({ schedule: '59 23 * * *', startingDeadlineSeconds: 30 }),
    does: [],
  },
  {
    name: 'many missed starts are told of',
    cron: cronOf({}, { lastScheduleTime: '2025-12-31T20:00:00Z' }),
    does: [
      'TooManyMissedTimes: too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew',
      `create ${nameAt(now)}`,
    ],
  },
  {
    name: 'old ends go',
    cron: cronOf({}, { lastScheduleTime: now, lastSuccessfulTime: before }),
    jobs: [jobAt('2025-12-31T23:57:00Z', 'Complete'), jobAt(before, 'Complete')],
    does: [`remove ${nameAt('2025-12-31T23:57:00Z')}`],
  },
  {
    name: 'an unknown zone',
    cron: cronOf({ timeZone: 'Mars/Olympus' }),
    does: ['UnknownTimeZone: invalid timeZone: "Mars/Olympus": unknown time zone Mars/Olympus'],
  },
];
for (const { name, cron, jobs, does } of cases)
  test(name, () => assert.deepEqual(plan(cron, jobs), does));

test('it looks again shortly after the next start', () => {
  const cron = cronOf({ schedule: '*/10 * * * *' }, { lastScheduleTime: now });
  const { requeueAfterMs } = cronJobController.plan(cron, observedBy(cronJobController), '');
  assert.deepEqual([nowMs, requeueAfterMs], [Date.parse(now), 600_100]);
});

const stateOf = async ({ client, signal }: TestCluster): Promise<unknown> => {
  const { status } = await client.get(CronJobs, 'tick', { namespace, signal });
  const { items } = await client.list(Jobs, { namespace, signal });
  return { jobs: items.length, active: status?.active?.length ?? 0 };
};

test('an hour of ticks', async () => {
  await using cluster = await createTestCluster({ controllers: [cronJobController] });
  const { client, signal } = cluster;
  const metadata = { name: 'tick', namespace };
  await client.create(CronJobs, { ...cronOf({ schedule: '*/10 * * * *' }), metadata } as CronJob, {
    signal,
  });
  await cluster.advance('1h1s');
  assert.deepEqual(await stateOf(cluster), { jobs: 6, active: 6 });
  const events = (await client.list(Events, { namespace, signal })).items;
  assert.deepEqual([...new Set(events.map(({ reason }) => reason))], ['SuccessfulCreate']);
});
