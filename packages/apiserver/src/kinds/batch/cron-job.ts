import { CronJobs } from '@coxswain/api';
import type { CronJob } from '@coxswain/api/types/batch-v1';
import type { Kind } from '../kind.ts';
import {
  ageColumn,
  containerColumns,
  countColumn,
  nameColumn,
  selectorColumn,
  textColumn,
  wide,
} from '../rules/columns.ts';
import { ago } from '../rules/duration.ts';
import {
  invalidValue,
  nonNegative,
  notSupported,
  oneOf,
  required,
  type Rules,
} from '../rules/field.ts';
import { labels, annotations } from '../rules/labels.ts';
import { splitStatus } from '../rules/split.ts';
import { templateWarnings } from '../rules/template-warnings.ts';
import { jobTemplateDefaults } from './job.ts';
import { jobSpecRules } from './job-rules.ts';
import { scheduleWrong, timeZoneWrong } from './schedule.ts';

const split = splitStatus<CronJob>();
const nameMax = 52;

function* rules({ metadata, spec }: CronJob): Rules {
  if ((metadata.name ?? '').length > nameMax)
    yield invalidValue('metadata.name', metadata.name, 'must be no more than 52 characters');
  const wrong = spec.schedule ? scheduleWrong(spec.schedule) : undefined;
  if (!spec.schedule) yield required('spec.schedule');
  else if (wrong) yield invalidValue('spec.schedule', spec.schedule, wrong);
  yield* zone(spec.timeZone);
  yield* nonNegative('spec.startingDeadlineSeconds', spec.startingDeadlineSeconds);
  yield* oneOf('spec.concurrencyPolicy', spec.concurrencyPolicy, ['Allow', 'Forbid', 'Replace']);
  const { metadata: jobMeta = {}, spec: job } = spec.jobTemplate;
  yield* labels('spec.jobTemplate.metadata.labels', jobMeta.labels ?? {});
  yield* annotations('spec.jobTemplate.metadata.annotations', jobMeta.annotations ?? {});
  if (job) {
    yield* jobSpecRules('spec.jobTemplate.spec', job);
    if (job.selector)
      yield invalidValue(
        'spec.jobTemplate.spec.selector',
        job.selector,
        '`selector` will be auto-generated',
      );
    if (job.manualSelector)
      yield notSupported('spec.jobTemplate.spec.manualSelector', job.manualSelector, [
        'nil',
        'false',
      ]);
  }
  yield* nonNegative('spec.successfulJobsHistoryLimit', spec.successfulJobsHistoryLimit);
  yield* nonNegative('spec.failedJobsHistoryLimit', spec.failedJobsHistoryLimit);
}

function* zone(name: string | undefined): Rules {
  if (name === undefined) return;
  const wrong = timeZoneWrong(name);
  if (wrong) yield invalidValue('spec.timeZone', name, wrong);
}

/** Makes jobs by the clock. */
export const cronJobKind: Kind<CronJob> = {
  resource: CronJobs,
  shortNames: ['cj'],
  categories: ['all'],
  ...split,
  defaults: ({ spec }) => {
    if (spec.jobTemplate?.spec) jobTemplateDefaults(spec.jobTemplate.spec);
    spec.concurrencyPolicy ||= 'Allow';
    spec.suspend ??= false;
    spec.successfulJobsHistoryLimit ??= 3;
    spec.failedJobsHistoryLimit ??= 1;
  },
  validate: rules,
  warnings: ({ spec }, before) =>
    templateWarnings(
      'spec.jobTemplate.spec.template.',
      spec.jobTemplate.spec?.template,
      before?.spec.jobTemplate.spec?.template,
    ),
  columns: [
    nameColumn,
    textColumn('Schedule', 'When it makes jobs, as cron writes it.', ({ spec }) => spec.schedule),
    textColumn('Timezone', 'Whose clock it goes by.', ({ spec }) => spec.timeZone ?? '<none>'),
    {
      name: 'Suspend',
      type: 'boolean',
      description: 'Whether it makes no jobs for now.',
      value: ({ spec }) =>
        spec.suspend === undefined ? '<unset>' : spec.suspend ? 'True' : 'False',
    },
    countColumn(
      'Active',
      'How many of its jobs are running.',
      ({ status }) => status?.active?.length ?? 0,
    ),
    textColumn('Last Schedule', 'How long ago it last made a job.', ({ status }, { nowMs }) =>
      status?.lastScheduleTime ? ago(status.lastScheduleTime, nowMs) : '<none>',
    ),
    ageColumn,
    ...containerColumns<CronJob>(
      ({ spec }) => spec.jobTemplate.spec?.template.spec?.containers,
    ).map(wide),
    wide(selectorColumn(({ spec }) => spec.jobTemplate.spec?.selector)),
  ],
};
