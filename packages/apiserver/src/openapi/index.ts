import type { Station } from '../chain/station.ts';
import type { Engine } from '../rest/engine.ts';
import { answerIndex, answerV2, answerV3 } from './answer.ts';
import type { Documents } from './documents-cache.ts';

/** Answers `/openapi/v2` and `/openapi/v3`: what is served and what it looks like, for other programs. */
export function openApi(engine: Engine): Station {
  let opened: Promise<Documents> | undefined;
  // Most servers are never asked: what makes the documents is loaded with the first request.
  const documents = (): Promise<Documents> =>
    (opened ??= engine.world.work.track(
      import('./documents-cache.ts').then((made) => new made.Documents(engine)),
    ));
  return {
    name: 'openapi',
    skips: ({ path }) => !path.startsWith('/openapi/v'),
    async pass(request, next) {
      const { path } = request;
      if (path === '/openapi/v2') return answerV2((await documents()).v2(), request);
      if (path === '/openapi/v3' || path === '/openapi/v3/')
        return answerIndex((await documents()).index(), request);
      if (!path.startsWith('/openapi/v3/')) return next(request);
      const rest = path.slice('/openapi/v3/'.length);
      return answerV3(await documents(), rest, request, engine.world.clock.now());
    },
  };
}
