import { Nodes } from '@coxswain/api';
import type { Pod, Service } from '@coxswain/api/types/core-v1';
import type { Endpoint, EndpointHints, EndpointPort } from '@coxswain/api/types/discovery-v1';
import type { Observed } from '@coxswain/control';
import { isReady } from '../pods/state.ts';
import { hostnameOf, podsOf, targetPort } from '../services/pods.ts';

export type Family = 'IPv4' | 'IPv6';

/** The endpoints of one address family that share a list of ports. */
export interface Group {
  readonly family: Family;
  readonly ports: readonly EndpointPort[];
  readonly endpoints: readonly Endpoint[];
}

/** Distinguishes lists of ports, whatever their order. */
export const portsKey = (family: string, ports: readonly EndpointPort[] | undefined): string =>
  [family, ...(ports ?? []).map(portText).toSorted()].join(',');
const portText = ({ name = '', port, protocol = 'TCP', appProtocol = '' }: EndpointPort): string =>
  `${name}|${port ?? ''}|${protocol}|${appProtocol}`;

/** Which families a Service speaks; a headless one without any speaks IPv4. */
export const familiesOf = ({ spec }: Service): readonly Family[] =>
  (spec?.ipFamilies?.length ? spec.ipFamilies : ['IPv4']) as readonly Family[];

/** All endpoints that a Service should have, by family and ports. */
export function desiredGroups(service: Service, observed: Observed): readonly Group[] {
  const groups = new Map<
    string,
    { family: Family; ports: readonly EndpointPort[]; endpoints: Endpoint[] }
  >();
  for (const family of familiesOf(service))
    for (const pod of podsOf(service, observed)) {
      const ip = addressOf(pod, family);
      if (!ip) continue;
      // Where the node is not known, the pod waits for it, unless it is wanted in any state.
      const { nodeName } = pod.spec ?? {};
      const isLost = nodeName && !observed.get(Nodes, nodeName);
      if (isLost && !service.spec?.publishNotReadyAddresses) continue;
      const ports = portsOf(pod, service);
      const key = portsKey(family, ports);
      const group = groups.get(key) ?? { family, ports, endpoints: [] };
      groups.set(key, group);
      group.endpoints.push(endpointOf(pod, ip, service, observed));
    }
  return [...groups.values()];
}

function addressOf({ status }: Pod, family: Family): string | undefined {
  const ips = status?.podIPs?.map(({ ip }) => ip) ?? (status?.podIP ? [status.podIP] : []);
  return ips.find((ip) => ip.includes(':') === (family === 'IPv6'));
}

function portsOf(pod: Pod, service: Service): readonly EndpointPort[] {
  return (service.spec?.ports ?? []).flatMap((each) => {
    const port = targetPort(pod, each);
    if (port === undefined) return [];
    const { name = '', protocol = 'TCP', appProtocol } = each;
    return [{ name, port, protocol, ...(appProtocol && { appProtocol }) }];
  });
}

function endpointOf(pod: Pod, ip: string, service: Service, observed: Observed): Endpoint {
  const serving = isReady(pod);
  const terminating = pod.metadata.deletionTimestamp !== undefined;
  const ready = service.spec?.publishNotReadyAddresses || (serving && !terminating);
  const { nodeName } = pod.spec ?? {};
  const node = nodeName ? observed.get(Nodes, nodeName) : undefined;
  const zone = node?.metadata.labels?.['topology.kubernetes.io/zone'];
  const hostname = hostnameOf(pod, service);
  const hints = ready ? hintsFor(service, zone, nodeName) : undefined;
  const { name, namespace, uid } = pod.metadata;
  return {
    addresses: [ip],
    conditions: { ready, serving, terminating },
    ...(hostname && { hostname }),
    targetRef: { kind: 'Pod', namespace, name, uid },
    ...(nodeName && { nodeName }),
    ...(zone && { zone }),
    ...(hints && { hints }),
  };
}

/** Whom an endpoint is for first, by the traffic distribution that the Service asks for. */
function hintsFor(
  { spec, metadata }: Service,
  zone: string | undefined,
  node: string | undefined,
): EndpointHints | undefined {
  const byNode = spec?.trafficDistribution === 'PreferSameNode' && node;
  const isClose = ['PreferClose', 'PreferSameZone', 'PreferSameNode'].includes(
    spec?.trafficDistribution ?? '',
  );
  // The older annotation goes first; hints by zone weights are not made for it.
  const mode =
    metadata.annotations?.['service.kubernetes.io/topology-aware-hints'] ??
    metadata.annotations?.['service.kubernetes.io/topology-mode'];
  if (!isClose || mode?.toLowerCase() === 'auto' || !(zone || byNode)) return undefined;
  return {
    ...(zone && { forZones: [{ name: zone }] }),
    ...(byNode && { forNodes: [{ name: node }] }),
  };
}
