import { Endpoints, EndpointSlices, type KubeObject, Services } from '@coxswain/api';
import type { EndpointAddress, Endpoints as EndpointsObject } from '@coxswain/api/types/core-v1';
import type { Endpoint, EndpointPort, EndpointSlice } from '@coxswain/api/types/discovery-v1';
import { splitKey } from '@coxswain/client';
import type { Action, Controller, Observed, Plan } from '@coxswain/control';
import { type Point, repack } from '../endpoints/subsets.ts';
import { type Family, portsKey } from '../endpointslice/desired.ts';
import { controllerReference } from '../objects/owner.ts';
import { same } from '../objects/same.ts';
import { labelWakesService, sameNameWakesService } from '../services/pods.ts';

const serviceKey = 'kubernetes.io/service-name';
const managedKey = 'endpointslice.kubernetes.io/managed-by';
const skipKey = 'endpointslice.kubernetes.io/skip-mirror';
const leaderKey = 'control-plane.alpha.kubernetes.io/leader';
const manager = 'endpointslicemirroring-controller.k8s.io';
/** Annotations that speak of the Endpoints alone. */
const notMirrored: ReadonlySet<string> = new Set([
  'endpoints.kubernetes.io/last-change-trigger-time',
  'kubectl.kubernetes.io/last-applied-configuration',
]);
/** Upstream's --mirroring-max-endpoints-per-subset. */
const addressesMax = 1000;

const byEndpoints = ({ metadata }: EndpointSlice): readonly string[] => {
  const name = metadata.labels?.[serviceKey];
  return name && metadata.labels?.[managedKey] === manager ? [`${metadata.namespace}/${name}`] : [];
};

/** Shows Endpoints that somebody keeps by hand as EndpointSlices, for the Services that have no selector. */
export const endpointSliceMirroringController: Controller<EndpointsObject> = {
  name: 'endpointslice-mirroring-controller',
  account: 'endpointslicemirroring-controller',
  eventSource: 'endpoint-slice-mirroring-controller',
  reconciles: Endpoints,
  watches: [
    { resource: Services, keys: sameNameWakesService },
    {
      resource: EndpointSlices,
      keys: labelWakesService(serviceKey),
      indexes: { mirrored: byEndpoints },
    },
  ],
  writes: [{ resource: EndpointSlices, verbs: ['create', 'update', 'delete'] }],
  plan(endpoints, observed, key) {
    const slices = observed.by(EndpointSlices, 'mirrored', key);
    return endpoints && isMirrored(endpoints, observed, key)
      ? plan(endpoints, slices)
      : { actions: slices.map(remove) };
  },
};

function isMirrored({ metadata }: EndpointsObject, observed: Observed, key: string): boolean {
  const { name, namespace } = splitKey(key);
  const service = observed.get(Services, name, namespace);
  return (
    metadata.labels?.[skipKey] !== 'true' &&
    metadata.annotations?.[leaderKey] === undefined &&
    service !== undefined &&
    Object.keys(service.spec?.selector ?? {}).length === 0
  );
}

interface Group {
  readonly family: Family;
  readonly ports: readonly EndpointPort[];
  readonly endpoints: Endpoint[];
}

function plan(endpoints: EndpointsObject, slices: readonly EndpointSlice[]): Plan {
  const { groups, skipped } = wanted(endpoints);
  const actions: Action[] = [];
  const creates: EndpointSlice[] = [];
  const going = new Set(slices);
  for (const [key, group] of groups) {
    const first = slices.find(({ addressType, ports }) => portsKey(addressType, ports) === key);
    const next = sliceOf(endpoints, group);
    if (!first) creates.push(next);
    else {
      going.delete(first);
      if (!isLevel(first, next)) actions.push(update(first, next));
    }
  }
  for (const next of creates) {
    // A slice that would go is written anew instead.
    const other = [...going].find(({ addressType }) => addressType === next.addressType);
    if (other) going.delete(other);
    if (other) actions.push(update(other, next));
    else if (!endpoints.metadata.deletionTimestamp)
      actions.push({ do: 'create', resource: EndpointSlices, object: next });
  }
  actions.push(...[...going].map(remove));
  if (skipped > 0 && actions.length > 0)
    actions.push({
      do: 'event',
      about: endpoints as KubeObject,
      type: 'Warning',
      reason: 'TooManyAddressesToMirror',
      message: `A max of ${addressesMax} addresses can be mirrored to EndpointSlices per Endpoints subset. ${skipped} addresses were skipped`,
    });
  return { actions };
}

/** What is to be mirrored, by family and ports, and how many addresses are too many. */
function wanted(endpoints: EndpointsObject): {
  readonly groups: ReadonlyMap<string, Group>;
  readonly skipped: number;
} {
  const groups = new Map<string, Group>();
  let skipped = 0;
  for (const { addresses = [], notReadyAddresses = [], ports = [] } of repack(
    pointsOf(endpoints),
  )) {
    const own = ports.map(({ name = '', port, protocol = 'TCP', appProtocol }) => ({
      ...{ name, port, protocol },
      ...(appProtocol && { appProtocol }),
    }));
    const all = [
      ...addresses.map((address) => ({ address, ready: true })),
      ...notReadyAddresses.map((address) => ({ address, ready: false })),
    ];
    skipped += Math.max(0, all.length - addressesMax);
    for (const { address, ready } of all.slice(0, addressesMax)) {
      const family: Family = address.ip.includes(':') ? 'IPv6' : 'IPv4';
      const key = portsKey(family, own);
      const group = groups.get(key) ?? { family, ports: own, endpoints: [] };
      groups.set(key, group);
      if (group.endpoints.length < addressesMax) group.endpoints.push(endpointOf(address, ready));
    }
  }
  return { groups, skipped };
}

const pointsOf = ({ subsets }: EndpointsObject): readonly Point[] =>
  (subsets ?? []).flatMap(({ addresses = [], notReadyAddresses = [], ports = [] }) =>
    [
      ...addresses.map((address) => ({ address, ready: true })),
      ...notReadyAddresses.map((address) => ({ address, ready: false })),
    ].flatMap(({ address, ready }) =>
      (ports.length > 0 ? ports : [undefined]).map((port) => ({ address, port, ready })),
    ),
  );

const endpointOf = (
  { ip, hostname, nodeName, targetRef }: EndpointAddress,
  ready: boolean,
): Endpoint => ({
  addresses: [ip],
  conditions: { ready },
  ...(hostname && { hostname }),
  ...(targetRef && { targetRef }),
  ...(nodeName && { nodeName }),
});

function sliceOf(
  endpoints: EndpointsObject,
  { family, ports, endpoints: own }: Group,
): EndpointSlice {
  const { name, namespace, labels, annotations } = endpoints.metadata;
  const mirrored = Object.entries(annotations ?? {}).filter(([key]) => !notMirrored.has(key));
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: '',
      generateName: `${name}-`,
      namespace,
      labels: { ...labels, [serviceKey]: name, [managedKey]: manager },
      ...(mirrored.length > 0 && { annotations: Object.fromEntries(mirrored) }),
      ownerReferences: [controllerReference(Endpoints, endpoints)],
    },
    addressType: family,
    endpoints: own,
    ports,
  };
}

/** Whether the slice says what it should, in whatever order. */
function isLevel(slice: EndpointSlice, next: EndpointSlice): boolean {
  const sorted = ({ endpoints }: EndpointSlice): readonly unknown[] =>
    (endpoints ?? []).toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  return (
    same(sorted(slice), sorted(next)) &&
    same(slice.metadata.labels, next.metadata.labels) &&
    same(slice.metadata.annotations, next.metadata.annotations) &&
    same(slice.metadata.ownerReferences, next.metadata.ownerReferences)
  );
}

const keyOf = ({ addresses, targetRef }: Endpoint): string =>
  `${addresses.join()}|${targetRef?.uid ?? ''}`;

const update = (
  { metadata: { name, uid, resourceVersion } }: EndpointSlice,
  next: EndpointSlice,
): Action => {
  const { generateName: _, ...metadata } = next.metadata;
  return {
    do: 'update',
    resource: EndpointSlices,
    object: { ...next, metadata: { ...metadata, name, uid, resourceVersion } } as KubeObject,
  };
};

const remove = (object: EndpointSlice): Action => ({
  do: 'remove',
  resource: EndpointSlices,
  object,
});
