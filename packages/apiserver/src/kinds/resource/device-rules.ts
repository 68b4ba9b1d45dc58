import {
  addQuantities,
  compareQuantities,
  formatQuantity,
  wholeValue,
} from '@coxswain/api/quantity';
import type {
  CapacityRequestPolicy,
  CapacityRequestPolicyRange,
  Device,
  DeviceAttribute,
  NodeAllocatableResourceMapping,
} from '@coxswain/api/types/resource-v1';
import { nodeSelector } from '../rules/affinity.ts';
import { equal } from '../rules/equal.ts';
import {
  allInvalid,
  forbiddenField,
  invalidValue,
  notFoundValue,
  required,
  tooLong,
  type Rules,
} from '../rules/field.ts';
import { bytesOf, dns1123Subdomain } from '../rules/name.ts';
import { isNative } from '../rules/resources.ts';
import { eachOf, mapOf, setOf } from './lists.ts';
import { attributeName, attributeNameMax, shortName } from './names.ts';
import { bindingConditions, deviceTaint } from './parts.ts';

const namedValuesMax = 32;
const valuesMax = 48;
const textMax = 64;
const taintsMax = 16;
const consumptionsMax = 2;
const countersMax = 32;
const optionsMax = 10;
const labelMax = 63;
const version =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(\.(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?(\+[0-9a-zA-Z-]+(\.[0-9a-zA-Z-]+)*)?$/;
const oneWay =
  'exactly one of `nodeName`, `nodeSelector`, or `allNodes` is required when `perDeviceNodeSelection` is set to true in the ResourceSlice spec';

/** Rules of one device; `before` is the same as it was. */
export function* deviceRules(
  device: Device,
  at: string,
  before: Device | undefined,
  picksNodes: boolean,
): Rules {
  yield* shortName(`${at}.name`, device.name);
  yield* attributesAndCapacity(device, at);
  if (!before || !equal(before.taints, device.taints))
    yield* eachOf(`${at}.taints`, device.taints, taintsMax, (taint, path) =>
      deviceTaint(path, taint),
    );
  yield* setOf(
    `${at}.consumesCounters`,
    device.consumesCounters,
    consumptionsMax,
    ({ counterSet }) => counterSet,
    function* ({ counterSet, counters }, path) {
      yield* counterName(`${path}.counterSet`, counterSet);
      yield* counterMap(`${path}.counters`, counters);
    },
  );
  if (picksNodes) yield* nodesOfDevice(device, at);
  else if (
    device.nodeName !== undefined ||
    device.nodeSelector !== undefined ||
    device.allNodes !== undefined
  )
    yield invalidValue(
      at,
      null,
      '`nodeName`, `nodeSelector` and `allNodes` can only be set if `perDeviceNodeSelection` is set to true in the ResourceSlice spec',
    );
  yield* bindingConditions(at, device);
  for (const [name, mapping] of Object.entries(device.nodeAllocatableResourceMappings ?? {}))
    yield* mappingRules(`${at}.nodeAllocatableResourceMappings[${name}]`, name, mapping, device);
}

/** Rules of the name of a counter, or of a set of them. */
export function* counterName(path: string, name: string): Rules {
  if (name) yield* shortName(path, name);
  else yield required(path);
}

/** Rules of a set of counters. */
export function* counterMap(
  path: string,
  counters: Readonly<Record<string, unknown>> | null | undefined,
): Rules {
  if (!counters || !Object.keys(counters).length) yield required(path);
  else
    yield* mapOf(
      path,
      counters,
      countersMax,
      labelMax,
      (name, place) => shortName(place, name),
      function* () {},
    );
}

const listsOf = ({ bools, ints, strings, versions }: DeviceAttribute): number =>
  [bools, ints, strings, versions].reduce((sum, list) => sum + (list?.length ?? 0), 0);

function* attributesAndCapacity(device: Device, at: string): Rules {
  const attributes = Object.values(device.attributes ?? {});
  const named = attributes.length + Object.keys(device.capacity ?? {}).length;
  if (named > namedValuesMax)
    yield invalidValue(
      at,
      named,
      `the total number of attributes and capacities must not exceed ${namedValuesMax}`,
    );
  const values = attributes.reduce((sum, each) => sum + (listsOf(each) || 1), 0);
  if (values > valuesMax)
    yield invalidValue(
      at,
      values,
      `the total number of attribute values must not exceed ${valuesMax}`,
    );
  const named1 = (name: string, place: string): Rules => attributeName(place, name);
  yield* mapOf(
    `${at}.attributes`,
    device.attributes,
    undefined,
    attributeNameMax,
    named1,
    attributeRules,
  );
  yield* mapOf(
    `${at}.capacity`,
    device.capacity,
    undefined,
    attributeNameMax,
    named1,
    function* ({ value, requestPolicy }, place) {
      if (!requestPolicy) return;
      if (device.allowMultipleAllocations)
        yield* policyRules(`${place}.requestPolicy`, value, requestPolicy);
      else yield forbiddenField(`${place}.requestPolicy`, 'allowMultipleAllocations must be true');
    },
  );
}

function* attributeRules(attribute: DeviceAttribute, at: string): Rules {
  if (attribute.string !== undefined) yield* textRules(`${at}.string`, attribute.string);
  if (attribute.version !== undefined) yield* versionRules(`${at}.version`, attribute.version);
  for (const field of ['bools', 'ints', 'strings', 'versions'] as const)
    if (attribute[field]?.length === 0)
      yield invalidValue(`${at}.${field}`, attribute[field], 'must not be empty if specified');
  for (const [index, text] of (attribute.strings ?? []).entries())
    yield* textRules(`${at}.strings[${index}]`, text);
  for (const [index, text] of (attribute.versions ?? []).entries())
    yield* versionRules(`${at}.versions[${index}]`, text);
  const given = Object.values(attribute).filter((value) => value !== undefined).length;
  if (given !== 1)
    yield invalidValue(at, given ? inGo(attribute) : '', 'exactly one value must be specified');
}

/** The attribute by the names that it has inside upstream, which its message shows. */
const inGo = (attribute: DeviceAttribute): object => ({
  IntValue: attribute.int ?? null,
  BoolValue: attribute.bool ?? null,
  StringValue: attribute.string ?? null,
  VersionValue: attribute.version ?? null,
  IntValues: attribute.ints ?? null,
  BoolValues: attribute.bools ?? null,
  StringValues: attribute.strings ?? null,
  VersionValues: attribute.versions ?? null,
});

function* textRules(path: string, text: string): Rules {
  if (bytesOf(text) > textMax) yield tooLong(path, textMax);
}

function* versionRules(path: string, text: string): Rules {
  if (!version.test(text))
    yield invalidValue(path, text, 'must be a string compatible with semver.org spec 2.0.0');
  yield* textRules(path, text);
}

function* policyRules(at: string, capacity: string, policy: CapacityRequestPolicy): Rules {
  const { default: usual, validValues = [], validRange } = policy;
  if (validValues.length && validRange)
    yield forbiddenField(
      at,
      'exactly one policy can be specified, cannot specify "validValues" and "validRange" at the same time',
    );
  else if (!validValues.length && !validRange) return;
  else if (!usual)
    yield required(
      `${at}.default`,
      `required when ${validValues.length ? 'validValues' : 'validRange'} is defined`,
    );
  else if (validRange) yield* rangeRules(`${at}.validRange`, usual, capacity, validRange);
  else yield* optionRules(`${at}.validValues`, usual, capacity, validValues);
}

function* optionRules(
  path: string,
  usual: string,
  capacity: string,
  options: readonly string[],
): Rules {
  for (const [index, option] of options.entries())
    if (index > 0 && compareQuantities(options[index - 1]!, option) > 0)
      yield invalidValue(`${path}[${index}]`, option, 'values must be sorted in ascending order');
  yield* setOf(
    path,
    options,
    optionsMax,
    (option) => String(wholeValue(option)),
    function* (option, at) {
      if (compareQuantities(option, capacity) > 0)
        yield invalidValue(at, option, `option is larger than capacity value: ${capacity}`);
    },
  );
  const isFound =
    options.length <= optionsMax && options.some((each) => compareQuantities(each, usual) === 0);
  if (!isFound)
    yield invalidValue(path, usual, 'default value is not valid according to the requestPolicy');
}

function* rangeRules(
  path: string,
  usual: string,
  capacity: string,
  { min, max, step }: CapacityRequestPolicyRange,
): Rules {
  if (!min) {
    yield required(`${path}.min`, 'required when validRange is defined');
    return;
  }
  const above = (a: string, b: string): boolean => compareQuantities(a, b) > 0;
  if (above(min, capacity))
    yield invalidValue(`${path}.min`, min, `min is larger than capacity value: ${capacity}`);
  if (above(min, usual))
    yield invalidValue(`${path}.min`, usual, `default is less than min: ${min}`);
  if (max !== undefined) {
    if (above(min, max)) yield invalidValue(`${path}.max`, min, `min is larger than max: ${max}`);
    if (above(max, capacity))
      yield invalidValue(`${path}.max`, max, `max is larger than capacity value: ${capacity}`);
    if (above(usual, max))
      yield invalidValue(`${path}.max`, usual, `default is more than max: ${max}`);
  }
  if (step === undefined) return;
  const first = formatQuantity(addQuantities(min, step));
  if (above(first, capacity))
    yield invalidValue(
      `${path}.step`,
      step,
      `one step ${first} is larger than capacity value: ${capacity}`,
    );
  for (const value of max === undefined ? [usual] : [usual, max])
    if ((wholeValue(value) - wholeValue(min)) % wholeValue(step) !== 0)
      yield invalidValue(
        `${path}.step`,
        value,
        `value is not a multiple of a given step (${step}) from (${min})`,
      );
}

function* nodesOfDevice(device: Device, at: string): Rules {
  const ways: string[] = [];
  if (device.nodeName) {
    ways.push('`nodeName`');
    yield* allInvalid(`${at}.nodeName`, device.nodeName, dns1123Subdomain(device.nodeName));
  } else if (device.nodeName !== undefined)
    yield invalidValue(`${at}.nodeName`, '', 'must not be empty');
  if (device.nodeSelector) {
    ways.push('`nodeSelector`');
    yield* nodeSelector(`${at}.nodeSelector`, device.nodeSelector);
  }
  if (device.allNodes) ways.push('`allNodes`');
  else if (device.allNodes !== undefined)
    yield invalidValue(`${at}.allNodes`, false, 'must be either unset or set to true');
  if (!ways.length) yield required(at, oneWay);
  else if (ways.length > 1) yield invalidValue(at, `{${ways.join(', ')}}`, oneWay);
}

function* mappingRules(
  path: string,
  name: string,
  { allocationMultiplier: times, capacityKey: key }: NodeAllocatableResourceMapping,
  { capacity = {} }: Device,
): Rules {
  if (!isNative(name)) yield invalidValue(path, name, 'must be a node allocatable resource name');
  if (times === undefined && key === undefined) {
    yield invalidValue(path, '', 'at least one of allocationMultiplier or capacityKey must be set');
    return;
  }
  if (times !== undefined && compareQuantities(times, '0') <= 0)
    yield invalidValue(`${path}.allocationMultiplier`, times, 'must be positive');
  if (key === '')
    yield invalidValue(`${path}.capacityKey`, '', 'capacityKey must not be an empty string');
  else if (key !== undefined && capacity[key] === undefined)
    yield notFoundValue(`${path}.capacityKey`, key);
}
