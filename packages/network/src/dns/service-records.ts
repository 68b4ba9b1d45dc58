import type { Service } from '@coxswain/api/types/core-v1';
import type { EndpointSlice } from '@coxswain/api/types/discovery-v1';

/** One answer the cluster's names give. Names are lower case, without a final dot. */
export type NameRecord =
  | { readonly name: string; readonly type: 'A' | 'AAAA' | 'CNAME' | 'PTR'; readonly data: string }
  | {
      readonly name: string;
      readonly type: 'SRV';
      readonly data: { readonly port: number; readonly target: string };
    };

/**
 * All records of one Service, as the specification "Kubernetes DNS-Based Service Discovery" has them: its own name,
 * its named ports, and for a headless one each ready endpoint.
 */
export function serviceRecords(
  service: Service,
  slices: readonly EndpointSlice[],
  domain: string,
): NameRecord[] {
  const { spec, metadata } = service;
  const name = `${metadata.name}.${metadata.namespace}.svc.${domain}`;
  if (spec.type === 'ExternalName')
    return [{ name, type: 'CNAME', data: spec.externalName!.toLowerCase().replace(/\.$/, '') }];
  if (spec.clusterIP === 'None') return headlessRecords(service, slices, name);
  const addresses = (spec.clusterIPs ?? [spec.clusterIP ?? '']).filter(Boolean);
  if (addresses.length === 0) return [];
  return [
    ...addresses.map((address) => addressRecord(name, address)),
    ...(spec.ports ?? []).flatMap((port) =>
      portRecord(name, name, port.name, port.protocol, port.port),
    ),
    ...addresses.map((address): NameRecord => ({
      name: reverseName(address),
      type: 'PTR',
      data: name,
    })),
  ];
}

const addressRecord = (name: string, address: string): NameRecord => ({
  name,
  type: address.includes(':') ? 'AAAA' : 'A',
  data: address,
});

const portRecord = (
  name: string,
  target: string,
  port: string | undefined,
  protocol: string | undefined,
  number: number,
): NameRecord[] =>
  port
    ? [
        {
          name: `_${port}._${(protocol ?? 'TCP').toLowerCase()}.${name}`,
          type: 'SRV',
          data: { port: number, target },
        },
      ]
    : [];

function headlessRecords(
  { spec }: Service,
  slices: readonly EndpointSlice[],
  name: string,
): NameRecord[] {
  const records = new Map<string, NameRecord>();
  const add = (record: NameRecord): void =>
    void records.set(`${record.type} ${record.name} ${JSON.stringify(record.data)}`, record);
  for (const slice of slices)
    for (const endpoint of slice.endpoints ?? []) {
      if (endpoint.conditions?.ready === false && !spec.publishNotReadyAddresses) continue;
      for (const address of endpoint.addresses) {
        const own =
          `${endpoint.hostname || address.replaceAll(/[.:]/g, '-')}.${name}`.toLowerCase();
        add(addressRecord(name, address));
        add(addressRecord(own, address));
        add({ name: reverseName(address), type: 'PTR', data: own });
        for (const port of slice.ports ?? [])
          portRecord(name, own, port.name, port.protocol, port.port ?? 0).forEach(add);
      }
    }
  return [...records.values()];
}

/** `4.3.2.1.in-addr.arpa` of 1.2.3.4, and the nibbles of an IPv6 address under ip6.arpa. */
export function reverseName(address: string): string {
  if (!address.includes(':')) return `${address.split('.').toReversed().join('.')}.in-addr.arpa`;
  const [left = '', right] = address.split('::');
  const groups = (text: string): string[] => text.split(':').filter(Boolean);
  const head = groups(left);
  const tail = right === undefined ? [] : groups(right);
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0');
  const digits = [...head, ...zeros, ...tail].map((group) => group.padStart(4, '0')).join('');
  return `${digits.split('').toReversed().join('.')}.ip6.arpa`;
}
