import { refusal, tooMany } from '../flow-control/refusal.ts';
import { isLongRunning } from './deadline.ts';
import type { Request, Station } from './station.ts';

export interface InFlightLimits {
  readonly readsMax: number;
  readonly writesMax: number;
}
/** Upstream's --max-requests-inflight and --max-mutating-requests-inflight. */
export const defaultInFlight: InFlightLimits = { readsMax: 400, writesMax: 200 };

const reads = new Set(['get', 'list', 'watch', 'head', 'options']);

/** Keeps the number of requests at work below its limits; what comes on top is asked to come again. */
export function inFlight(limits: InFlightLimits = defaultInFlight): Station {
  const working = { reads: 0, writes: 0 };
  return {
    name: 'priority-and-fairness',
    async pass(request, next) {
      if (isLongRunning(request) || isPrivileged(request)) return next(request);
      const lane = reads.has(request.info.verb) ? 'reads' : 'writes';
      if (working[lane] >= limits[`${lane}Max`]) return refusal(tooMany);
      working[lane]++;
      try {
        return await next(request);
      } finally {
        working[lane]--;
      }
    },
  };
}

/** Administrators get through when the server is full, and so do the cluster's own components in this process. */
const isPrivileged = (request: Request): boolean =>
  request.body.from === 'memory' || request.user?.groups.includes('system:masters') === true;
