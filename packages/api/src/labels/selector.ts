import type { LabelSelector } from '../generated/meta.ts';
import { parseRequirements } from './parse.ts';
import { meets, requirement, requirementText, SelectorError } from './requirement.ts';
import type { Labels, Operator, Requirement } from './requirement.ts';

/** What labels must meet. `nothing` matches no labels at all; no requirements match all. */
export interface Selector {
  readonly requirements: readonly Requirement[];
  readonly nothing: boolean;
  readonly matches: (labels: Labels) => boolean;
}

const selectorOfRequirements = (requirements: readonly Requirement[]): Selector => ({
  requirements,
  nothing: false,
  matches:
    requirements.length === 1
      ? (labels) => meets(requirements[0]!, labels)
      : (labels) => requirements.every((one) => meets(one, labels)),
});

/** Matches all labels. */
export const everything: Selector = selectorOfRequirements([]);
/** Matches no labels. */
export const nothing: Selector = { requirements: [], nothing: true, matches: () => false };

const parsedMax = 1024;
const parsed = new Map<string, Selector>();

/** Reads a selector as lists and watches take it: `app=web,tier in (a,b),!old`. Throws SelectorError. */
export function parseSelector(text: string): Selector {
  let selector = parsed.get(text);
  if (selector === undefined) {
    selector = selectorOfRequirements(parseRequirements(text));
    if (parsed.size >= parsedMax) parsed.clear();
    parsed.set(text, selector);
  }
  return selector;
}

const operators: Readonly<Record<string, Operator>> = {
  In: 'in',
  NotIn: 'notin',
  Exists: 'exists',
  DoesNotExist: '!',
};

const compiled = new WeakMap<LabelSelector, Selector>();

/**
 * The selector of a LabelSelector object: an absent one matches nothing, an empty one everything.
 * Compiled once per object. Throws SelectorError.
 */
export function selectorOf(object: LabelSelector | null | undefined): Selector {
  if (!object) return nothing;
  let selector = compiled.get(object);
  if (selector === undefined) compiled.set(object, (selector = compile(object)));
  return selector;
}

function compile({ matchLabels = {}, matchExpressions = [] }: LabelSelector): Selector {
  const labels = Object.entries(matchLabels).map(([key, value]) => requirement(key, '=', [value]));
  const expressions = matchExpressions.map(({ key, operator, values = [] }) => {
    const known = operators[operator];
    if (known === undefined)
      throw new SelectorError(`${JSON.stringify(operator)} is not a valid label selector operator`);
    return requirement(key, known, values);
  });
  return selectorOfRequirements(sortByKey([...labels, ...expressions]));
}

const sortByKey = (requirements: readonly Requirement[]): readonly Requirement[] =>
  requirements.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));

/** Matches labels that hold all of `labels`; an empty or absent map matches all. */
export const selectorFromLabels = (labels: Labels): Selector =>
  selectorOfRequirements(
    sortByKey(
      Object.entries(labels ?? {}).map(([key, value]) => ({ key, operator: '=', values: [value] })),
    ),
  );

/** The selector's text as upstream prints it. */
export const selectorText = ({ requirements }: Selector): string =>
  requirements.map(requirementText).join(',');

/** The one value a selector asks of a label, if it asks for exactly one. */
export function exactLabel({ requirements }: Selector, key: string): string | undefined {
  const found = requirements.find((one) => one.key === key);
  const exact = found && ['=', '==', 'in'].includes(found.operator) && found.values.length === 1;
  return exact ? found.values[0] : undefined;
}
