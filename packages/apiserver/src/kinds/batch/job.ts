import { humanDuration, Jobs } from '@coxswain/api';
import type { Job, JobSpec } from '@coxswain/api/types/batch-v1';
import type { Draft, Kind } from '../kind.ts';
import {
  ageColumn,
  containerColumns,
  nameColumn,
  selectorColumn,
  textColumn,
  wide,
} from '../rules/columns.ts';
import { equal } from '../rules/equal.ts';
import { int32Max } from '../rules/field.ts';
import { podTemplateDefaults } from '../rules/pod-defaults.ts';
import { splitStatus } from '../rules/split.ts';
import { podNameWarnings, templateWarnings } from '../rules/template-warnings.ts';
import { jobRules } from './job-rules.ts';
import { jobStatusRules } from './job-status-rules.ts';
import { jobUpdateRules } from './job-update-rules.ts';

const split = splitStatus<Job>();

/** Fills what a job, or a template of jobs, leaves open. */
export function jobTemplateDefaults(spec: Draft<JobSpec>): void {
  podTemplateDefaults(spec.template);
  for (const { onPodConditions } of spec.podFailurePolicy?.rules ?? [])
    for (const pattern of onPodConditions ?? []) pattern.status ||= 'True';
}

function defaults(draft: Draft<Job>): void {
  const { spec } = draft;
  jobTemplateDefaults(spec);
  if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1;
  spec.parallelism ??= 1;
  spec.backoffLimit ??= spec.backoffLimitPerIndex === undefined ? 6 : int32Max;
  const labels = spec.template.metadata?.labels;
  // The very same labels, so that those that the template gets later are the job's as well.
  if (labels && !isLabelled(draft)) draft.metadata = { ...draft.metadata, labels };
  spec.completionMode ??= 'NonIndexed';
  spec.suspend ??= false;
  spec.podReplacementPolicy ??= spec.podFailurePolicy ? 'Failed' : 'TerminatingOrFailed';
  spec.manualSelector ??= false;
}

const isLabelled = ({ metadata }: Pick<Job, 'metadata'>): boolean =>
  Object.keys(metadata.labels ?? {}).length > 0;

/** A job without labels has those of its pods. */
function labelled(job: Job): Job {
  const labels = job.spec.template.metadata?.labels;
  return isLabelled(job) || !labels ? job : { ...job, metadata: { ...job.metadata, labels } };
}

/** Unless the client selects by hand, pods are found by the job's own uid: that can overlap with nothing. */
function withSelector(job: Job): Job {
  const { spec, metadata } = job;
  if (spec.manualSelector) return job;
  const uid = metadata.uid ?? '';
  const name = metadata.name ?? ''; // it is missed only later, by the rules
  const given = spec.template.metadata?.labels;
  const ownsNone = metadata.labels === given || !isLabelled(job);
  const all = {
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': name,
    'controller-uid': uid,
    'job-name': name,
    ...given,
  };
  const labels = Object.fromEntries(Object.entries(all).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return {
    ...job,
    metadata: ownsNone ? { ...metadata, labels } : metadata,
    spec: {
      ...spec,
      selector: {
        ...spec.selector,
        matchLabels: { 'batch.kubernetes.io/controller-uid': uid, ...spec.selector?.matchLabels },
      },
      template: { ...spec.template, metadata: { ...spec.template.metadata, labels } },
    },
  };
}

const manyIndexes = 100_000;
const manyAtOnce = 10_000;

/** What is unwise in a job, or in a template of jobs. */
export function* jobWarnings(path: string, spec: JobSpec, before?: JobSpec): Generator<string> {
  const { completionMode, completions = 0, parallelism = 0 } = spec;
  if (completionMode === 'Indexed' && completions > manyIndexes && parallelism > manyAtOnce)
    yield `${path}: In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail`;
  yield* templateWarnings(`${path}.template.`, spec.template, before?.template);
}

const words = [
  ['Complete', 'Complete'],
  ['Failed', 'Failed'],
  ['', 'Terminating'],
  ['Suspended', 'Suspended'],
  ['FailureTarget', 'FailureTarget'],
  ['SuccessCriteriaMet', 'SuccessCriteriaMet'],
] as const;

function statusText({ metadata, status }: Job): string {
  const has = (type: string): boolean =>
    status?.conditions?.some((one) => one.type === type && one.status === 'True') ?? false;
  for (const [type, word] of words) if (type ? has(type) : metadata.deletionTimestamp) return word;
  return 'Running';
}

function completionsText({ spec, status }: Job): string {
  const succeeded = status?.succeeded ?? 0;
  if (spec.completions !== undefined) return `${succeeded}/${spec.completions}`;
  const parallelism = spec.parallelism ?? 0;
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function durationText({ status }: Job, nowMs: number): string {
  if (!status?.startTime) return '';
  const endMs = status.completionTime ? Date.parse(status.completionTime) : nowMs;
  return humanDuration(endMs - Date.parse(status.startTime));
}

/** Runs pods until enough of them have succeeded. */
export const jobKind: Kind<Job> = {
  resource: Jobs,
  categories: ['all'],
  ...split,
  defaultPropagation: 'Orphan', // as in its first version, for old clients
  defaults,
  prepareForCreate: (object) => ({ ...withSelector(object), status: {} }),
  validate: (job) => jobRules(job),
  validateUpdate: jobUpdateRules,
  *warnings({ metadata, spec }, before) {
    if (!before) yield* podNameWarnings(metadata.name);
    if (!before || !equal(spec, before.spec)) yield* jobWarnings('spec', spec, before?.spec);
  },
  status: {
    ...split.status,
    prepareForUpdate: (next, before, context) =>
      labelled(split.status.prepareForUpdate(next, before, context)),
    validateUpdate: jobStatusRules,
  },
  selectableFields: { 'status.successful': ({ status }) => String(status?.succeeded ?? 0) },
  columns: [
    nameColumn,
    textColumn('Status', 'How far the job has come, in one word.', statusText),
    textColumn('Completions', 'How many pods succeeded, of how many wanted.', completionsText),
    textColumn('Duration', 'How long it ran, or has been running.', (job, { nowMs }) =>
      durationText(job, nowMs),
    ),
    ageColumn,
    ...containerColumns<Job>(({ spec }) => spec.template.spec?.containers).map(wide),
    wide(selectorColumn(({ spec }) => spec.selector)),
  ],
};
