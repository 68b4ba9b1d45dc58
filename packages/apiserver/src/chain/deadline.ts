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
  return {
    name: 'deadline',
    async pass(request, next) {
      if (isLongRunning(request) || request.body.from === 'memory') return next(request);
      return new Promise((resolve, reject) => {
        const timer = world.clock.after(timeoutMs, () => reject(timedOut()));
        const end = (): void => timer[Symbol.dispose]();
        next(request).then(resolve, reject).finally(end);
      });
    },
  };
}

const timedOut = (): ApiError =>
  new ApiError(504, 'Timeout', 'Timeout: request did not complete within the allotted timeout', {});
