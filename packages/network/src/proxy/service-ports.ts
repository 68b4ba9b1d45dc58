import type { Service, ServicePort as PortSpec } from '@coxswain/api/types/core-v1';
import type { Endpoint, EndpointSlice } from '@coxswain/api/types/discovery-v1';

/** Where a connection to a service port may be sent. */
export interface Target {
  readonly address: string;
  readonly port: number;
  readonly isLocal: boolean; // on this node
}

export type Protocol = 'tcp' | 'udp' | 'sctp';

/** One port of one Service, with all that a node needs to forward its packets. IPv4. */
export interface ServicePort {
  readonly namespace: string;
  readonly name: string;
  readonly portName: string;
  readonly protocol: Protocol;
  readonly port: number;
  readonly clusterAddresses: readonly string[];
  readonly externalAddresses: readonly string[];
  /** Of a load balancer, where they end at this node. */
  readonly balancerAddresses: readonly string[];
  readonly sourceRanges: readonly string[]; // who may use the load balancer's addresses; empty: all
  readonly nodePort: number; // 0: none
  readonly affinitySeconds: number; // 0: none
  /** All that may be sent to, and those of this node. */
  readonly everywhere: readonly Target[];
  readonly here: readonly Target[];
  /** Which of them connections to cluster addresses, and to the others, go to. */
  readonly internal: Policy;
  readonly external: Policy;
}

/** A traffic policy: with Local connections stay on their node, and keep the client's address. */
export type Policy = 'Cluster' | 'Local';

const isIPv4 = (address: string): boolean => !address.includes(':');
const defaultAffinitySeconds = 10_800;

/** The ports of `service` as seen from `node`, by name and protocol order of the Service. Headless and ExternalName services have none. */
export function servicePorts(
  service: Service,
  slices: readonly EndpointSlice[],
  node: string,
): ServicePort[] {
  const { spec } = service;
  const addresses = (spec.clusterIPs ?? [spec.clusterIP ?? '']).filter(
    (address) => address !== '' && address !== 'None' && isIPv4(address),
  );
  if (spec.type === 'ExternalName' || addresses.length === 0) return [];
  return (spec.ports ?? []).map((port) => {
    const all = endpointsOf(slices, port);
    return {
      namespace: service.metadata.namespace ?? '',
      name: service.metadata.name,
      portName: port.name ?? '',
      protocol: (port.protocol ?? 'TCP').toLowerCase() as Protocol,
      port: port.port,
      clusterAddresses: addresses,
      externalAddresses: (spec.externalIPs ?? []).filter(isIPv4),
      balancerAddresses: balancerAddresses(service).filter(isIPv4),
      sourceRanges: (spec.loadBalancerSourceRanges ?? [])
        .map((range) => range.trim())
        .filter(isIPv4),
      nodePort: port.nodePort ?? 0,
      affinitySeconds:
        spec.sessionAffinity === 'ClientIP'
          ? (spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? defaultAffinitySeconds)
          : 0,
      everywhere: usable(all, node),
      here: usable(
        all.filter(({ endpoint }) => endpoint.nodeName === node),
        node,
      ),
      internal: policyOf(spec.internalTrafficPolicy),
      external: policyOf(spec.externalTrafficPolicy),
    };
  });
}

const policyOf = (policy: string | undefined): Policy => (policy === 'Local' ? 'Local' : 'Cluster');

const balancerAddresses = ({ status }: Service): string[] =>
  (status?.loadBalancer?.ingress ?? []).flatMap(({ ip, ipMode }) =>
    ip && ipMode !== 'Proxy' ? [ip] : [],
  );

interface Candidate {
  readonly endpoint: Endpoint;
  readonly address: string;
  readonly port: number;
}

/** Endpoints that offer `port`, each address once. */
function endpointsOf(slices: readonly EndpointSlice[], port: PortSpec): Candidate[] {
  const found = new Map<string, Candidate>();
  for (const slice of slices) {
    if (slice.addressType !== 'IPv4') continue;
    const number = slice.ports?.find(({ name }) => (name ?? '') === (port.name ?? ''))?.port;
    if (number === undefined) continue;
    for (const endpoint of slice.endpoints ?? []) {
      const address = endpoint.addresses[0];
      if (address !== undefined)
        found.set(`${address}:${number}`, { endpoint, address, port: number });
    }
  }
  return [...found.values()];
}

/**
 * Ready endpoints; where there is none, those that are ending but still serve, so that a rolling change drops
 * no connection (upstream: KEP-1669).
 */
function usable(all: readonly Candidate[], node: string): Target[] {
  const ready = all.filter(({ endpoint }) => endpoint.conditions?.ready ?? true);
  const ending = all.filter(
    ({ endpoint: { conditions } }) =>
      conditions?.terminating === true && (conditions.serving ?? true),
  );
  return (ready.length > 0 ? ready : ending)
    .map(({ endpoint, address, port }) => ({ address, port, isLocal: endpoint.nodeName === node }))
    .toSorted((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : a.port - b.port));
}
