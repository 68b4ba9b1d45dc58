import { ApiError, internalError } from '@coxswain/api';
import type { World } from '@coxswain/base';
import type { Station } from './station.ts';

/** The outermost station: whatever is thrown inside becomes a Status; what nobody foresaw is logged with its audit id. */
export function panicNet(world: World): Station {
  const log = world.log.named('apiserver');
  return {
    name: 'panic-net',
    async pass(request, next) {
      try {
        return await next(request);
      } catch (error) {
        const known = error instanceof ApiError ? error : internalError(error);
        if (known !== error && !request.signal.aborted) {
          const { auditId, path } = request;
          log.error('request failed', error, { auditId, path });
        }
        return { as: 'object', code: known.code, object: known.toStatus() };
      }
    },
  };
}
