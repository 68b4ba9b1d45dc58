import { IPAddresses, type KubeObject, ServiceCIDRs } from '@coxswain/api';
import type { Service } from '@coxswain/api/types/core-v1';
import type { IPAddress, ServiceCIDR } from '@coxswain/api/types/networking-v1';
import type { Objects } from '../../authz/objects.ts';
import { parseAddress } from '../../kinds/rules/ip.ts';
import { type AddressPool, addressPool } from './address-pool.ts';

/** Which addresses there are, and which of them are taken. */
export interface ServiceAddresses {
  /** The families that the cluster was set up with, the default one first. */
  readonly families: readonly string[];
  /** The pools of a family; those that are ready, or all. */
  readonly pools: (family: string, which: 'ready' | 'all') => readonly AddressPool[];
  readonly isTaken: (address: string) => boolean;
}

/** Labels of addresses that the server itself takes for Services. */
const managedBy = 'ipaddress.kubernetes.io/managed-by';
const familyLabel = 'ipaddress.kubernetes.io/ip-family';
const manager = 'ipallocator.k8s.io';
const defaultName = 'kubernetes';

/** A range gives nothing while it goes or is not ready; nobody may be there to call it ready. */
const isReady = ({ metadata, status }: ServiceCIDR): boolean =>
  metadata.deletionTimestamp === undefined &&
  status?.conditions?.find(({ type }) => type === 'Ready')?.status !== 'False';

/** Addresses as the objects of the cluster tell of them; `ranges` stand in for the default ServiceCIDR until it is there. */
export function addressesOf(ranges: readonly string[], objects: Objects): ServiceAddresses {
  const known = new Map<string, AddressPool | undefined>();
  const poolOf = (range: string): AddressPool | undefined => {
    if (!known.has(range)) known.set(range, addressPool(range));
    return known.get(range);
  };
  return {
    families: ranges.flatMap((range) => poolOf(range)?.family ?? []),
    pools(family, which) {
      const cidrs = [...objects.all<ServiceCIDR>(ServiceCIDRs)];
      const given = cidrs.filter((each) => which === 'all' || isReady(each));
      const isThere = cidrs.some(({ metadata }) => metadata.name === defaultName);
      const all = [...(isThere ? [] : ranges), ...given.flatMap(({ spec }) => spec.cidrs ?? [])];
      const pools = [...new Set(all)].flatMap((range) => poolOf(range) ?? []);
      return pools.filter((pool) => pool.family === family);
    },
    isTaken: (address) => objects.get(IPAddresses, address) !== undefined,
  };
}

/** The object that says that a Service has taken an address. */
export const addressObject = (address: string, { metadata }: Service): KubeObject => {
  const object: IPAddress & { apiVersion: string; kind: string } = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IPAddress',
    metadata: {
      name: address,
      labels: {
        [familyLabel]: parseAddress(address)?.family ?? 'IPv4',
        [managedBy]: manager,
      },
    },
    spec: {
      parentRef: {
        resource: 'services',
        namespace: metadata.namespace!,
        name: metadata.name,
      },
    },
  };
  return object as KubeObject;
};
