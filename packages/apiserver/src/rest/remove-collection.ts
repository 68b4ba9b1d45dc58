import { ApiError } from '@coxswain/api';
import type { Cached } from '../watch-cache/index.ts';
import { objectOf } from '../watch-cache/index.ts';
import { deleteOptions } from './delete-options.ts';
import type { Verb } from './engine.ts';
import { listOptions } from './list-options.ts';
import { everything, negotiate } from './negotiate.ts';
import { readPage } from './page.ts';
import { listResponse } from './pieces.ts';
import { removeObject } from './remove.ts';
import { selectionOf } from './select.ts';

/** Deletes worked on at the same time. */
const workersMax = 16;

/** Deletes all objects that a list with the same options would show; answers with them. */
export const removeCollection: Verb = async (call) => {
  const { served, request } = call;
  negotiate(request.headers.accept, everything);
  const options = listOptions(request.query);
  const selection = selectionOf(served, request.query);
  const wanted = await deleteOptions(call);
  const page = await readPage(call, selection, options);
  const removed: Cached[] = [];
  const waiting = page.cached.values();
  const work = async (): Promise<void> => {
    for (const cached of waiting) {
      request.signal.throwIfAborted();
      const { name, namespace = '' } = objectOf(cached).metadata;
      const gone = await removeObject({ ...call, name, namespace }, wanted).catch(unlessGone);
      if (gone) removed.push(gone.cached);
    }
  };
  await Promise.all(Array.from({ length: workersMax }, work));
  removed.sort((a, b) => (a.key < b.key ? -1 : 1)); // oxlint-disable-line unicorn/no-array-sort -- our own array
  return listResponse(served, {
    kind: `${served.resource.kind}List`,
    apiVersion: served.apiVersion,
    metadata: { resourceVersion: String(page.revision) },
    cached: removed,
  });
};

/** Somebody else was faster: as good. */
function unlessGone(error: unknown): undefined {
  if (error instanceof ApiError && error.code === 404) return undefined;
  throw error;
}
