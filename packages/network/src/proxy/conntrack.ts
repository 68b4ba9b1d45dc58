import type { ServicePort } from './service-ports.ts';

/**
 * Arguments for conntrack that forget flows of UDP services to endpoints that are gone, and flows that began while a
 * service had none: UDP has no end of a connection that would do it.
 */
export function staleUdp(before: readonly ServicePort[], now: readonly ServicePort[]): string[][] {
  const after = new Map(now.filter(isUdp).map((port) => [idOf(port), port]));
  const flows: string[][] = [];
  for (const old of before.filter(isUdp)) {
    const next = after.get(idOf(old));
    const left = new Set(next?.internal.map(({ address }) => address));
    for (const { address } of old.internal)
      if (!left.has(address)) flows.push(...addressesOf(old).map((to) => forget(to, address)));
  }
  const earlier = new Map(before.map((port) => [idOf(port), port]));
  for (const port of after.values())
    if (port.internal.length > 0 && (earlier.get(idOf(port))?.internal.length ?? 0) === 0)
      flows.push(...addressesOf(port).map((to) => ['-D', '-p', 'udp', '--orig-dst', to]));
  return flows;
}

const isUdp = ({ protocol }: ServicePort): boolean => protocol === 'udp';
const idOf = ({ namespace, name, portName, protocol }: ServicePort): string =>
  `${namespace}/${name}/${protocol}/${portName}`;
const addressesOf = ({ clusterAddresses, externalAddresses }: ServicePort): string[] => [
  ...clusterAddresses,
  ...externalAddresses,
];
const forget = (to: string, endpoint: string): string[] => [
  ...['-D', '-p', 'udp', '--orig-dst', to],
  ...['--reply-src', endpoint],
];
