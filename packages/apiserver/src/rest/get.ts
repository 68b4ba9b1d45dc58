import { notFound } from '@coxswain/api';
import { aboutOf } from './catalog.ts';
import { keyOfCall } from './commit.ts';
import type { Call, Verb } from './engine.ts';
import { prepareRead } from './prepare.ts';
import { checkAccept, respondObject } from './respond.ts';
import { revisionOf } from './revision.ts';
import type { Cached } from '../watch-cache/index.ts';

/** One object: as of now, or as the cache has it with resourceVersion=0, or not older than the one given. */
export const get: Verb = async (call) => {
  checkAccept(call);
  const cached = await readFresh(call, call.request.query.get('resourceVersion') ?? '');
  return respondObject(call, 200, cached);
};

/** The object that the call names, as a read with `resourceVersion` sees it. Throws 404. */
export async function readFresh(call: Call, resourceVersion = ''): Promise<Cached> {
  const { cache } = call.engine;
  if (resourceVersion === '') await cache.level();
  else if (resourceVersion !== '0') await cache.reached(revisionOf(resourceVersion));
  const cached = readCached(call);
  await prepareRead(call, [cached]);
  return cached;
}

/** The object that the call names, as the cache has it. Throws 404. */
export function readCached(call: Call): Cached {
  const cached = call.served.cache!.get(keyOfCall(call));
  if (!cached) throw notFound(aboutOf(call.served, call.name));
  return cached;
}
