import { ApiError } from '@coxswain/api';
import { objectOf } from '../watch-cache/index.ts';
import { deleteOptions } from './delete-options.ts';
import type { Verb } from './engine.ts';
import { listOptions } from './list-options.ts';
import { respondPage } from './list.ts';
import { negotiate, offerOf } from './negotiate.ts';
import { readPage } from './page.ts';
import { removeObject, warnOfOrphans } from './remove.ts';
import { selectionOf } from './select.ts';

/** Deletes worked on at the same time. */
const workersMax = 16;

/** Deletes all objects that a list with the same options would show; answers with that list. */
export const removeCollection: Verb = async (call) => {
  const { served, request } = call;
  negotiate(request.headers.accept, offerOf(served));
  const options = listOptions(request.query);
  const selection = selectionOf(served, request.query);
  const wanted = await deleteOptions(call);
  warnOfOrphans(call, wanted);
  const page = await readPage(call, selection, options);
  const stop = new AbortController();
  const signal = AbortSignal.any([request.signal, stop.signal]);
  const waiting = page.cached.values();
  const work = async (): Promise<void> => {
    for (const cached of waiting) {
      signal.throwIfAborted();
      const { name, namespace = '' } = objectOf(cached).metadata;
      await removeObject({ ...call, name, namespace }, wanted).catch(unlessGone);
    }
  };
  const workers = Array.from({ length: workersMax }, () => work().catch(endAll));
  // The first failure ends the others too: nothing is deleted once the refusal is told.
  function endAll(error: unknown): never {
    stop.abort(error);
    throw error;
  }
  await Promise.allSettled(workers);
  signal.throwIfAborted();
  return respondPage(call, page);
};

/** Somebody else was faster: as good. */
function unlessGone(error: unknown): void {
  if (error instanceof ApiError && error.code === 404) return;
  throw error;
}
