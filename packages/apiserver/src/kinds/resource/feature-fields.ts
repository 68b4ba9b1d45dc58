/** A place in an object: names of fields, `*` for every item or value. */
type Place = readonly string[];

/** Fields that are only there while a feature is on. */
export interface FeatureFields {
  readonly gates: readonly string[];
  readonly places: readonly Place[];
}

const place = (text: string): Place => text.split('.');

const device = (...fields: readonly string[]): readonly Place[] =>
  fields.map((field) => place(`devices.*.${field}`));

/** Those of a slice's spec. */
export const sliceFeatures: readonly FeatureFields[] = [
  { gates: ['DRADeviceTaints'], places: device('taints') },
  {
    gates: ['DRAPartitionableDevices'],
    places: [
      ...[place('sharedCounters'), place('perDeviceNodeSelection')],
      ...device('consumesCounters', 'nodeName', 'nodeSelector', 'allNodes'),
    ],
  },
  {
    gates: ['DRADeviceBindingConditions', 'DRAResourceClaimDeviceStatus'],
    places: device('bindingConditions', 'bindingFailureConditions', 'bindsToNode'),
  },
  {
    gates: ['DRAConsumableCapacity'],
    places: device('allowMultipleAllocations', 'capacity.*.requestPolicy'),
  },
  { gates: ['DRANodeAllocatableResources'], places: device('nodeAllocatableResourceMappings') },
  {
    gates: ['DRAListTypeAttributes'],
    places: device(
      ...['bools', 'ints', 'strings', 'versions'].map((field) => `attributes.*.${field}`),
    ),
  },
];

const requests = (...fields: readonly string[]): readonly Place[] =>
  fields.flatMap((field) => [
    place(`devices.requests.*.exactly.${field}`),
    place(`devices.requests.*.firstAvailable.*.${field}`),
  ]);

/** Those of a claim's spec. */
export const claimFeatures: readonly FeatureFields[] = [
  { gates: ['DRAAdminAccess'], places: [place('devices.requests.*.exactly.adminAccess')] },
  { gates: ['DRAPrioritizedList'], places: [place('devices.requests.*.firstAvailable')] },
  { gates: ['DRADeviceTaints'], places: requests('tolerations') },
  {
    gates: ['DRAConsumableCapacity'],
    places: [...requests('capacity'), place('devices.constraints.*.distinctAttribute')],
  },
];

/** Those of a claim's status. */
export const claimStatusFeatures: readonly FeatureFields[] = [
  { gates: ['DRAResourceClaimDeviceStatus'], places: [place('devices')] },
  { gates: ['DRAAdminAccess'], places: [place('allocation.devices.results.*.adminAccess')] },
  {
    gates: ['DRAConsumableCapacity'],
    places: [
      place('allocation.devices.results.*.shareID'),
      place('allocation.devices.results.*.consumedCapacity'),
      place('devices.*.shareID'),
    ],
  },
  {
    gates: ['DRADeviceBindingConditions'],
    places: [
      place('allocation.devices.results.*.bindingConditions'),
      place('allocation.devices.results.*.bindingFailureConditions'),
    ],
  },
];

/** Those of a class's spec. */
export const classFeatures: readonly FeatureFields[] = [
  { gates: ['DRAExtendedResource'], places: [place('extendedResourceName')] },
];

/** `next` without the fields of features that are off, but for those that `before` uses already. */
export function withoutFeatures<T>(
  features: readonly FeatureFields[],
  next: T,
  before: T | undefined,
  enabled: (gate: string) => boolean,
): T {
  const dropped = features.filter(
    ({ gates, places }) => !gates.every(enabled) && !places.some((each) => holds(before, each)),
  );
  return dropped
    .flatMap(({ places }) => places)
    .reduce<unknown>((value, each) => without(value, each), next) as T;
}

function holds(value: unknown, [first, ...rest]: Place): boolean {
  if (first === undefined) return value !== undefined && value !== null;
  if (typeof value !== 'object' || value === null) return false;
  if (first === '*') return Object.values(value).some((each) => holds(each, rest));
  return holds(Reflect.get(value, first), rest);
}

function without(value: unknown, at: Place): unknown {
  const [first, ...rest] = at;
  if (typeof value !== 'object' || value === null || !holds(value, at)) return value;
  if (Array.isArray(value)) return value.map((each) => without(each, rest));
  const entries = Object.entries(value);
  if (first === '*') return Object.fromEntries(entries.map(([k, v]) => [k, without(v, rest)]));
  return Object.fromEntries(
    entries.flatMap(([key, each]) => {
      if (key !== first) return [[key, each]];
      return rest.length ? [[key, without(each, rest)]] : [];
    }),
  );
}
