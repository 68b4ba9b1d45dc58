import { SelectorError, selectorOf, selectorText as requirementsText } from '@coxswain/api/labels';
import type { LabelSelector, LabelSelectorRequirement } from '@coxswain/api/types/meta';
import {
  allInvalid,
  forbiddenField,
  invalidValue,
  required,
  tooLong,
  type Rules,
} from './field.ts';
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

function* selectorRequirement(
  path: string,
  { key, operator, values = [] }: LabelSelectorRequirement,
): Rules {
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

/** Whether the selector is well formed. */
export function isReadable(selector: LabelSelector): boolean {
  try {
    selectorOf(selector);
    return true;
  } catch (error) {
    if (error instanceof SelectorError) return false;
    throw error;
  }
}

/** Whether the labels satisfy the selector; one that is not well formed is for its own rules to refuse. */
export function selects(selector: LabelSelector | undefined, pairs: Strings = {}): boolean {
  try {
    return selectorOf(selector).matches(pairs);
  } catch (error) {
    if (error instanceof SelectorError) return true;
    throw error;
  }
}

/** `a=1,b=2`, sorted; `<none>` when there are none. */
export const labelsText = (pairs: Strings | undefined): string =>
  Object.entries(pairs ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .toSorted()
    .join(',') || '<none>';

/** The selector as a query would spell it, its keys sorted; empty when it selects everything. */
export function selectorText(selector: LabelSelector | undefined): string {
  try {
    return requirementsText(selectorOf(selector));
  } catch (error) {
    if (error instanceof SelectorError) return '<error>'; // as upstream prints it
    throw error;
  }
}
