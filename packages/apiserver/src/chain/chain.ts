import type { Next, Station } from './station.ts';

/** The way through `stations` in their order, ending in `end`. */
export function chain(stations: readonly Station[], end: Next): Next {
  return stations.reduceRight<Next>(
    (next, { skips, pass }) =>
      skips
        ? (request) => (skips(request) ? next(request) : pass(request, next))
        : (request) => pass(request, next),
    end,
  );
}
