import { uuid, type World } from '@coxswain/base';
import type { Station } from './station.ts';

/** Most annotations one request may gather. */
const annotationsMax = 64;

/** Gives each request its audit id and a place for annotations; the first value of a key stands. */
export function audit(world: World): Station {
  return {
    name: 'audit',
    async pass(request, next) {
      const annotations = new Map<string, string>();
      const annotate = (key: string, value: string): void => {
        if (annotations.size < annotationsMax && !annotations.has(key)) annotations.set(key, value);
      };
      const auditId = request.headers['audit-id'];
      if (auditId !== undefined || request.body.from === 'memory')
        return next({ ...request, annotate });
      const headers = { ...request.headers, 'audit-id': uuid(world.random) };
      return next({ ...request, headers, annotate });
    },
  };
}
