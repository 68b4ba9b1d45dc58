import { IPAddresses, type KubeObject, ServiceCIDRs, Services } from '@coxswain/api';
import type { Service } from '@coxswain/api/types/core-v1';
import type { IPAddress, ServiceCIDR } from '@coxswain/api/types/networking-v1';
import { keyOf } from '@coxswain/client';
import type { Action, Controller, Observed } from '@coxswain/control';
import { addressOf, gives, rangeOf } from './service-range.ts';

const managedBy = 'ipaddress.kubernetes.io/managed-by';
const familyLabel = 'ipaddress.kubernetes.io/ip-family';
const allocator = 'ipallocator.k8s.io';
const source = 'ipallocator-repair-controller';
/** Longest time that a request which takes an address may be under way. */
const requestMs = 60_000;

const familyOf = (address: string): string => addressOf(address)?.family ?? 'IPv4';

const isAllocated = ({ metadata }: IPAddress): boolean =>
  metadata.labels?.[managedBy] === allocator;

const addressesOf = ({ spec }: Service): readonly string[] =>
  spec.type === 'ExternalName'
    ? []
    : (spec.clusterIPs ?? []).filter((address) => address && address !== 'None');

const warn = (about: KubeObject, reason: string, action: string, message: string): Action => ({
  do: 'event',
  about,
  ...{ type: 'Warning', reason, action, message },
});

const addressFor = (address: string, { metadata }: Service): KubeObject => {
  const { namespace, name } = metadata;
  const object: IPAddress = {
    metadata: {
      name: address,
      labels: { [familyLabel]: familyOf(address), [managedBy]: allocator },
    },
    spec: { parentRef: { resource: 'services', namespace: namespace!, name } },
  };
  return object as KubeObject;
};

const isInRange = (address: string, observed: Observed): boolean =>
  observed
    .all<ServiceCIDR>(ServiceCIDRs)
    .flatMap(({ spec }) => spec.cidrs ?? [])
    .some((text) => {
      const range = rangeOf(text);
      return range !== undefined && gives(range, address);
    });

/** Makes the objects of addresses that Services have without one, and tells of what it cannot mend. */
export const serviceAddressRepair: Controller<Service> = {
  name: source,
  reconciles: Services,
  watches: [
    {
      resource: IPAddresses,
      keys: (now, before) => {
        const parent = ((now ?? before) as IPAddress).spec.parentRef;
        return parent?.resource === 'services' && !parent.group
          ? [`${parent.namespace}/${parent.name}`]
          : [];
      },
    },
    {
      resource: ServiceCIDRs,
      keys: (now, before, observed) => (now && !before ? observed.all(Services).map(keyOf) : []),
    },
  ],
  writes: [{ resource: IPAddresses, verbs: ['create', 'delete'] }],
  plan(service, observed) {
    // Without its default range a cluster is not far enough to tell what is out of range.
    if (!service || !observed.get(ServiceCIDRs, 'kubernetes')) return { actions: [] };
    return {
      actions: addressesOf(service).flatMap((address) => mend(service, address, observed)),
    };
  },
};

function mend(service: Service, address: string, observed: Observed): readonly Action[] {
  const about = service as KubeObject;
  const { namespace, name } = service.metadata;
  const named = `[${familyOf(address)}]: ${address}`;
  const action = 'ClusterIPAllocation';
  if (!isInRange(address, observed))
    return [
      warn(
        about,
        'ClusterIPOutOfRange',
        action,
        `Cluster IP ${named} is not within any configured Service CIDR; please recreate service`,
      ),
    ];
  const object = observed.get<IPAddress>(IPAddresses, address);
  const create: Action = {
    do: 'create',
    resource: IPAddresses,
    object: addressFor(address, service),
  };
  const notAllocated = (message: string): Action =>
    warn(about, 'ClusterIPNotAllocated', action, message);
  if (!object) return [notAllocated(`Cluster IP ${named} is not allocated; repairing`), create];
  const remove: Action = { do: 'remove', resource: IPAddresses, object: object as KubeObject };
  const wrong = notAllocated(
    `the ClusterIP ${named} for Service ${namespace}/${name} has a wrong reference; repairing`,
  );
  const parent = object.spec.parentRef;
  if (parent?.group || parent?.resource !== 'services') return [wrong, remove, create];
  if (parent.namespace !== namespace || parent.name !== name) {
    const other = observed.get<Service>(Services, parent.name ?? '', parent.namespace);
    if (!other) return [wrong, remove, create];
    if (addressesOf(other).includes(address))
      return [
        warn(
          about,
          'ClusterIPAlreadyAllocated',
          action,
          `Cluster IP [${familyOf(address)}]:${address} was assigned to multiple services; please recreate service`,
        ),
      ];
  }
  const isLabelled =
    isAllocated(object) && object.metadata.labels?.[familyLabel] === familyOf(address);
  return isLabelled ? [] : [remove, create];
}

/** Takes away the addresses of Services that are not there or have others. */
export const leakedAddressRepair: Controller<IPAddress> = {
  name: 'ipallocator-repair-controller-addresses',
  account: source,
  eventSource: source,
  reconciles: IPAddresses,
  watches: [
    {
      resource: Services,
      keys: (now, before) => [
        ...addressesOf((before ?? now) as Service),
        ...addressesOf((now ?? before) as Service),
      ],
    },
  ],
  writes: [{ resource: IPAddresses, verbs: ['delete'] }],
  plan(object, observed) {
    if (!object || !isAllocated(object)) return { actions: [] };
    const { name } = object.metadata;
    const about = object as KubeObject;
    const parent = object.spec.parentRef;
    const clean = (reason: string, message: string): readonly Action[] => [
      warn(about, reason, 'IPAddressAllocation', message),
      { do: 'remove', resource: IPAddresses, object: about },
    ];
    if (parent?.group || parent?.resource !== 'services')
      return {
        actions: clean(
          'IPAddressNotAllocated',
          `IPAddress ${name} appears to have been modified, not referencing a Service ${goText(parent)}: cleaning up`,
        ),
      };
    const service = observed.get<Service>(Services, parent.name ?? '', parent.namespace);
    const ageMs = observed.nowMs - Date.parse(object.metadata.creationTimestamp ?? '');
    const named = `IPAddress: ${name} for Service ${parent.namespace}/${parent.name}`;
    if (!service)
      return ageMs > requestMs
        ? {
            actions: clean('IPAddressNotAllocated', `${named} appears to have leaked: cleaning up`),
          }
        : { actions: [], requeueAfterMs: requestMs - ageMs + 1 };
    if (addressesOf(service).includes(name)) return { actions: [] };
    return {
      actions: clean('IPAddressWrongReference', `${named} has a wrong reference; cleaning up`),
    };
  },
};

/** A reference as Go prints a pointer to it. */
const goText = (parent: IPAddress['spec']['parentRef']): string =>
  parent
    ? `&ParentReference{Group:${parent.group ?? ''},Resource:${parent.resource ?? ''},Namespace:${parent.namespace ?? ''},Name:${parent.name ?? ''},}`
    : 'nil';
