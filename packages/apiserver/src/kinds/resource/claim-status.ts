import type {
  AllocatedDeviceStatus,
  AllocationResult,
  DeviceAllocationConfiguration,
  DeviceRequestAllocationResult,
  NetworkDeviceData,
  ResourceClaim,
  ResourceClaimConsumerReference,
} from '@coxswain/api/types/resource-v1';
import type { KindContext } from '../kind.ts';
import { nodeSelector } from '../rules/affinity.ts';
import { conditions } from '../rules/conditions.ts';
import {
  forbiddenField,
  invalidValue,
  notSupported,
  required,
  tooLong,
  tooMany,
  type Rules,
} from '../rules/field.ts';
import { addressText, parseAddress, parseRange } from '../rules/ip.ts';
import { immutable } from '../rules/meta.ts';
import { bytesOf } from '../rules/name.ts';
import {
  adminAccess,
  configMax,
  requestNames,
  requestReference,
  resultsMax,
  type RequestNames,
} from './claim-rules.ts';
import { eachOf, setOf } from './lists.ts';
import { driverName, poolName, shareId, shortName } from './names.ts';
import { bindingConditions, deviceConfiguration, rawObject } from './parts.ts';

const reservedMax = 256;
const conditionsMax = 8;
const addressesMax = 16;
const interfaceNameMax = 256;
const hardwareAddressMax = 128;
const sources = ['FromClaim', 'FromClass'];

interface DeviceKey {
  readonly driver: string;
  readonly pool: string;
  readonly device: string;
  readonly shareID?: string | undefined;
}

/** One name of a device, or of a share of it, as upstream prints it. */
const deviceId = ({ driver, pool, device, shareID }: DeviceKey): string =>
  [driver, pool, device, ...(shareID === undefined ? [] : [shareID])].join('/');

const resultsOf = ({ status }: ResourceClaim): readonly DeviceRequestAllocationResult[] =>
  status?.allocation?.devices?.results ?? [];

/** The claim without what is said of devices that this write gives back. */
export function withoutReturned(next: ResourceClaim, before: ResourceClaim): ResourceClaim {
  const { devices, ...status } = next.status ?? {};
  if (!devices) return next;
  const held = new Set(resultsOf(next).map(deviceId));
  const returned = new Set(
    resultsOf(before)
      .map(deviceId)
      .filter((id) => !held.has(id)),
  );
  const kept = devices.filter((device) => !returned.has(deviceId(device)));
  return { ...next, status: { ...status, ...(kept.length && { devices: kept }) } };
}

/** Rules of a write of the status. */
export function* claimStatus(
  next: ResourceClaim,
  before: ResourceClaim,
  context: KindContext,
): Rules {
  const { allocation, reservedFor = [], devices } = next.status ?? {};
  const asking = (claim: ResourceClaim): number =>
    resultsOf(claim).findIndex((result) => result.adminAccess === true);
  const asked = asking(next);
  if (asked >= 0 && asking(before) < 0)
    yield* adminAccess(
      `status.allocation.devices.results[${asked}].adminAccess`,
      next.metadata.namespace,
      context,
    );
  yield* setOf('status.reservedFor', reservedFor, reservedMax, ({ uid }) => uid, consumer);
  const allocated = new Set(resultsOf(next).map(deviceId));
  yield* setOf('status.devices', devices, undefined, deviceId, (device, at) =>
    deviceStatus(device, at, allocated),
  );
  if (reservedFor.length && !allocation)
    yield forbiddenField('status.reservedFor', 'may not be specified when `allocated` is not set');
  else if (next.metadata.deletionTimestamp) yield* noNewConsumers(reservedFor, before);
  const old = before.status?.allocation;
  if (allocation && old) yield* immutable('status.allocation', allocation, old);
  else if (allocation) yield* allocationRules(allocation, requestNames(next.spec.devices));
}

function* noNewConsumers(
  now: readonly ResourceClaimConsumerReference[],
  { status }: ResourceClaim,
): Rules {
  const known = new Set((status?.reservedFor ?? []).map((each) => JSON.stringify(each)));
  if (now.some((each) => !known.has(JSON.stringify(each))))
    yield forbiddenField(
      'status.reservedFor',
      'new entries may not be added while `deallocationRequested` or `deletionTimestamp` are set',
    );
}

function* consumer(reference: ResourceClaimConsumerReference, at: string): Rules {
  for (const field of ['resource', 'name', 'uid'] as const)
    if (!reference[field]) yield required(`${at}.${field}`);
}

function* allocationRules({ devices, nodeSelector: nodes }: AllocationResult, names: RequestNames) {
  const path = 'status.allocation';
  yield* eachOf(`${path}.devices.results`, devices?.results, resultsMax, (result, at) =>
    resultRules(result, at, names),
  );
  // Those of the classes and those of the claim.
  yield* eachOf(`${path}.devices.config`, devices?.config, 2 * configMax, (config, at) =>
    configRules(config, at, names),
  );
  if (nodes) yield* nodeSelector(`${path}.nodeSelector`, nodes);
}

function* resultRules(
  result: DeviceRequestAllocationResult,
  at: string,
  names: RequestNames,
): Rules {
  yield* requestReference(`${at}.request`, result.request, names);
  yield* driverName(`${at}.driver`, result.driver);
  yield* poolName(`${at}.pool`, result.pool);
  yield* shortName(`${at}.device`, result.device);
  yield* bindingConditions(at, result);
  if (result.shareID !== undefined) yield* shareId(`${at}.shareID`, result.shareID);
}

function* configRules(
  config: DeviceAllocationConfiguration,
  at: string,
  names: RequestNames,
): Rules {
  if (!config.source) yield required(`${at}.source`);
  else if (!sources.includes(config.source))
    yield notSupported(`${at}.source`, config.source, sources);
  yield* setOf(
    `${at}.requests`,
    config.requests,
    resultsMax,
    (name) => name,
    (name, place) => requestReference(place, name, names),
  );
  yield* deviceConfiguration(at, config);
}

function* deviceStatus(
  device: AllocatedDeviceStatus,
  at: string,
  allocated: ReadonlySet<string>,
): Rules {
  yield* driverName(`${at}.driver`, device.driver);
  yield* poolName(`${at}.pool`, device.pool);
  yield* shortName(`${at}.device`, device.device);
  if (device.shareID !== undefined) yield* shareId(`${at}.shareID`, device.shareID);
  if (!allocated.has(deviceId(device)))
    yield invalidValue(at, deviceId(device), 'must be an allocated device in the claim');
  const given = device.conditions ?? [];
  if (given.length > conditionsMax) yield tooMany(`${at}.conditions`, given.length, conditionsMax);
  yield* conditions(`${at}.conditions`, given);
  if (device.data) yield* rawObject(`${at}.data`, device.data);
  if (device.networkData) yield* networkRules(device.networkData, `${at}.networkData`);
}

function* networkRules(data: NetworkDeviceData, at: string): Rules {
  const { interfaceName = '', hardwareAddress = '', ips } = data;
  if (bytesOf(interfaceName) > interfaceNameMax)
    yield tooLong(`${at}.interfaceName`, interfaceNameMax);
  if (bytesOf(hardwareAddress) > hardwareAddressMax)
    yield tooLong(`${at}.hardwareAddress`, hardwareAddressMax);
  yield* setOf(`${at}.ips`, ips, addressesMax, (text) => text, interfaceAddress);
}

/** An address with the length of its network's prefix. */
function* interfaceAddress(text: string, path: string): Rules {
  const address = parseAddress(text.split('/', 1)[0]!);
  const range = parseRange(text);
  if (!address || !range) {
    yield invalidValue(
      path,
      text,
      'must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or 2001:db8::1/64)',
    );
    return;
  }
  const canonical = `${addressText(address.family, address.value)}/${range.bits}`;
  if (canonical !== text)
    yield invalidValue(path, text, `must be in canonical form (${JSON.stringify(canonical)})`);
}
