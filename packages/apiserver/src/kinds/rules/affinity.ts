import type {
  Affinity,
  NodeSelector,
  NodeSelectorRequirement,
  NodeSelectorTerm,
  PodAffinity,
  PodAffinityTerm,
} from '@coxswain/api/types/core-v1';
import type { LabelSelector } from '@coxswain/api/types/meta';
import { allInvalid, forbiddenField, invalidValue, required, type Rules } from './field.ts';
import { labelKey, labelSelector } from './labels.ts';
import { labelName, labelValue, subdomainName } from './name.ts';

const hard = 'requiredDuringSchedulingIgnoredDuringExecution';
const soft = 'preferredDuringSchedulingIgnoredDuringExecution';

export function* affinity(path: string, given: Affinity | undefined): Rules {
  if (!given) return;
  const { nodeAffinity, podAffinity, podAntiAffinity } = given;
  if (nodeAffinity?.[hard]) yield* nodeSelector(`${path}.nodeAffinity.${hard}`, nodeAffinity[hard]);
  for (const [index, { weight, preference }] of (nodeAffinity?.[soft] ?? []).entries()) {
    const at = `${path}.nodeAffinity.${soft}[${index}]`;
    yield* weightRule(at, weight);
    yield* nodeSelectorTerm(`${at}.preference`, preference, false);
  }
  if (podAffinity) yield* podTerms(`${path}.podAffinity`, podAffinity);
  if (podAntiAffinity) yield* podTerms(`${path}.podAntiAffinity`, podAntiAffinity);
}

function* weightRule(path: string, weight: number): Rules {
  if (weight <= 0 || weight > 100)
    yield invalidValue(`${path}.weight`, weight, 'must be in the range 1-100');
}

export function* nodeSelector(path: string, { nodeSelectorTerms }: NodeSelector): Rules {
  if (!nodeSelectorTerms?.length)
    yield required(`${path}.nodeSelectorTerms`, 'must have at least one node selector term');
  for (const [index, term] of (nodeSelectorTerms ?? []).entries())
    yield* nodeSelectorTerm(`${path}.nodeSelectorTerms[${index}]`, term, true);
}

function* nodeSelectorTerm(path: string, term: NodeSelectorTerm, strictValues: boolean): Rules {
  for (const [index, requirement] of (term.matchExpressions ?? []).entries())
    yield* nodeRequirement(`${path}.matchExpressions[${index}]`, requirement, strictValues);
  for (const [index, requirement] of (term.matchFields ?? []).entries())
    yield* nodeFieldRequirement(`${path}.matchFields[${index}]`, requirement);
}

function* nodeRequirement(
  path: string,
  { key, operator, values = [] }: NodeSelectorRequirement,
  strictValues: boolean,
): Rules {
  if (operator === 'In' || operator === 'NotIn') {
    if (!values.length)
      yield required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'");
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (values.length)
      yield forbiddenField(
        `${path}.values`,
        "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
      );
  } else if (operator === 'Gt' || operator === 'Lt') {
    if (values.length !== 1)
      yield required(
        `${path}.values`,
        "must be specified single value when `operator` is 'Lt' or 'Gt'",
      );
  } else yield invalidValue(`${path}.operator`, operator, 'not a valid selector operator');
  yield* labelKey(`${path}.key`, key);
  if (strictValues)
    for (const [index, value] of values.entries())
      yield* allInvalid(`${path}.values[${index}]`, value, labelValue(value));
}

function* nodeFieldRequirement(
  path: string,
  { key, operator, values = [] }: NodeSelectorRequirement,
): Rules {
  if (operator !== 'In' && operator !== 'NotIn')
    yield invalidValue(`${path}.operator`, operator, 'not a valid selector operator');
  else if (values.length !== 1)
    yield required(
      `${path}.values`,
      "must be only one value when `operator` is 'In' or 'NotIn' for node field selector",
    );
  if (key !== 'metadata.name')
    yield invalidValue(`${path}.key`, key, 'not a valid field selector key');
  else
    for (const [index, value] of values.entries())
      yield* allInvalid(`${path}.values[${index}]`, value, subdomainName(value));
}

function* podTerms(path: string, given: PodAffinity): Rules {
  for (const [index, term] of (given[hard] ?? []).entries())
    yield* podTerm(`${path}.${hard}[${index}]`, term);
  for (const [index, { weight, podAffinityTerm }] of (given[soft] ?? []).entries()) {
    yield* weightRule(`${path}.${soft}[${index}]`, weight);
    yield* podTerm(`${path}.${soft}[${index}].podAffinityTerm`, podAffinityTerm);
  }
}

function* podTerm(path: string, term: PodAffinityTerm): Rules {
  yield* labelSelector(`${path}.labelSelector`, term.labelSelector);
  yield* labelSelector(`${path}.namespaceSelector`, term.namespaceSelector);
  for (const name of term.namespaces ?? [])
    yield* allInvalid(`${path}.namespace`, name, labelName(name));
  yield* matchLabelKeys(path, term.labelSelector, term.matchLabelKeys, term.mismatchLabelKeys);
  if (!term.topologyKey) yield required(`${path}.topologyKey`, 'can not be empty');
  yield* labelKey(`${path}.topologyKey`, term.topologyKey ?? '');
}

/** Rules of label keys whose values are taken from the pod itself. */
export function* matchLabelKeys(
  path: string,
  selector: LabelSelector | undefined,
  match: readonly string[] = [],
  mismatch: readonly string[] = [],
): Rules {
  yield* labelKeys(`${path}.matchLabelKeys`, match, selector);
  yield* labelKeys(`${path}.mismatchLabelKeys`, mismatch, selector);
  const seen = new Set(Object.keys(selector?.matchLabels ?? {}));
  for (const { key } of selector?.matchExpressions ?? []) {
    // The server itself adds one expression for each key: only a second one is the client's.
    if (match.includes(key) && seen.has(key))
      yield invalidValue(
        `${path}[${match.indexOf(key)}]`,
        key,
        'exists in both matchLabelKeys and labelSelector',
      );
    seen.add(key);
  }
  for (const [index, key] of match.entries())
    if (mismatch.includes(key))
      yield invalidValue(
        `${path}.matchLabelKeys[${index}]`,
        key,
        'exists in both matchLabelKeys and mismatchLabelKeys',
      );
}

function* labelKeys(
  path: string,
  keys: readonly string[],
  selector: LabelSelector | undefined,
): Rules {
  if (!keys.length) return;
  if (!selector) yield forbiddenField(path, 'must not be specified when labelSelector is not set');
  else for (const [index, key] of keys.entries()) yield* labelKey(`${path}[${index}]`, key);
}
