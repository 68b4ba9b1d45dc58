import type {
  PodSchedulingGate,
  Taint,
  Toleration,
  TopologySpreadConstraint,
} from '@coxswain/api/types/core-v1';
import { matchLabelKeys } from './affinity.ts';
import { equal } from './equal.ts';
import {
  allInvalid,
  duplicate,
  forbiddenField,
  invalidValue,
  notSupported,
  required,
  type Rules,
} from './field.ts';
import { internalForm } from './internal-form.ts';
import { labelKey, labelSelector } from './labels.ts';
import { labelValue, qualifiedName } from './name.ts';

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

export function* tolerations(path: string, given: readonly Toleration[]): Rules {
  for (const [index, one] of given.entries()) yield* toleration(`${path}[${index}]`, one);
}

function* toleration(path: string, one: Toleration): Rules {
  const { key, operator, value = '', effect, tolerationSeconds } = one;
  if (key) yield* labelKey(`${path}.key`, key);
  else if (operator !== 'Exists')
    yield invalidValue(
      `${path}.operator`,
      operator ?? '',
      'operator must be Exists when `key` is empty, which means "match all values and all keys"',
    );
  if (tolerationSeconds !== undefined && effect !== 'NoExecute')
    yield invalidValue(
      `${path}.effect`,
      effect ?? '',
      "effect must be 'NoExecute' when `tolerationSeconds` is set",
    );
  if (!operator || operator === 'Equal') {
    const wrong = labelValue(value);
    if (wrong.length) yield invalidValue(`${path}.operator`, value, wrong.join(';'));
  } else if (operator !== 'Exists')
    yield notSupported(
      `${path}.operator`,
      operator,
      // Upstream knows the other two, and takes them only behind a gate.
      ['Equal', 'Exists', ...(operator === 'Lt' || operator === 'Gt' ? ['Lt', 'Gt'] : [])],
    );
  else if (value)
    yield invalidValue(
      `${path}.operator`,
      value,
      "value must be empty when `operator` is 'Exists'",
    );
  if (effect && !effects.includes(effect)) yield notSupported(`${path}.effect`, effect, effects);
}

/** After creation tolerations may only be added, or their seconds changed. */
export function* onlyAddedTolerations(
  path: string,
  next: readonly Toleration[] = [],
  before: readonly Toleration[] = [],
): Rules {
  const kept = before.every((old) =>
    next.some((one) => equal({ ...old, tolerationSeconds: one.tolerationSeconds }, one)),
  );
  if (!kept)
    yield forbiddenField(
      path,
      'existing toleration can not be modified except its tolerationSeconds',
    );
  else yield* tolerations(path, next);
}

export function* taints(path: string, given: readonly Taint[]): Rules {
  const seen = new Set<string>();
  for (const [index, taint] of given.entries()) {
    const at = `${path}[${index}]`;
    yield* labelKey(`${at}.key`, taint.key);
    const wrong = labelValue(taint.value ?? '');
    if (wrong.length) yield invalidValue(`${at}.value`, taint.value, wrong.join(';'));
    if (!taint.effect) yield required(`${at}.effect`);
    else if (!effects.includes(taint.effect))
      yield notSupported(`${at}.effect`, taint.effect, effects);
    const pair = `${taint.effect} ${taint.key}`;
    if (seen.has(pair))
      yield duplicate(
        at,
        internalForm('core.Taint', taint),
        'taints must be unique by key and effect pair',
      );
    seen.add(pair);
  }
}

export function* schedulingGates(path: string, gates: readonly PodSchedulingGate[]): Rules {
  const seen = new Set<string>();
  for (const [index, { name }] of gates.entries()) {
    yield* allInvalid(`${path}[${index}]`, name, qualifiedName(name));
    if (seen.has(name)) yield duplicate(`${path}[${index}]`, name);
    seen.add(name);
  }
}

export function* onlyDeletedGates(
  path: string,
  next: readonly PodSchedulingGate[] = [],
  before: readonly PodSchedulingGate[] = [],
): Rules {
  for (const [index, { name }] of next.entries())
    if (!before.some((gate) => gate.name === name))
      yield forbiddenField(
        `${path}[${index}].name`,
        `only deletion is allowed, but found new scheduling gate '${name}'`,
      );
}

const policies = ['Honor', 'Ignore'];

function* aboveZero(path: string, value: number): Rules {
  if (value <= 0) yield invalidValue(path, value, 'must be greater than zero');
}

export function* topologySpread(path: string, given: readonly TopologySpreadConstraint[]): Rules {
  for (const [index, constraint] of given.entries()) {
    const at = `${path}[${index}]`;
    const { topologyKey, whenUnsatisfiable, minDomains } = constraint;
    yield* aboveZero(`${at}.maxSkew`, constraint.maxSkew);
    if (!topologyKey) yield required(`${at}.topologyKey`, 'can not be empty');
    if (whenUnsatisfiable !== 'DoNotSchedule' && whenUnsatisfiable !== 'ScheduleAnyway')
      yield notSupported(`${at}.whenUnsatisfiable`, whenUnsatisfiable, [
        'DoNotSchedule',
        'ScheduleAnyway',
      ]);
    const repeated = given
      .slice(index + 1)
      .some(
        (other) =>
          other.topologyKey === topologyKey && other.whenUnsatisfiable === whenUnsatisfiable,
      );
    if (repeated)
      yield duplicate(
        `${at}.{topologyKey, whenUnsatisfiable}`,
        `{${topologyKey}, ${whenUnsatisfiable}}`,
      );
    if (minDomains !== undefined) {
      yield* aboveZero(`${at}.minDomains`, minDomains);
      if (whenUnsatisfiable !== 'DoNotSchedule')
        yield invalidValue(
          `${at}.minDomains`,
          minDomains,
          `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`,
        );
    }
    for (const field of ['nodeAffinityPolicy', 'nodeTaintsPolicy'] as const)
      if (constraint[field] !== undefined && !policies.includes(constraint[field]))
        yield notSupported(`${at}.${field}`, constraint[field], policies);
    yield* matchLabelKeys(at, constraint.labelSelector, constraint.matchLabelKeys);
    yield* labelSelector(`${at}.labelSelector`, constraint.labelSelector);
  }
}
