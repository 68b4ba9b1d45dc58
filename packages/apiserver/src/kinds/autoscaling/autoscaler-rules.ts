import { compareQuantities } from '@coxswain/api/quantity';
import type {
  CrossVersionObjectReference,
  HorizontalPodAutoscaler,
  HPAScalingRules,
  MetricIdentifier,
  MetricSpec,
  MetricTarget,
} from '@coxswain/api/types/autoscaling-v2';
import {
  allInvalid,
  forbiddenField,
  invalidValue,
  nonNegativeText,
  notSupported,
  required,
  type Rules,
} from '../rules/field.ts';
import { dns1123Label, pathSegmentName } from '../rules/name.ts';
import { containerResourceName } from '../rules/resources.ts';

function* reference(
  path: string,
  ref: CrossVersionObjectReference,
  group: 'needed' | 'free' | 'as it was',
): Rules {
  for (const field of ['kind', 'name'] as const)
    if (ref[field]) yield* allInvalid(`${path}.${field}`, ref[field], pathSegmentName(ref[field]));
    else yield required(`${path}.${field}`);
  const version = ref.apiVersion ?? '';
  const slashes = version.split('/').length - 1;
  if (group === 'as it was') return;
  const why =
    slashes > 1
      ? `unexpected GroupVersion string: ${version}`
      : group === 'needed' && (slashes === 0 || version.startsWith('/'))
        ? 'apiVersion must specify API group'
        : undefined;
  if (why) yield invalidValue(`${path}.apiVersion`, version, why);
}

function* identifier(path: string, { name }: MetricIdentifier): Rules {
  if (name) yield* allInvalid(`${path}.name`, name, pathSegmentName(name));
  else yield required(`${path}.name`, 'must specify a metric name');
}

const targetTypes = ['Utilization', 'Value', 'AverageValue'];

function* target(path: string, given: MetricTarget): Rules {
  const { type, averageUtilization } = given;
  if (!type) yield required(`${path}.type`, 'must specify a metric target type');
  if (!targetTypes.includes(type))
    yield invalidValue(`${path}.type`, type, 'must be either Utilization, Value, or AverageValue');
  for (const field of ['value', 'averageValue'] as const)
    if (given[field] !== undefined && compareQuantities(given[field], '0') <= 0)
      yield invalidValue(`${path}.${field}`, given[field], 'must be positive');
  if (averageUtilization !== undefined && averageUtilization < 1)
    yield invalidValue(`${path}.averageUtilization`, averageUtilization, 'must be greater than 0');
}

function* resourceTarget(path: string, given: MetricTarget): Rules {
  yield* target(path, given);
  const { averageUtilization, averageValue } = given;
  if (averageUtilization === undefined && averageValue === undefined)
    yield required(
      `${path}.averageUtilization`,
      'must set either a target raw value or a target utilization',
    );
  if (averageUtilization !== undefined && averageValue !== undefined)
    yield forbiddenField(
      `${path}.averageValue`,
      'may not set both a target raw value and a target utilization',
    );
}

type Sources = { readonly [K in MetricSource]: (path: string, given: MetricSpec) => Rules };
type MetricSource = 'object' | 'external' | 'pods' | 'resource' | 'containerResource';

/** What each source of a metric must hold, in the order in which upstream looks for them. */
const sources: Sources = {
  *object(path, { object }) {
    yield* reference(`${path}.describedObject`, object!.describedObject, 'free');
    yield* identifier(`${path}.metric`, object!.metric);
    yield* target(`${path}.target`, object!.target);
    const { value, averageValue } = object!.target;
    if (value === undefined && averageValue === undefined)
      yield required(
        `${path}.target.averageValue`,
        'must set either a target value or averageValue',
      );
  },
  *external(path, { external }) {
    yield* identifier(`${path}.metric`, external!.metric);
    yield* target(`${path}.target`, external!.target);
    const { value, averageValue } = external!.target;
    if (value === undefined && averageValue === undefined)
      yield required(
        `${path}.target.averageValue`,
        'must set either a target value for metric or a per-pod target',
      );
    if (value !== undefined && averageValue !== undefined)
      yield forbiddenField(
        `${path}.target.value`,
        'may not set both a target value for metric and a per-pod target',
      );
  },
  *pods(path, { pods }) {
    yield* identifier(`${path}.metric`, pods!.metric);
    yield* target(`${path}.target`, pods!.target);
    if (pods!.target.averageValue === undefined)
      yield required(`${path}.target.averageValue`, 'must specify a positive target averageValue');
  },
  *resource(path, { resource }) {
    if (!resource!.name) yield required(`${path}.name`, 'must specify a resource name');
    yield* resourceTarget(`${path}.target`, resource!.target);
  },
  *containerResource(path, { containerResource }) {
    const { name, container, target: given } = containerResource!;
    if (name) yield* containerResourceName(`${path}.name`, name);
    else yield required(`${path}.name`, 'must specify a resource name');
    if (container) yield* allInvalid(`${path}.container`, container, dns1123Label(container));
    else yield required(`${path}.container`, 'must specify a container');
    yield* resourceTarget(`${path}.target`, given);
  },
};
const sourceNames = Object.keys(sources) as MetricSource[];
const metricTypes = ['ContainerResource', 'External', 'Object', 'Pods', 'Resource'];

function* metric(path: string, given: MetricSpec): Rules {
  const { type } = given;
  if (!type) yield required(`${path}.type`, 'must specify a metric source type');
  const isKnown = metricTypes.includes(type);
  if (!isKnown) yield notSupported(`${path}.type`, type, metricTypes);
  const present = sourceNames.filter((name) => given[name] !== undefined);
  if (present[0]) yield* sources[present[0]](`${path}.${present[0]}`, given);
  const expected = sourceNames.find((name) => name.toLowerCase() === type?.toLowerCase());
  if (!isKnown) yield notSupported(`${path}.type`, type, metricTypes);
  else if (expected && !present.includes(expected))
    yield required(`${path}.${expected}`, 'must populate information for the given metric source');
  if (present.length === 1) return;
  for (const name of present)
    if (name !== expected)
      yield forbiddenField(`${path}.${name}`, 'must populate the given metric source only');
}

const secondsMax = 3600;
const periodMax = 1800;
const zeroText = 'must be greater than zero';

function* scaling(path: string, rules: HPAScalingRules | undefined): Rules {
  if (!rules) return;
  const { stabilizationWindowSeconds: window, selectPolicy, policies = [], tolerance } = rules;
  const at = `${path}.stabilizationWindowSeconds`;
  if (window !== undefined && window < 0)
    yield invalidValue(at, window, 'must be greater than or equal to zero');
  if (window !== undefined && window > secondsMax)
    yield invalidValue(at, window, `must be less than or equal to ${secondsMax}`);
  const choices = ['Disabled', 'Max', 'Min'];
  if (selectPolicy !== undefined && !choices.includes(selectPolicy))
    yield notSupported(`${path}.selectPolicy`, selectPolicy, choices);
  if (!policies.length) yield required(`${path}.policies`, 'must specify at least one Policy');
  for (const [index, { type, value, periodSeconds }] of policies.entries()) {
    const one = `${path}.policies[${index}]`;
    if (type !== 'Pods' && type !== 'Percent')
      yield notSupported(`${one}.type`, type, ['Percent', 'Pods']);
    if (value <= 0) yield invalidValue(`${one}.value`, value, zeroText);
    if (periodSeconds <= 0) yield invalidValue(`${one}.periodSeconds`, periodSeconds, zeroText);
    if (periodSeconds > periodMax)
      yield invalidValue(
        `${one}.periodSeconds`,
        periodSeconds,
        `must be less than or equal to ${periodMax}`,
      );
  }
  if (tolerance !== undefined && compareQuantities(tolerance, '0') < 0)
    yield invalidValue(`${path}.tolerance`, tolerance, nonNegativeText);
}

/** Rules of an autoscaler, in the terms of version 2. */
export function* autoscalerRules(
  { spec }: HorizontalPodAutoscaler,
  before?: HorizontalPodAutoscaler,
): Rules {
  const { minReplicas, maxReplicas, scaleTargetRef, metrics = [], behavior } = spec;
  if (minReplicas !== undefined && minReplicas < 1)
    yield invalidValue('spec.minReplicas', minReplicas, 'must be greater than or equal to 1');
  const most = 'spec.maxReplicas';
  if (!maxReplicas) yield required(most, 'must be set and greater than 0');
  else if (maxReplicas < 0)
    yield invalidValue(most, maxReplicas, 'must be greater than or equal to 1');
  if (minReplicas !== undefined && maxReplicas < minReplicas)
    yield invalidValue(most, maxReplicas, 'must be greater than or equal to `minReplicas`');
  const old = before?.spec.scaleTargetRef;
  const { apiVersion, kind } = scaleTargetRef;
  // Only ReplicationControllers can be scaled without a group.
  const group = kind === 'ReplicationController' ? 'free' : 'needed';
  const isKept = old && old.apiVersion === apiVersion && old.kind === kind;
  yield* reference('spec.scaleTargetRef', scaleTargetRef, isKept ? 'as it was' : group);
  for (const [index, each] of metrics.entries()) yield* metric(`spec.metrics[${index}]`, each);
  const mayRest = metrics.some(({ type }) => type === 'Object' || type === 'External');
  if (minReplicas === 0 && !mayRest)
    yield forbiddenField(
      'spec.metrics',
      'must specify at least one Object or External metric to support scaling to zero replicas',
    );
  yield* scaling('spec.behavior.scaleUp', behavior?.scaleUp);
  yield* scaling('spec.behavior.scaleDown', behavior?.scaleDown);
}
