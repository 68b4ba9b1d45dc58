import type { ResourceSlice, ResourceSliceSpec } from '@coxswain/api/types/resource-v1';
import { nodeSelector } from '../rules/affinity.ts';
import { allInvalid, invalidValue, required, type Rules } from '../rules/field.ts';
import { immutable } from '../rules/meta.ts';
import { dns1123Subdomain } from '../rules/name.ts';
import { counterMap, counterName, deviceRules } from './device-rules.ts';
import { setOf } from './lists.ts';
import { driverName, poolName } from './names.ts';

const devicesMax = 128;
const richDevicesMax = 64;
const counterSetsMax = 8;
const oneWay =
  'exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required';
const trueOnly = 'must be either unset or set to true';

/** Rules of what a driver offers. */
export function* sliceRules({ spec }: ResourceSlice, before?: ResourceSlice): Rules {
  const { driver, pool, devices, sharedCounters } = spec;
  yield* driverName('spec.driver', driver);
  yield* poolName('spec.pool.name', pool.name);
  if (pool.resourceSliceCount <= 0)
    yield invalidValue(
      'spec.pool.resourceSliceCount',
      pool.resourceSliceCount,
      'must be greater than zero',
    );
  if (pool.generation < 0)
    yield invalidValue(
      'spec.pool.generation',
      pool.generation,
      'must be greater than or equal to zero',
    );
  if (before) {
    yield* immutable('spec.pool.name', pool.name, before.spec.pool.name);
    yield* immutable('spec.driver', driver, before.spec.driver);
    yield* immutable('spec.nodeName', spec.nodeName, before.spec.nodeName);
  }
  yield* nodesOfSlice(spec);
  if (sharedCounters && devices)
    yield invalidValue('spec', '', 'only one of `sharedCounters` or `devices` is allowed');
  const known = new Map((before?.spec.devices ?? []).map((device) => [device.name, device]));
  yield* setOf(
    'spec.devices',
    devices,
    isRich(spec) ? richDevicesMax : devicesMax,
    ({ name }) => name,
    (device, at) =>
      deviceRules(device, at, known.get(device.name), spec.perDeviceNodeSelection === true),
  );
  yield* setOf(
    'spec.sharedCounters',
    sharedCounters,
    counterSetsMax,
    ({ name }) => name,
    function* ({ name, counters }, at) {
      yield* counterName(`${at}.name`, name);
      yield* counterMap(`${at}.counters`, counters);
    },
  );
}

/** Devices that say more of themselves are fewer. */
const isRich = ({ devices = [] }: ResourceSliceSpec): boolean =>
  devices.some(
    ({ taints, consumesCounters, attributes = {} }) =>
      taints?.length ||
      consumesCounters?.length ||
      Object.values(attributes).some((each) =>
        [each.bools, each.ints, each.strings, each.versions].some((list) => list !== undefined),
      ),
  );

function* nodesOfSlice(spec: ResourceSliceSpec): Rules {
  const { nodeName, nodeSelector: nodes, allNodes, perDeviceNodeSelection } = spec;
  const ways: string[] = [];
  if (nodeName) {
    ways.push('`nodeName`');
    yield* allInvalid('spec.nodeName', nodeName, dns1123Subdomain(nodeName));
  } else if (nodeName !== undefined)
    yield invalidValue('spec.nodeName', '', 'must be either unset or set to a non-empty string');
  if (nodes) {
    ways.push('`nodeSelector`');
    yield* nodeSelector('spec.nodeSelector', nodes);
    if (nodes.nodeSelectorTerms?.length !== 1)
      yield invalidValue(
        'spec.nodeSelector.nodeSelectorTerms',
        nodes.nodeSelectorTerms,
        'must have exactly one node selector term',
      );
  }
  if (allNodes) ways.push('`allNodes`');
  else if (allNodes !== undefined) yield invalidValue('spec.allNodes', false, trueOnly);
  if (perDeviceNodeSelection) ways.push('`perDeviceNodeSelection`');
  else if (perDeviceNodeSelection !== undefined)
    yield invalidValue('spec.perDeviceNodeSelection', false, trueOnly);
  if (!ways.length) yield required('spec', oneWay);
  else if (ways.length > 1)
    yield invalidValue('spec', `{${ways.join(', ')}}`, `${oneWay}, but multiple fields are set`);
}
