import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorText } from '@coxswain/api';
import type { JobStatus } from '@coxswain/api/types/batch-v1';
import {
  context,
  createErrors,
  created,
  defaulted,
  earlier,
  row,
  updateErrors,
} from '../testing/index.ts';
import { cronJobKind } from './cron-job.ts';
import { jobKind } from './job.ts';
import { scheduleWrong, timeZoneWrong } from './schedule.ts';

const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'a:1' }] } };
const jobOf = (spec: object = {}): object => ({
  metadata: { name: 'once', namespace: 'shop', uid: 'u-1', creationTimestamp: earlier(600) },
  spec: { template, ...spec },
});

test('defaults of a job', () => {
  const { template: _, ...rest } = defaulted(jobKind, jobOf()).spec;
  assert.deepEqual(rest, {
    completions: 1,
    parallelism: 1,
    backoffLimit: 6,
    completionMode: 'NonIndexed',
    suspend: false,
    podReplacementPolicy: 'TerminatingOrFailed',
    manualSelector: false,
  });
});

test('a job finds its pods by its own uid', () => {
  const { spec } = created(jobKind, jobOf());
  assert.deepEqual(
    [spec.selector, spec.template.metadata],
    [
      { matchLabels: { 'batch.kubernetes.io/controller-uid': 'u-1' } },
      {
        labels: {
          'batch.kubernetes.io/controller-uid': 'u-1',
          'batch.kubernetes.io/job-name': 'once',
          'controller-uid': 'u-1',
          'job-name': 'once',
        },
      },
    ],
  );
});

const always = { spec: { ...template.spec, restartPolicy: 'Always' } };
const cases: readonly { name: string; spec: object; errors: readonly string[] }[] = [
  { name: 'good', spec: {}, errors: [] },
  {
    name: 'pods that never end',
    spec: { template: always },
    errors: [
      'spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
    ],
  },
  {
    name: 'fewer than none',
    spec: { parallelism: -1 },
    errors: ['spec.parallelism: Invalid value: -1: must be greater than or equal to 0'],
  },
  {
    name: 'indexes without a number',
    spec: { completionMode: 'Indexed', parallelism: 1 },
    errors: ['spec.completions: Required value: when completion mode is Indexed'],
  },
  {
    name: 'a limit by index without indexes',
    spec: { backoffLimitPerIndex: 1 },
    errors: ['spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode'],
  },
];
for (const { name, spec, errors } of cases)
  test(`job: ${name}`, () => assert.deepEqual(createErrors(jobKind, jobOf(spec)), errors));

test('completions stay', () => {
  const { spec } = created(jobKind, jobOf());
  const next = { ...jobOf(), spec: { ...spec, completions: 2 } };
  assert.deepEqual(updateErrors(jobKind, next, jobOf()), [
    'spec.completions: Invalid value: 2: field is immutable',
  ]);
});

const cells = (status: JobStatus): unknown[] =>
  Object.values(row(jobKind, { ...created(jobKind, jobOf()), status })).slice(1, 5);
test('columns of jobs', () => {
  assert.deepEqual(cells({ startTime: earlier(300) }), ['Running', '0/1', '5m', '10m']);
  const conditions = [{ type: 'Complete', status: 'True' }];
  const done = { conditions, succeeded: 1, startTime: earlier(300), completionTime: earlier(240) };
  assert.deepEqual(cells(done), ['Complete', '1/1', '60s', '10m']);
});

const schedules: readonly (readonly [schedule: string, wrong: string | undefined])[] = [
  ['*/5 * * * *', undefined],
  ['0 0 1,15 jan-mar mon', undefined],
  ['@daily', undefined],
  ['@every 1h30m', undefined],
  ['* * * *', 'expected exactly 5 fields, found 4: [* * * *]'],
  ['60 * * * *', 'end of range (60) above maximum (59): 60'],
  ['* * 0 * *', 'beginning of range (0) below minimum (1): 0'],
  ['*/0 * * * *', 'step of range should be a positive number: */0'],
  ['@often', 'unrecognized descriptor: @often'],
];
for (const [schedule, wrong] of schedules)
  test(`schedule ${schedule}`, () => assert.equal(scheduleWrong(schedule), wrong));

test('time zones', () =>
  assert.deepEqual(
    [timeZoneWrong('Europe/Berlin'), timeZoneWrong('Mars/Base')],
    [undefined, 'unknown time zone Mars/Base'],
  ));

test('a cron job', () => {
  const cronJob = {
    metadata: { name: 'nightly', namespace: 'shop', creationTimestamp: earlier(600) },
    spec: { schedule: '0 3 * * *', jobTemplate: { spec: { template } } },
  };
  assert.deepEqual(createErrors(cronJobKind, cronJob), []);
  assert.deepEqual(Object.values(row(cronJobKind, created(cronJobKind, cronJob))), [
    ...['nightly', '0 3 * * *', '<none>', 'False', 0, '<none>', '10m', 'main', 'a:1', '<none>'],
  ]);
});

const finished = { startTime: earlier(300), completionTime: earlier(240), succeeded: 1 };
const met = { type: 'SuccessCriteriaMet', status: 'True' };
const complete = { type: 'Complete', status: 'True' };
const statuses: readonly {
  name: string;
  spec?: object;
  before?: object;
  next: object;
  errors: readonly string[];
}[] = [
  { name: 'done', next: { ...finished, conditions: [met, complete] }, errors: [] },
  {
    name: 'done without a reason',
    next: { ...finished, conditions: [complete] },
    errors: [
      'status.conditions: Invalid value: cannot set Complete=True condition without the SuccessCriteriaMet=true condition',
    ],
  },
  {
    name: 'no longer done',
    before: { ...finished, conditions: [met, complete] },
    next: { ...finished, completionTime: undefined, conditions: [met] },
    errors: [
      'status.conditions: Invalid value: cannot disable the terminal Complete=True condition',
    ],
  },
  {
    name: 'indexes that are none',
    spec: { completionMode: 'Indexed', completions: 3, backoffLimitPerIndex: 1 },
    next: { completedIndexes: '0,2-5', failedIndexes: '0' },
    errors: [
      'status.completedIndexes: Invalid value: "0,2-5": error parsing completedIndexes: too large index: "5"',
      'status.failedIndexes: Invalid value: "0": failedIndexes and completedIndexes overlap at index: 0',
    ],
  },
];
for (const { name, spec, before, next, errors } of statuses)
  test(`status of a job: ${name}`, () => {
    const job = created(jobKind, jobOf(spec));
    const rules = jobKind.status!.validateUpdate!(
      { ...job, status: next },
      { ...job, status: before ?? {} },
      context,
    );
    assert.deepEqual([...rules].map(fieldErrorText), errors);
  });

test('a job without labels shares those of its template', () => {
  const job = jobOf({ template: { ...template, metadata: { labels: { app: 'a' } } } });
  const { metadata, spec } = created(jobKind, job);
  assert.deepEqual(metadata.labels, spec.template.metadata?.labels);
  assert.equal(metadata.labels?.['job-name'], 'once');
});
