import type { EndpointAddress, EndpointPort, EndpointSubset } from '@coxswain/api/types/core-v1';

/** One address with one port, ready or not. */
export interface Point {
  readonly address: EndpointAddress;
  readonly port: EndpointPort | undefined; // undefined for a headless Service without ports
  readonly ready: boolean;
}

const byText =
  <T>(text: (item: T) => string): ((a: T, b: T) => number) =>
  (a, b) =>
    text(a) < text(b) ? -1 : text(a) > text(b) ? 1 : 0;
const addressText = ({ ip, targetRef }: EndpointAddress): string => `${ip}|${targetRef?.uid ?? ''}`;
const portText = (port: EndpointPort): string => `${port.name ?? ''}|${port.port}|${port.protocol}`;

/** Upstream's canonical form: addresses with the same ports together, each address once, everything sorted. */
export function repack(points: readonly Point[]): readonly EndpointSubset[] {
  const addresses = new Map<string, { readonly points: Point[] }>();
  for (const point of points) {
    const key = `${addressText(point.address)}|${point.ready}`;
    const known = addresses.get(key);
    if (known) known.points.push(point);
    else addresses.set(key, { points: [point] });
  }
  const subsets = new Map<string, { ports: readonly EndpointPort[]; points: Point[] }>();
  for (const { points: own } of addresses.values()) {
    const ports = own.flatMap(({ port }) => port ?? []).toSorted(byText(portText));
    const key = ports.map(portText).join(',');
    const subset = subsets.get(key) ?? { ports, points: [] };
    subsets.set(key, subset);
    subset.points.push(own[0]!);
  }
  return [...subsets].toSorted(byText(([key]) => key)).map(([, { ports, points: own }]) => {
    const some = (ready: boolean): readonly EndpointAddress[] =>
      own
        .filter((point) => point.ready === ready)
        .map(({ address }) => address)
        .toSorted(byText(addressText));
    const [ready, notReady] = [some(true), some(false)];
    return {
      ...(ready.length > 0 && { addresses: ready }),
      ...(notReady.length > 0 && { notReadyAddresses: notReady }),
      ...(ports.length > 0 && { ports }),
    };
  });
}

/** Drops addresses above `max`, unready ones first, shared evenly over the subsets. */
export function truncate(
  subsets: readonly EndpointSubset[],
  max: number,
): { readonly subsets: readonly EndpointSubset[]; readonly truncated: boolean } {
  const count = (of: (subset: EndpointSubset) => readonly unknown[] | undefined): number =>
    subsets.reduce((sum, subset) => sum + (of(subset)?.length ?? 0), 0);
  const ready = count(({ addresses }) => addresses);
  const notReady = count(({ notReadyAddresses }) => notReadyAddresses);
  if (ready + notReady <= max) return { subsets, truncated: false };
  let readyLeft = Math.min(ready, max);
  let notReadyLeft = max - readyLeft;
  const kept = subsets.map((subset) => {
    const addresses = subset.addresses?.slice(0, readyLeft) ?? [];
    const notReadyAddresses = subset.notReadyAddresses?.slice(0, notReadyLeft) ?? [];
    readyLeft -= addresses.length;
    notReadyLeft -= notReadyAddresses.length;
    return {
      ...(addresses.length > 0 && { addresses }),
      ...(notReadyAddresses.length > 0 && { notReadyAddresses }),
      ...(subset.ports && { ports: subset.ports }),
    };
  });
  const holds = (subset: EndpointSubset): boolean =>
    (subset.addresses ?? subset.notReadyAddresses) !== undefined;
  return { subsets: kept.filter(holds), truncated: true };
}
