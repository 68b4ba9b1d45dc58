import type { ContainerPort } from '@coxswain/api/types/core-v1';

type Warnings = Generator<string, void, undefined>;

/** A port, with its path. */
export type PlacedPort = readonly [at: string, port: ContainerPort];

/** What is unwise in the ports of a pod's containers, taken together. */
export function* portWarnings(ports: readonly PlacedPort[]): Warnings {
  for (const [index, [at, port]] of ports.entries()) {
    if (port.hostIP && !port.hostPort) yield `${at}: hostIP set without hostPort: ${goPort(port)}`;
    for (const other of ports.slice(0, index)) yield* clash(at, port, other);
  }
  const named = new Map<string, string>();
  for (const [at, { name }] of ports) {
    if (!name) continue;
    const first = named.get(name);
    if (first)
      yield `${at}: duplicate port name ${JSON.stringify(name)} with ${first}, services and probes that select ports by name will use ${first}`;
    else named.set(name, at);
  }
}

/** As Go prints the struct. */
const goPort = ({
  name = '',
  hostPort = 0,
  containerPort,
  protocol,
  hostIP,
}: ContainerPort): string =>
  `{Name:${name} HostPort:${hostPort} ContainerPort:${containerPort} Protocol:${protocol} HostIP:${hostIP}}`;

function* clash(at: string, port: ContainerPort, [place, other]: PlacedPort): Warnings {
  const { hostIP = '', hostPort = 0, containerPort, protocol } = port;
  const { hostIP: otherIP = '', hostPort: otherPort = 0 } = other;
  if (other.containerPort !== containerPort || other.protocol !== protocol) return;
  if (hostIP === otherIP && hostPort === otherPort)
    yield `${at}: duplicate port definition with ${place}`;
  else if (!hostPort || !otherPort) yield `${at}: overlapping port definition with ${place}`;
  else if (hostPort === otherPort && (hostIP === '') !== (otherIP === ''))
    yield `${at}: dangerously ambiguous port definition with ${place}`;
}
