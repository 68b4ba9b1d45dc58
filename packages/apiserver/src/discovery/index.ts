import type { Station } from '../chain/station.ts';
import { segments } from '../chain/parse-request-info.ts';
import type { Engine } from '../rest/engine.ts';
import { methodNotAllowed } from '../rest/not-found.ts';
import { aggregatedResponse, wantsAggregated } from './aggregated.ts';
import { group, groupList, resourceList, versions } from './documents.ts';
import { health } from './health.ts';
import { paths } from './paths.ts';
import { version } from './version.ts';

/** Answers every path that names no resource: discovery, version, health, the list of paths. */
export function discovery(engine: Engine): Station {
  const checkHealth = health(engine);
  return {
    name: 'discovery',
    skips: ({ info }) => info.isResource,
    async pass(request, next) {
      const parts = segments(request.path);
      const [first, second, third] = parts;
      if (first === undefined) return { as: 'object', code: 200, object: paths(engine) };
      const object = async (value: object | undefined): ReturnType<Station['pass']> => {
        if (value && request.method !== 'GET') throw methodNotAllowed();
        return value ? { as: 'object', code: 200, object: value } : next(request);
      };
      if (first === 'version' && parts.length === 1) return object(version);
      if (first === 'healthz' || first === 'livez' || first === 'readyz')
        return checkHealth(first, parts.slice(1), request);
      if (first === 'api' || first === 'apis') {
        if (parts.length === 1 && wantsAggregated(request))
          return aggregatedResponse(engine, first, request);
        if (parts.length === 1)
          return object(first === 'api' ? versions(engine) : groupList(engine));
        if (first === 'apis' && parts.length === 2) return object(group(engine, second!));
        if (first === 'api') return object(resourceList(engine, '', second!));
        if (parts.length === 3) return object(resourceList(engine, second!, third!));
      }
      return next(request);
    },
  };
}
