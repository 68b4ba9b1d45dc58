import type { IntOrString } from '@coxswain/api/types/intstr';
import type { LabelSelector } from '@coxswain/api/types/meta';
import { invalidValue, nonNegative, required, type Rules } from './field.ts';
import { isEmptySelector, isReadable, labelSelector } from './labels.ts';

const percent = /^\d+%$/;

/** A count, or a share such as `25%`. */
export function* countOrPercent(path: string, value: IntOrString | undefined): Rules {
  if (typeof value === 'number') yield* nonNegative(path, value);
  else if (value !== undefined && !percent.test(value))
    yield invalidValue(
      path,
      value,
      "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
    );
}

export function* atMostAll(path: string, value: IntOrString | undefined): Rules {
  if (typeof value === 'string' && percent.test(value) && Number.parseInt(value, 10) > 100)
    yield invalidValue(path, value, 'must not be greater than 100%');
}

/** The number of a count or share; what is neither counts as none. */
export const numberOf = (value: IntOrString | undefined): number =>
  typeof value === 'string' ? Number.parseInt(value, 10) || 0 : (value ?? 0);

/** The selector of a workload: there, well formed, and not for everything. */
export function* workloadSelector(
  path: string,
  selector: LabelSelector | undefined,
  emptyText: string,
  unreadableText = 'invalid label selector',
): Rules {
  if (!selector) {
    yield required(path);
    return;
  }
  yield* labelSelector(path, selector);
  if (isEmptySelector(selector)) yield invalidValue(path, selector, emptyText);
  if (!isReadable(selector)) yield invalidValue(path, selector, unreadableText);
}

type Counts = Readonly<Record<string, unknown>>;
const count = (status: Counts, field: string): number => (status[field] as number | undefined) ?? 0;

/** Counts of a status: none below zero, and none of `bounded` above `replicas`. */
export function* statusCounts(
  status: object | undefined,
  fields: readonly string[],
  bounded: readonly string[],
  ready = 'readyReplicas',
): Rules {
  const counts = (status ?? {}) as Counts;
  for (const field of fields) yield* nonNegative(`status.${field}`, count(counts, field));
  for (const field of bounded)
    if (count(counts, field) > count(counts, 'replicas'))
      yield invalidValue(
        `status.${field}`,
        count(counts, field),
        'cannot be greater than status.replicas',
      );
  if (
    bounded.includes('readyReplicas') &&
    count(counts, 'availableReplicas') > count(counts, 'readyReplicas')
  )
    yield invalidValue(
      'status.availableReplicas',
      count(counts, 'availableReplicas'),
      `cannot be greater than ${ready}`,
    );
}

/** A count of hash collisions only ever grows. */
export function* neverDecremented(
  path: string,
  next: number | undefined,
  before: number | undefined,
): Rules {
  if (before !== undefined && (next === undefined || next < before))
    yield invalidValue(path, next ?? 0, 'cannot be decremented');
}
