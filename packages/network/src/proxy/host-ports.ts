import type { Container, Pod } from '@coxswain/api/types/core-v1';
import type { Protocol } from './service-ports.ts';

/** A port of a pod that its node forwards to it. */
export interface HostPort {
  readonly hostAddress: string; // '' for every address of the node
  readonly hostPort: number;
  readonly protocol: Protocol;
  readonly podAddress: string;
  readonly podPort: number;
}

/** Host ports of a pod with an address of its own; pods of the host network listen there themselves. IPv4. */
export function hostPortsOf({ spec, status }: Pod): HostPort[] {
  const address = status?.podIP;
  const hasEnded = status?.phase === 'Succeeded' || status?.phase === 'Failed';
  if (!address || address.includes(':') || spec.hostNetwork || hasEnded) return [];
  const sidecars = (spec.initContainers ?? []).filter(
    ({ restartPolicy }) => restartPolicy === 'Always',
  );
  return [...sidecars, ...spec.containers].flatMap((container) => portsOf(container, address));
}

const portsOf = ({ ports }: Container, podAddress: string): HostPort[] =>
  (ports ?? [])
    .filter(({ hostPort, hostIP }) => (hostPort ?? 0) > 0 && !hostIP?.includes(':'))
    .map((port) => ({
      hostAddress: port.hostIP === '0.0.0.0' ? '' : (port.hostIP ?? ''),
      hostPort: port.hostPort!,
      protocol: (port.protocol ?? 'TCP').toLowerCase() as Protocol,
      podAddress,
      podPort: port.containerPort,
    }));
