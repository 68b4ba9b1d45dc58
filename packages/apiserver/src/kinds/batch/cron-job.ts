import { ago, CronJobs } from '@coxswain/api';
import type { CronJob, CronJobSpec } from '@coxswain/api/types/batch-v1';
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
import { equal } from '../rules/equal.ts';
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
import { podNameWarnings } from '../rules/template-warnings.ts';
import { jobTemplateDefaults, jobWarnings } from './job.ts';
import { jobSpecRules } from './job-rules.ts';
import { scheduleWrong, timeZoneWrong } from './schedule.ts';

const split = splitStatus<CronJob>();
const nameMax = 52;

function* rules({ metadata, spec }: CronJob, before?: CronJob): Rules {
  if (!spec.schedule) yield required('spec.schedule');
  else yield* schedule(spec, before?.spec.schedule);
  yield* nonNegative('spec.startingDeadlineSeconds', spec.startingDeadlineSeconds);
  if (!before || spec.timeZone !== before.spec.timeZone) yield* zone(spec.timeZone);
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
  if (!before && (metadata.name ?? '').length > nameMax)
    yield invalidValue('metadata.name', metadata.name, 'must be no more than 52 characters');
}

/** A zone within the schedule is let alone where it was. */
function* schedule({ schedule: text, timeZone }: CronJobSpec, before = ''): Rules {
  const wrong = scheduleWrong(text);
  if (wrong) yield invalidValue('spec.schedule', text, wrong);
  if (!text.includes('TZ')) return;
  if (!before.includes('TZ'))
    yield invalidValue(
      'spec.schedule',
      text,
      'cannot use TZ or CRON_TZ in schedule, use timeZone field instead',
    );
  else if (timeZone !== undefined)
    yield invalidValue(
      'spec.schedule',
      text,
      'cannot use both timeZone field and TZ or CRON_TZ in schedule',
    );
}

function* zone(name: string | undefined): Rules {
  if (name === undefined) return;
  const wrong = timeZoneWrong(name);
  if (wrong) yield invalidValue('spec.timeZone', name, wrong);
  // Go's word for the zone of the machine is known by its capital alone.
  if (name !== 'Local' && name.toLowerCase() === 'local')
    yield invalidValue('spec.timeZone', name, `unknown time zone ${name}`);
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
  validate: (cronJob) => rules(cronJob),
  validateUpdate: rules,
  *warnings({ metadata, spec }, before) {
    if (!before) yield* podNameWarnings(metadata.name);
    const job = spec.jobTemplate.spec;
    if (job && (!before || !equal(spec, before.spec)))
      yield* jobWarnings('spec.jobTemplate.spec', job, before?.spec.jobTemplate.spec);
    if (before && spec.schedule.includes('TZ'))
      yield 'cannot use TZ or CRON_TZ in spec.spec.schedule, use timeZone instead, see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details';
  },
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
