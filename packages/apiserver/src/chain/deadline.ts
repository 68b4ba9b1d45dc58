import { ApiError } from '@coxswain/api';
import type { World } from '@coxswain/base';
import type { Request, Station } from './station.ts';

/** Upstream's --request-timeout. */
const requestTimeoutMs = 60_000;
const longRunning = new Set(['exec', 'attach', 'portforward', 'log', 'proxy']);

/** Watches, proxies and streams live by rules of their own. */
export const isLongRunning = ({ info, query }: Request): boolean =>
  info.verb === 'watch' ||
  info.verb === 'proxy' ||
  longRunning.has(info.subresource) ||
  (query.get('watch') !== null && info.verb === 'watch');

/** Ends a request that is not answered in time with 504; what still works for it has bounds of its own. */
export function deadline(world: World, timeoutMs: number = requestTimeoutMs): Station {
  const { clock, network = clock } = world; // whoever asks from outside waits in the machine's time
  return {
    name: 'deadline',
    skips: (request) => request.body.from === 'memory' || isLongRunning(request),
    async pass(request, next) {
      const { promise: late, reject } = Promise.withResolvers<never>();
      using _timer = network.after(timeoutMs, () => reject(timedOut()));
      return await Promise.race([next(request), late]);
    },
  };
}

const timedOut = (): ApiError =>
  new ApiError(504, 'Timeout', 'Timeout: request did not complete within the allotted timeout', {});
