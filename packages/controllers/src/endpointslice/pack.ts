import type { Endpoint, EndpointSlice } from '@coxswain/api/types/discovery-v1';
import { same } from '../objects/same.ts';

/** Endpoints of one slice at most: upstream's --max-endpoints-per-slice. */
const endpointsMax = 100;

/** How the slices of one list of ports change. Slices not named stay as they are. */
export interface Packing {
  readonly create: readonly (readonly Endpoint[])[];
  readonly update: readonly {
    readonly slice: EndpointSlice;
    readonly endpoints: readonly Endpoint[];
  }[];
  readonly remove: readonly EndpointSlice[];
}

const keyOf = ({ addresses, targetRef }: Endpoint): string =>
  `${targetRef?.uid ?? ''}|${targetRef?.name ?? ''}|${addresses.join(',')}`;

/**
 * Puts `desired` into slices with as few writes as can be: what stands stays where it is, slices that are written anyway
 * are filled first, then one that the rest fits into, then new ones. Slices are not evened out, as upstream leaves them.
 */
export function pack(slices: readonly EndpointSlice[], desired: readonly Endpoint[]): Packing {
  const open = new Map(desired.map((endpoint) => [keyOf(endpoint), endpoint]));
  const unchanged: { slice: EndpointSlice; endpoints: Endpoint[] }[] = [];
  const changed: { slice: EndpointSlice; endpoints: Endpoint[] }[] = [];
  const emptied: EndpointSlice[] = [];
  for (const slice of slices) {
    const endpoints: Endpoint[] = [];
    let differs = false;
    for (const endpoint of slice.endpoints ?? []) {
      const wanted = open.get(keyOf(endpoint));
      if (!wanted || !same(wanted, endpoint)) differs = true;
      if (!wanted) continue;
      endpoints.push(wanted);
      open.delete(keyOf(endpoint));
    }
    if (endpoints.length === 0) emptied.push(slice);
    else (differs ? changed : unchanged).push({ slice, endpoints });
  }
  const rest = [...open.values()];
  const fill = (into: Endpoint[]): void =>
    void into.push(...rest.splice(0, endpointsMax - into.length));
  for (const { endpoints } of changed) fill(endpoints);
  const last = rest.length % endpointsMax;
  const fitting = unchanged
    .filter(({ endpoints }) => last > 0 && endpoints.length + last <= endpointsMax)
    .toSorted((a, b) => b.endpoints.length - a.endpoints.length)[0];
  const create: Endpoint[][] = [];
  // A full slice first, so that what is left over is what fits.
  while (rest.length >= endpointsMax) create.push(rest.splice(0, endpointsMax));
  if (rest.length > 0 && fitting) {
    fitting.endpoints.push(...rest.splice(0));
    changed.push(fitting);
  }
  const reuse = (endpoints: readonly Endpoint[]): boolean => {
    const slice = emptied.pop();
    if (slice) changed.push({ slice, endpoints: [...endpoints] });
    return slice !== undefined;
  };
  if (rest.length > 0) create.push(rest.splice(0));
  return { create: create.filter((each) => !reuse(each)), update: changed, remove: emptied };
}
