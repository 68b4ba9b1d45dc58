import type { Job, JobStatus } from '@coxswain/api/types/batch-v1';
import { equal } from '../rules/equal.ts';
import {
  duplicate,
  invalidUnshown,
  invalidValue,
  nonNegative,
  required,
  type Rules,
} from '../rules/field.ts';
import { commonIndex, countIndexes } from './job-indexes.ts';

const has = ({ conditions = [] }: JobStatus, type: string, status = 'True'): boolean =>
  conditions.some((one) => one.type === type && one.status === status);
const finished = (status: JobStatus): boolean => has(status, 'Complete') || has(status, 'Failed');

/** What a write of the status changed. Most rules hold only for that, so that a job that broke one before is not stuck. */
function changes(now: JobStatus, old: JobStatus) {
  const condition = (type: string): boolean => has(now, type) !== has(old, type);
  const field = (name: keyof JobStatus): boolean => !equal(now[name], old[name]);
  return { condition, field, finished: finished(now) !== finished(old) };
}
type Changes = ReturnType<typeof changes>;

/** All rules of a write to a job's status. */
export function* jobStatusRules(job: Job, before: Job): Rules {
  const now = job.status ?? {};
  const old = before.status ?? {};
  const changed = changes(now, old);
  for (const field of ['active', 'succeeded', 'failed', 'ready', 'terminating'] as const)
    yield* nonNegative(`status.${field}`, now[field]);
  yield* uncounted(now);
  yield* completionRules(now, changed);
  yield* terminalRules(now, changed);
  yield* finishedRules(job, now, changed);
  yield* indexRules(job, now, changed);
  if (
    finished(now) &&
    (now.terminating ?? 0) > 0 &&
    (changed.finished || changed.field('terminating'))
  )
    yield invalidValue(
      'status.terminating',
      now.terminating,
      'terminating>0 is invalid for finished job',
    );
  if ((now.ready ?? 0) > (now.active ?? 0) && (changed.field('ready') || changed.field('active')))
    yield invalidValue('status.ready', now.ready, 'cannot set more ready pods than active');
  yield* successRules(job, now);
  yield* transitions(job, now, old);
}

function* uncounted({ uncountedTerminatedPods }: JobStatus): Rules {
  const seen = new Set<string>();
  for (const list of ['succeeded', 'failed'] as const)
    for (const [index, uid] of (uncountedTerminatedPods?.[list] ?? []).entries()) {
      const at = `status.uncountedTerminatedPods.${list}[${index}]`;
      if (!uid) yield invalidValue(at, uid, 'must not be empty');
      else if (seen.has(uid)) yield duplicate(at, uid);
      seen.add(uid);
    }
}

function* completionRules(now: JobStatus, { condition, field }: Changes): Rules {
  const complete = has(now, 'Complete');
  const { startTime, completionTime } = now;
  if (complete && has(now, 'Failed') && (condition('Complete') || condition('Failed')))
    yield invalidUnshown(
      'status.conditions',
      'cannot set Complete=True and Failed=true conditions',
    );
  if (
    complete &&
    has(now, 'FailureTarget') &&
    (condition('Complete') || condition('FailureTarget'))
  )
    yield invalidUnshown(
      'status.conditions',
      'cannot set Complete=True and FailureTarget=true conditions',
    );
  const completionChanged = condition('Complete') || field('completionTime');
  if (completionChanged && completionTime && !complete)
    yield invalidValue(
      'status.completionTime',
      completionTime,
      'cannot set completionTime when there is no Complete=True condition',
    );
  if (completionChanged && !completionTime && complete)
    yield required('status.completionTime', 'completionTime is required for Complete jobs');
  if (
    (field('startTime') || field('completionTime')) &&
    startTime &&
    completionTime &&
    Date.parse(completionTime) < Date.parse(startTime)
  )
    yield invalidValue(
      'status.completionTime',
      completionTime,
      'must be equal to or after `startTime`',
    );
}

function* terminalRules(now: JobStatus, { condition, field }: Changes): Rules {
  if (
    (condition('Failed') || field('failedIndexes')) &&
    has(now, 'Failed') &&
    !has(now, 'FailureTarget')
  )
    yield invalidUnshown(
      'status.conditions',
      'cannot set Failed=True condition without the FailureTarget=true condition',
    );
  if (
    (condition('Complete') || condition('SuccessCriteriaMet')) &&
    has(now, 'Complete') &&
    !has(now, 'SuccessCriteriaMet')
  )
    yield invalidUnshown(
      'status.conditions',
      'cannot set Complete=True condition without the SuccessCriteriaMet=true condition',
    );
}

function* finishedRules({ spec }: Job, now: JobStatus, changed: Changes): Rules {
  if (!finished(now)) return;
  if ((changed.finished || changed.field('active')) && (now.active ?? 0) > 0)
    yield invalidValue('status.active', now.active, 'active>0 is invalid for finished job');
  const neverRan = spec.suspend === true && spec.completions === 0;
  if ((changed.finished || changed.field('startTime')) && !neverRan && !now.startTime)
    yield required('status.startTime', 'startTime is required for finished job');
  const { succeeded = [], failed = [] } = now.uncountedTerminatedPods ?? {};
  if (
    (changed.finished || changed.field('uncountedTerminatedPods')) &&
    succeeded.length + failed.length > 0
  )
    yield invalidValue(
      'status.uncountedTerminatedPods',
      { Succeeded: succeeded.length ? succeeded : null, Failed: failed.length ? failed : null },
      'must be empty for finished job',
    );
}

function* indexRules({ spec }: Job, now: JobStatus, { field }: Changes): Rules {
  const { completedIndexes = '', failedIndexes } = now;
  const { completions, backoffLimitPerIndex } = spec;
  const [completedChanged, failedChanged] = [field('completedIndexes'), field('failedIndexes')];
  if (completedChanged && completions !== undefined)
    yield* readable('completedIndexes', completedIndexes, completions);
  if (
    failedChanged &&
    completions !== undefined &&
    backoffLimitPerIndex !== undefined &&
    failedIndexes !== undefined
  )
    yield* readable('failedIndexes', failedIndexes, completions);
  if (completedChanged && completedIndexes && spec.completionMode !== 'Indexed')
    yield invalidValue(
      'status.completedIndexes',
      completedIndexes,
      'cannot set non-empty completedIndexes when non-indexed completion mode',
    );
  if (failedChanged && backoffLimitPerIndex === undefined && failedIndexes !== undefined)
    yield invalidValue(
      'status.failedIndexes',
      failedIndexes,
      'cannot set non-null failedIndexes when backoffLimitPerIndex is null',
    );
  if (!(completedChanged || failedChanged) || completions === undefined || !failedIndexes) return;
  const both = commonIndex(completedIndexes, failedIndexes, completions);
  if (both !== undefined)
    yield invalidValue(
      'status.failedIndexes',
      failedIndexes,
      `failedIndexes and completedIndexes overlap at index: ${both}`,
    );
}

function* readable(field: string, text: string, completions: number): Rules {
  const wrong = countIndexes(text, completions);
  if (typeof wrong === 'string')
    yield invalidValue(`status.${field}`, text, `error parsing ${field}: ${wrong}`);
}

function* successRules({ spec }: Job, now: JobStatus): Rules {
  const met = has(now, 'SuccessCriteriaMet');
  for (const other of ['Failed', 'FailureTarget'])
    if (met && has(now, other))
      yield invalidUnshown(
        'status.conditions',
        `cannot set SuccessCriteriaMet=True and ${other}=true conditions`,
      );
  if (spec.successPolicy && !met && has(now, 'Complete'))
    yield invalidUnshown(
      'status.conditions',
      'cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True',
    );
}

/** What is over stays over, and counts only grow. */
function* transitions({ spec }: Job, now: JobStatus, old: JobStatus): Rules {
  for (const type of ['Failed', 'Complete', 'FailureTarget'])
    if (has(old, type) && !has(now, type))
      yield invalidUnshown(
        'status.conditions',
        `cannot disable the terminal ${type}=True condition`,
      );
  if ((now.failed ?? 0) < (old.failed ?? 0))
    yield invalidValue('status.failed', now.failed ?? 0, 'cannot decrease the failed counter');
  // A job as wide as it is long may shrink.
  const elastic = spec.completionMode === 'Indexed' && spec.completions === spec.parallelism;
  if (!elastic && (now.succeeded ?? 0) < (old.succeeded ?? 0))
    yield invalidValue(
      'status.succeeded',
      now.succeeded ?? 0,
      'cannot decrease the succeeded counter',
    );
  if (now.completionTime && old.completionTime && now.completionTime !== old.completionTime)
    yield invalidValue('status.completionTime', now.completionTime, 'field is immutable');
  const resuming = has(old, 'Suspended') && has(now, 'Suspended', 'False');
  if (old.startTime && now.startTime !== old.startTime && !spec.suspend && !resuming)
    yield invalidValue(
      'status.startTime',
      now.startTime ?? null,
      'field is immutable for unsuspended job once set',
    );
  const [met, wasMet] = [has(now, 'SuccessCriteriaMet'), has(old, 'SuccessCriteriaMet')];
  if (wasMet && !met)
    yield invalidUnshown(
      'status.conditions',
      'cannot disable the SuccessCriteriaMet=True condition',
    );
  if (has(old, 'Complete') && !wasMet && met)
    yield invalidUnshown(
      'status.conditions',
      'cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions',
    );
}
