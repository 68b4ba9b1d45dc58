import type { HostPort } from './host-ports.ts';
import type { ServicePort } from './service-ports.ts';

/** A place where UDP flows may go to, and whom they are sent on to. */
interface Door {
  readonly address: string | undefined; // undefined: any address of the node
  readonly port: number;
  readonly targets: readonly string[];
}

/** What an owner forwards. */
export interface Forwarded {
  readonly services: readonly ServicePort[];
  readonly hostPorts: readonly HostPort[];
}

export const nothingForwarded: Forwarded = { services: [], hostPorts: [] };

/**
 * Arguments for conntrack that forget UDP flows to endpoints that are gone, and flows that began while nobody
 * served them: UDP has no end of a connection that would do it.
 */
export function staleUdp(before: Forwarded, now: Forwarded): string[][] {
  const [old, next] = [doorsOf(before), doorsOf(now)];
  const flows: string[][] = [];
  for (const [key, door] of old) {
    const left = new Set(next.get(key)?.targets);
    for (const target of door.targets)
      if (!left.has(target)) flows.push([...forget(door), '--reply-src', target]);
  }
  for (const [key, door] of next)
    if (door.targets.length > 0 && (old.get(key)?.targets.length ?? 0) === 0)
      flows.push(forget(door));
  return flows;
}

function doorsOf({ services, hostPorts }: Forwarded): Map<string, Door> {
  const doors = new Map<string, Door>();
  const add = (address: string | undefined, port: number, targets: readonly string[]): void =>
    void doors.set(`${address}:${port}`, { address, port, targets });
  for (const service of services.filter(isUdp)) {
    const { clusterAddresses, externalAddresses, balancerAddresses, port, nodePort } = service;
    const targets = (policy: ServicePort['internal']): string[] =>
      (policy === 'Local' ? service.here : service.everywhere).map(({ address }) => address);
    for (const address of clusterAddresses) add(address, port, targets(service.internal));
    // With policy Local those inside the cluster are still sent to every endpoint.
    const outward = targets('Cluster');
    for (const address of [...externalAddresses, ...balancerAddresses]) add(address, port, outward);
    if (nodePort > 0) add(undefined, nodePort, outward);
  }
  for (const { hostAddress, hostPort, podAddress } of hostPorts.filter(isUdp))
    add(hostAddress || undefined, hostPort, [podAddress]);
  return doors;
}

const isUdp = ({ protocol }: { readonly protocol: string }): boolean => protocol === 'udp';

const forget = ({ address, port }: Door): string[] => [
  ...['-D', '-p', 'udp'],
  ...(address === undefined ? [] : ['--orig-dst', address]),
  ...['--orig-port-dst', String(port)],
];
