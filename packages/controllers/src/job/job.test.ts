import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Jobs, Pods } from '@coxswain/api';
import type { Job } from '@coxswain/api/types/batch-v1';
import type { Pod } from '@coxswain/api/types/core-v1';
import { actionText } from '@coxswain/cluster/testing';
import fc from 'fast-check';
import { controllerReference } from '../objects/owner.ts';
import { job as jobOf, namespace, pod } from '../testing/objects.ts';
import { observedBy } from '../testing/observed.ts';
import { formatIndexes, indexKey, parseIndexes } from './indexes.ts';
import { jobController } from './job.ts';
import { prefixOf, trackingFinalizer } from './pods.ts';

const startTime = '2025-12-31T23:00:00Z';
const job = (spec: object, status: object = {}): Job => {
  const made = jobOf({ selector: { matchLabels: { app: 'sum' } }, ...spec });
  return {
    ...made,
    metadata: { name: 'sum', namespace, uid: 'job' },
    status: { startTime, ...status },
  } as Job;
};
const podOf = (
  name: string,
  phase: string,
  more: { readonly index?: number; readonly exitCode?: number; readonly tracked?: boolean } = {},
): Pod =>
  pod(name, {
    metadata: {
      labels: { app: 'sum' },
      ownerReferences: [controllerReference(Jobs, job({}))],
      ...(more.tracked !== false && { finalizers: [trackingFinalizer] }),
      ...(more.index !== undefined && { annotations: { [indexKey]: String(more.index) } }),
    },
    status: {
      phase,
      containerStatuses: [
        {
          name: 'c',
          restartCount: 0,
          state: {
            terminated: { exitCode: more.exitCode ?? 0, finishedAt: '2025-12-31T23:00:00Z' },
          },
        },
      ],
    },
  });

const plan = (
  one: Job,
  pods: readonly Pod[],
): { does: readonly string[]; status: Job['status'] } => {
  const observed = observedBy(jobController, {
    objects: [
      [Pods, pods],
      [Jobs, [one]],
    ],
  });
  const { actions } = jobController.plan(one, observed, 'default/sum');
  const update = actions.find((action) => action.do === 'update');
  return {
    does: actions.map(actionText),
    status: update ? (update.object as Job).status : one.status,
  };
};
const write = 'update jobs/status default/sum';
const ends = (status: Job['status']): readonly string[] =>
  (status?.conditions ?? []).map(({ type, reason, message }) => `${type} ${reason}: ${message}`);

test('pods are let go whose Job is gone, or was replaced by another of its name', () => {
  const pods = [podOf('a', 'Running'), podOf('b', 'Running', { tracked: false })];
  const observed = observedBy(jobController, { objects: [[Pods, pods]] });
  const another = { ...job({}), metadata: { name: 'sum', namespace, uid: 'another' } };
  for (const [now, does] of [
    [undefined, ['patch pods default/a']],
    [another, ['patch pods default/a']],
    [{ ...job({}), spec: { ...job({}).spec!, managedBy: 'example.com/me' } }, []],
  ] as const)
    assert.deepEqual(
      jobController.plan(now, observed, 'default/sum').actions.map(actionText),
      does,
    );
});

test('an ended pod is written down, then let go, then counted', () => {
  const first = plan(job({}), [podOf('a', 'Succeeded')]);
  assert.deepEqual(first.status?.uncountedTerminatedPods, { succeeded: ['uid-a'] });
  const noted = job({}, { active: 2, uncountedTerminatedPods: { succeeded: ['uid-a'] } });
  assert.ok(plan(noted, [podOf('a', 'Succeeded')]).does.includes('patch pods default/a'));
  const counted = plan(noted, [podOf('a', 'Succeeded', { tracked: false })]).status;
  assert.deepEqual([counted?.succeeded, counted?.uncountedTerminatedPods], [1, {}]);
});

test('an indexed job starts the lowest indexes that are open', () => {
  const indexed = job(
    { completionMode: 'Indexed', completions: 5, parallelism: 3 },
    { completedIndexes: '1', succeeded: 1 },
  );
  const observed = observedBy(jobController, {
    objects: [[Pods, [podOf('a', 'Running', { index: 0 })]]],
  });
  const made = jobController
    .plan(indexed, observed, '')
    .actions.flatMap((action) => (action.do === 'create' ? (action.object as Pod) : []));
  assert.deepEqual(
    made.map(({ metadata, spec }) => [
      metadata.generateName,
      metadata.labels?.[indexKey],
      spec?.hostname,
      spec?.containers[0]?.env?.[0]?.name,
    ]),
    [
      ['sum-2-', '2', 'sum-2', 'JOB_COMPLETION_INDEX'],
      ['sum-3-', '3', 'sum-3', 'JOB_COMPLETION_INDEX'],
    ],
  );
});

const policy = { rules: [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [42] } }] };
const endings = [
  {
    name: 'failure policy',
    spec: { podFailurePolicy: policy },
    pods: [podOf('a', 'Failed', { exitCode: 42 })],
    says: 'FailureTarget PodFailurePolicy: Container c for pod default/a failed with exit code 42 matching FailJob rule at index 0',
  },
  {
    name: 'deadline',
    spec: { activeDeadlineSeconds: 60 },
    pods: [],
    says: 'FailureTarget DeadlineExceeded: Job was active longer than specified deadline',
  },
  {
    name: 'backoff limit',
    spec: { backoffLimit: 0 },
    pods: [podOf('a', 'Failed', { exitCode: 1 })],
    says: 'FailureTarget BackoffLimitExceeded: Job has reached the specified backoff limit',
  },
  {
    name: 'success policy',
    spec: { completionMode: 'Indexed', successPolicy: { rules: [{ succeededIndexes: '0' }] } },
    pods: [podOf('a', 'Succeeded', { index: 0 })],
    says: 'SuccessCriteriaMet SuccessPolicy: Matched rules at index 0',
  },
];
for (const { name, spec, pods, says } of endings)
  test(`ends by ${name}`, () => assert.deepEqual(ends(plan(job(spec), pods).status), [says]));

test('a suspended job lets its pods go and says so', () => {
  const { does, status } = plan(job({ suspend: true }, { active: 1 }), [podOf('a', 'Running')]);
  assert.deepEqual(does, [write, 'remove pods default/a']);
  assert.deepEqual(
    [ends(status), status?.startTime],
    [['Suspended JobSuspended: Job suspended'], undefined],
  );
});

test('property: indexes survive their text', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(200)), (indexes) => {
      assert.deepEqual(
        [...parseIndexes(formatIndexes(indexes), 201)],
        indexes.toSorted((a, b) => a - b),
      );
    }),
  );
  assert.equal(formatIndexes([7, 8, 1, 3, 4, 5]), '1,3-5,7,8');
});

test('a long name gives way to the index', () => {
  assert.deepEqual(
    [prefixOf('sum', 2), prefixOf('s'.repeat(63), 12)],
    ['sum-2-', `${'s'.repeat(54)}-12-`],
  );
});
