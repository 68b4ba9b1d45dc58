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

/** Ends a request that is not answered in time with 504, and aborts what still works for it. */
export function deadline(world: World, timeoutMs: number = requestTimeoutMs): Station {
  return {
    name: 'deadline',
    async pass(request, next) {
      if (isLongRunning(request) || request.body.from === 'memory') return next(request);
      const abort = new AbortController();
      const late = Promise.withResolvers<never>();
      using _timer = world.clock.after(timeoutMs, () => {
        const error = timedOut();
        abort.abort(error);
        late.reject(error);
      });
      const signal = AbortSignal.any([request.signal, abort.signal]);
      return Promise.race([next({ ...request, signal }), late.promise]);
    },
  };
}

const timedOut = (): ApiError =>
  new ApiError(504, 'Timeout', 'Timeout: request did not complete within the allotted timeout', {});
