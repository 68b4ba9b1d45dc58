import { compileDeviceSelector, limits } from '@coxswain/cel';
import type {
  DeviceTaint,
  DeviceToleration,
  DeviceConfiguration,
  DeviceSelector,
} from '@coxswain/api/types/resource-v1';
import {
  allInvalid,
  duplicate,
  forbiddenField,
  invalidValue,
  notSupported,
  required,
  tooLong,
  type Rules,
} from '../rules/field.ts';
import { labelKey } from '../rules/labels.ts';
import { bytesOf, labelValue } from '../rules/name.ts';
import { eachOf } from './lists.ts';
import { driverName } from './names.ts';

const effects = ['NoExecute', 'NoSchedule', 'None'];
const operators = ['Equal', 'Exists'];
const selectorsMax = 32;
const expressionMax = 10 * 1024;
const rawMax = 10 * 1024;
const conditionsMax = 4;

/** Rules of a taint on a device. */
export function* deviceTaint(path: string, { key, value = '', effect }: DeviceTaint): Rules {
  yield* labelKey(`${path}.key`, key);
  if (value) yield* allInvalid(`${path}.value`, value, labelValue(value));
  if (!effect) yield required(`${path}.effect`);
  else if (!effects.includes(effect)) yield notSupported(`${path}.effect`, effect, effects);
}

/** Rules of what a request puts up with. */
export function* deviceToleration(toleration: DeviceToleration, path: string): Rules {
  const { key, operator, value = '', effect } = toleration;
  if (key) yield* labelKey(`${path}.key`, key);
  if (!operator) yield required(`${path}.operator`);
  else if (!operators.includes(operator))
    yield notSupported(`${path}.operator`, operator, operators);
  else if (operator === 'Equal') yield* allInvalid(`${path}.value`, value, labelValue(value));
  else if (value) yield invalidValue(`${path}.value`, value, 'must be empty for operator `Exists`');
  if (effect && !effects.includes(effect)) yield notSupported(`${path}.effect`, effect, effects);
}

/** Rules of expressions that pick devices. */
export const deviceSelectors = (
  path: string,
  given: readonly DeviceSelector[] | undefined,
): Rules =>
  eachOf(path, given, selectorsMax, function* ({ cel }, at) {
    if (!cel) yield required(`${at}.cel`);
    else if (bytesOf(cel.expression) > expressionMax)
      yield tooLong(`${at}.cel.expression`, expressionMax);
    else yield* expressionRules(`${at}.cel.expression`, cel.expression);
  });

function* expressionRules(path: string, text: string): Rules {
  const compiled = compileDeviceSelector(text);
  if ('message' in compiled) yield invalidValue(path, text, compiled.message);
  else if (compiled.selector.costMax > limits.perCall)
    yield forbiddenField(path, 'too complex, exceeds cost limit');
}

/** Rules of settings that only a driver understands. */
export function* deviceConfiguration(path: string, { opaque }: DeviceConfiguration): Rules {
  if (!opaque) {
    yield required(`${path}.opaque`);
    return;
  }
  yield* driverName(`${path}.opaque.driver`, opaque.driver);
  yield* rawObject(`${path}.opaque.parameters`, opaque.parameters);
}

/** Rules of JSON that is passed on as it is. */
export function* rawObject(path: string, value: unknown): Rules {
  if (value === undefined || value === null) yield required(path);
  else if (bytesOf(JSON.stringify(value)) > rawMax) yield tooLong(path, rawMax);
  else if (typeof value !== 'object' || Array.isArray(value))
    yield invalidValue(path, '<value omitted>', 'must be a valid JSON object');
}

interface Bound {
  readonly bindingConditions?: readonly string[] | undefined;
  readonly bindingFailureConditions?: readonly string[] | undefined;
}

/** Rules of the conditions on which a pod is bound, and of those on which it is not. */
export function* bindingConditions(path: string, given: Bound): Rules {
  const { bindingConditions: good = [], bindingFailureConditions: bad = [] } = given;
  for (const field of ['bindingConditions', 'bindingFailureConditions'] as const)
    yield* eachOf(`${path}.${field}`, given[field], conditionsMax, (name, at) =>
      labelKey(at, name),
    );
  for (const [index, name] of good.entries())
    if (good.indexOf(name) < index) yield duplicate(`${path}.bindingConditions[${index}]`, name);
  for (const [index, name] of bad.entries()) {
    const at = `${path}.bindingFailureConditions[${index}]`;
    if (bad.indexOf(name) < index) yield duplicate(at, name);
    if (good.includes(name))
      yield invalidValue(
        at,
        name,
        'bindingFailureConditions must not overlap with bindingConditions',
      );
  }
  if (!good.length && bad.length)
    yield invalidValue(
      `${path}.bindingConditions`,
      given.bindingConditions ?? null,
      'bindingConditions are required to use bindingFailureConditions',
    );
  if (good.length && !bad.length)
    yield invalidValue(
      `${path}.bindingFailureConditions`,
      given.bindingFailureConditions ?? null,
      'bindingFailureConditions are required to use bindingConditions',
    );
}
