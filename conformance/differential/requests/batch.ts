import { created, updated, type Case, type Good } from '../broken.ts';
import type { RequestList } from '../request.ts';

const template = {
  spec: { restartPolicy: 'Never', containers: [{ name: 'web', image: 'web:1' }] },
};
const job: Good = {
  apiVersion: 'batch/v1',
  kind: 'Job',
  resource: 'jobs',
  fields: { spec: { template } },
};
const cron: Good = {
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  resource: 'cronjobs',
  fields: { spec: { schedule: '@daily', jobTemplate: { spec: { template } } } },
};
const indexed = { 'spec.completionMode': 'Indexed', 'spec.completions': 3 };
const rule = (more: object): Case[1] => ({ 'spec.podFailurePolicy': { rules: [more] } });

const jobs: readonly Case[] = [
  [
    'below zero',
    {
      'spec.parallelism': -1,
      'spec.completions': -1,
      'spec.activeDeadlineSeconds': -1,
      'spec.backoffLimit': -1,
      'spec.ttlSecondsAfterFinished': -1,
      'spec.maxFailedIndexes': -1,
      'spec.backoffLimitPerIndex': -1,
    },
  ],
  ['restart', { 'spec.template.spec.restartPolicy': 'Always' }],
  ['no restart', { 'spec.template.spec.restartPolicy': undefined }],
  ['selector', { 'spec.selector': { matchLabels: { a: 'b' } } }],
  ['manual selector', { 'spec.manualSelector': true }],
  [
    'manual selector that matches',
    {
      'spec.manualSelector': true,
      'spec.selector': { matchLabels: { a: 'b' } },
      'spec.template.metadata': { labels: { a: 'b' } },
    },
  ],
  ['completion mode', { 'spec.completionMode': 'x' }],
  ['indexed without completions', { 'spec.completionMode': 'Indexed' }],
  ['indexed', indexed],
  [
    'indexed, too wide',
    { 'spec.completionMode': 'Indexed', 'spec.completions': 5, 'spec.parallelism': 100001 },
  ],
  ['indexed, long name', { ...indexed, 'metadata.name': 'a'.repeat(62) }],
  ['index limits without index', { 'spec.backoffLimitPerIndex': 1 }],
  ['failed indexes', { ...indexed, 'spec.backoffLimitPerIndex': 1, 'spec.maxFailedIndexes': 4 }],
  ['failed indexes alone', { ...indexed, 'spec.maxFailedIndexes': 1 }],
  [
    'too many indexes',
    {
      'spec.completionMode': 'Indexed',
      'spec.completions': 200000,
      'spec.backoffLimitPerIndex': 1,
    },
  ],
  ['suspend', { 'spec.suspend': true }],
  ['replacement', { 'spec.podReplacementPolicy': 'x' }],
  ['managed by', { 'spec.managedBy': 'x' }],
  ['managed by long', { 'spec.managedBy': `example.com/${'x'.repeat(70)}` }],
  ['failure policy without rules', { 'spec.podFailurePolicy': {} }],
  ['failure rule empty', rule({})],
  ['failure rule action', rule({ action: 'x', onExitCodes: { operator: 'In', values: [1] } })],
  [
    'failure rule index',
    rule({ action: 'FailIndex', onExitCodes: { operator: 'In', values: [1] } }),
  ],
  [
    'failure rule both',
    rule({
      action: 'FailJob',
      onExitCodes: { operator: 'In', values: [1] },
      onPodConditions: [{ type: 'X', status: 'True' }],
    }),
  ],
  [
    'failure rule codes',
    rule({ action: 'FailJob', onExitCodes: { operator: 'x', values: [], containerName: 'y' } }),
  ],
  [
    'failure rule zero',
    rule({ action: 'FailJob', onExitCodes: { operator: 'In', values: [0, 2, 1, 1] } }),
  ],
  [
    'failure rule conditions',
    rule({ action: 'Count', onPodConditions: [{ type: 'a b', status: 'x' }, { type: 'Ready' }] }),
  ],
  [
    'failure policy with restart',
    {
      ...rule({ action: 'FailJob', onExitCodes: { operator: 'In', values: [1] } }),
      'spec.template.spec.restartPolicy': 'OnFailure',
    },
  ],
  [
    'failure policy with replacement',
    {
      ...rule({ action: 'FailJob', onExitCodes: { operator: 'In', values: [1] } }),
      'spec.podReplacementPolicy': 'TerminatingOrFailed',
    },
  ],
  ['success policy without index', { 'spec.successPolicy': { rules: [{ succeededCount: 1 }] } }],
  ['success policy empty', { ...indexed, 'spec.successPolicy': {} }],
  [
    'success rules',
    {
      ...indexed,
      'spec.successPolicy': {
        rules: [
          {},
          { succeededCount: 0 },
          { succeededCount: 9 },
          { succeededIndexes: 'x' },
          { succeededIndexes: '2-1' },
          { succeededIndexes: '0-9' },
          { succeededIndexes: '0', succeededCount: 2 },
        ],
      },
    },
  ],
  ['status', { status: { active: 1 } }],
  ['ephemeral', { 'spec.template.spec.ephemeralContainers': [{ name: 'a', image: 'b' }] }],
  [
    'labels of others',
    { 'spec.template.metadata': { labels: { 'batch.kubernetes.io/job-name': 'x' } } },
  ],
  ['no containers', { 'spec.template.spec.containers': [] }],
];
const jobUpdates: readonly Case[] = [
  ['nothing', {}],
  ['completions', { 'spec.completions': 2 }],
  ['mode', { 'spec.completionMode': 'Indexed' }],
  ['parallelism', { 'spec.parallelism': 2 }],
  ['selector', { 'spec.selector': { matchLabels: { a: 'b' } } }],
  ['template', { 'spec.template.spec.containers.0.image': 'x' }],
  ['backoff per index', { 'spec.backoffLimitPerIndex': 2 }],
  ['managed by', { 'spec.managedBy': 'example.com/x' }],
  ['failure policy', rule({ action: 'FailJob', onExitCodes: { operator: 'In', values: [1] } })],
  ['suspend', { 'spec.suspend': true }],
];
const time = '2026-11-21T12:00:00Z';
const jobStatus: readonly Case[] = [
  ['below zero', { status: { active: -1, succeeded: -1, failed: -1, ready: -1, terminating: -1 } }],
  [
    'complete and failed',
    {
      status: {
        conditions: [
          { type: 'Complete', status: 'True' },
          { type: 'Failed', status: 'True' },
        ],
      },
    },
  ],
  ['completion time without completion', { status: { completionTime: time } }],
  ['complete without times', { status: { conditions: [{ type: 'Complete', status: 'True' }] } }],
  [
    'complete',
    {
      status: {
        startTime: time,
        completionTime: time,
        succeeded: 1,
        conditions: [
          { type: 'SuccessCriteriaMet', status: 'True' },
          { type: 'Complete', status: 'True' },
        ],
      },
    },
  ],
  [
    'completed before start',
    {
      status: {
        startTime: time,
        completionTime: '2026-11-21T11:00:00Z',
        conditions: [
          { type: 'SuccessCriteriaMet', status: 'True' },
          { type: 'Complete', status: 'True' },
        ],
      },
    },
  ],
  ['indexes', { status: { completedIndexes: 'x', failedIndexes: 'y' } }],
  [
    'uncounted',
    { status: { uncountedTerminatedPods: { succeeded: ['a', 'a', ''], failed: ['a'] } } },
  ],
  [
    'failed without target',
    { status: { startTime: time, conditions: [{ type: 'Failed', status: 'True' }] } },
  ],
  ['ready above active', { status: { active: 1, ready: 2, startTime: time } }],
];

const crons: readonly Case[] = [
  ['no schedule', { 'spec.schedule': '' }],
  ['schedule', { 'spec.schedule': 'x' }],
  ['schedule of six', { 'spec.schedule': '* * * * * *' }],
  ['schedule values', { 'spec.schedule': '61 25 32 13 8' }],
  ['schedule zone', { 'spec.schedule': 'TZ=UTC * * * * *' }],
  ['zone', { 'spec.timeZone': 'Nowhere/Else' }],
  ['zone empty', { 'spec.timeZone': '' }],
  ['zone local', { 'spec.timeZone': 'local' }],
  ['zone good', { 'spec.timeZone': 'Asia/Seoul' }],
  [
    'below zero',
    {
      'spec.startingDeadlineSeconds': -1,
      'spec.successfulJobsHistoryLimit': -1,
      'spec.failedJobsHistoryLimit': -1,
    },
  ],
  ['concurrency', { 'spec.concurrencyPolicy': 'x' }],
  ['no concurrency', { 'spec.concurrencyPolicy': '' }],
  ['manual selector', { 'spec.jobTemplate.spec.manualSelector': true }],
  ['selector', { 'spec.jobTemplate.spec.selector': { matchLabels: { a: 'b' } } }],
  ['restart', { 'spec.jobTemplate.spec.template.spec.restartPolicy': 'Always' }],
  ['long name', { 'metadata.name': 'a'.repeat(53) }],
  ['every', { 'spec.schedule': '@every 1h' }],
  ['impossible', { 'spec.schedule': '0 0 31 2 *' }],
];

const lists: readonly RequestList[] = [
  created(job, jobs),
  updated(job, jobUpdates),
  updated({ ...job, name: 'status-of-a-job' }, jobStatus, 'status'),
  created(cron, crons),
  updated(cron, [
    ['schedule', { 'spec.schedule': 'x' }],
    ['zone', { 'spec.schedule': 'TZ=UTC * * * * *' }],
    ['nothing', {}],
  ]),
  updated(
    { ...cron, name: 'status-of-a-cron' },
    [['active', { status: { active: [{ name: 'x' }], lastScheduleTime: time } }]],
    'status',
  ),
];

export default lists;
