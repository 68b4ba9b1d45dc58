import type { LabelSelector, LabelSelectorRequirement } from '@coxswain/api/types/meta';
import { allInvalid, forbiddenField, invalidValue, required, tooLong, type Rules } from './field.ts';
import { bytesOf, labelValue, qualifiedName } from './name.ts';

type Strings = Readonly<Record<string, string>>;

const annotationsBytesMax = 256 * 1024;

export function* labels(path: string, pairs: Strings): Rules {
  for (const key in pairs) {
    yield* allInvalid(path, key, qualifiedName(key));
    yield* allInvalid(path, pairs[key]!, labelValue(pairs[key]!));
  }
}

export function* annotations(path: string, pairs: Strings): Rules {
  let bytes = 0;
  for (const key in pairs) {
    yield* allInvalid(path, key, qualifiedName(key.toLowerCase()));
    bytes += bytesOf(key) + bytesOf(pairs[key]!);
  }
  if (bytes > annotationsBytesMax) yield tooLong(path, annotationsBytesMax);
}

export const labelKey = (path: string, key: string): Rules =>
  allInvalid(path, key, qualifiedName(key));

/** Rules of a label selector; an absent one breaks none. */
export function* labelSelector(path: string, selector: LabelSelector | undefined): Rules {
  if (!selector) return;
  if (selector.matchLabels) yield* labels(`${path}.matchLabels`, selector.matchLabels);
  for (const [index, requirement] of (selector.matchExpressions ?? []).entries())
    yield* selectorRequirement(`${path}.matchExpressions[${index}]`, requirement);
}

function* selectorRequirement(path: string, { key, operator, values = [] }: LabelSelectorRequirement): Rules {
  yield* operatorValues(path, operator, values);
  yield* labelKey(`${path}.key`, key);
  for (const [index, value] of values.entries())
    yield* allInvalid(`${path}.values[${index}]`, value, labelValue(value));
}

function* operatorValues(path: string, operator: string, values: readonly string[]): Rules {
  if (operator === 'In' || operator === 'NotIn') {
    if (!values.length)
      yield required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'");
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (values.length)
      yield forbiddenField(
        `${path}.values`,
        "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
      );
  } else yield invalidValue(`${path}.operator`, operator, 'not a valid selector operator');
}

/** Whether a selector that names nothing was given: it selects everything. */
export const isEmptySelector = (selector: LabelSelector | undefined): boolean =>
  !Object.keys(selector?.matchLabels ?? {}).length && !selector?.matchExpressions?.length;

/** Whether the labels satisfy the selector; an absent selector matches nothing. */
export function selects(selector: LabelSelector | undefined, pairs: Strings = {}): boolean {
  if (!selector) return false;
  for (const key in selector.matchLabels)
    if (pairs[key] !== selector.matchLabels[key]) return false;
  return (selector.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
    const value = pairs[key];
    if (operator === 'In') return value !== undefined && values.includes(value);
    if (operator === 'NotIn') return value === undefined || !values.includes(value);
    return (value !== undefined) === (operator === 'Exists');
  });
}

/** `a=1,b=2`, sorted; `<none>` when there are none. */
export const labelsText = (pairs: Strings | undefined): string =>
  Object.entries(pairs ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .toSorted()
    .join(',') || '<none>';

const requirementText = ({ key, operator, values = [] }: LabelSelectorRequirement): string => {
  if (operator === 'Exists') return key;
  if (operator === 'DoesNotExist') return `!${key}`;
  return `${key} ${operator === 'In' ? 'in' : 'notin'} (${values.toSorted().join(',')})`;
};

/** The selector as a query would spell it, its keys sorted; empty when it selects everything. */
export function selectorText(selector: LabelSelector | undefined): string {
  const parts: (readonly [key: string, text: string])[] = [
    ...Object.entries(selector?.matchLabels ?? {}).map(
      ([key, value]) => [key, `${key}=${value}`] as const,
    ),
    ...(selector?.matchExpressions ?? []).map(
      (requirement) => [requirement.key, requirementText(requirement)] as const,
    ),
  ];
  return parts
    .toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([, text]) => text)
    .join(',');
}
