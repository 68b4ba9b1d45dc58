import { ApiError, type KubeObject } from '@coxswain/api';
import type { Author, Change, Committed, Revision } from '@coxswain/storage';
import { writeFigures } from '../metrics/writes.ts';
import { tracedWrite } from '../tracing/index.ts';
import {
  type Cached,
  justWritten,
  type KnownText,
  toStored,
  type Turn,
  withRevision,
} from '../watch-cache/index.ts';
import { keyOf } from './catalog.ts';
import type { Call, Engine } from './engine.ts';
import { prepareRead, prepareStore } from './prepare.ts';

/** Most bytes of one object, as etcd limits a request. */
const objectBytesMax = 1.5 * 2 ** 20;

export const keyOfCall = (call: Call, name: string = call.name): string =>
  keyOf(call.served, call.namespace, name);

/**
 * Writes `object` where `expect` stands (0: nothing), and `besides` with it; the cached form of what is stored now, or why not.
 * The JSON of its spec need not be made where it is `known`.
 * Passes its `turn` on as soon as the store is asked.
 */
export async function commitPut(
  call: Call,
  key: string,
  object: KubeObject,
  expect: Revision | undefined,
  besides: readonly Change[] = [],
  turn?: Turn,
  known: KnownText | undefined = call.specText,
): Promise<Cached | Extract<Committed, { done: false }>> {
  const { engine, served } = call;
  const preparing = prepareStore(call, object);
  if (preparing) await preparing;
  const guess = engine.storage.upcoming();
  const stored =
    guess === undefined ? served.store(object) : withRevision(served.store(object), guess);
  const value = toStored(stored, known);
  if (value.length > objectBytesMax) throw tooLarge();
  const ttl = served.cache!.resource.resource === 'events' ? engine.eventTtlMs : undefined;
  const put: Change = { put: key, value, expect, ...(ttl && { expiresMs: ttl }) };
  const operation = expect === 0 ? 'create' : 'update';
  const committing = tracedWrite(call.request, key, expect === 0, () =>
    writeFigures(engine.world).stored(operation, served.cache!.resource, () =>
      engine.storage.commit([put, ...besides], authorOf(call)),
    ),
  );
  // A store of this very process has shown it already.
  if (turn && guess !== undefined && engine.cache.revision < guess) {
    const stands = (): Promise<boolean> =>
      committing.then(
        (committed) => committed.done && committed.revision === guess,
        () => false,
      );
    turn.pass({ cached: justWritten(key, guess, value, stored), stands });
  }
  const committed = await committing;
  if (!committed.done) return committed;
  const { revision } = committed;
  if (engine.cache.revision < revision) await shown(engine, revision);
  const shownAs = served.cache!.get(key);
  const cached =
    shownAs?.revision === revision
      ? shownAs
      : justWritten(key, revision, value, withRevision(stored, revision));
  const reading = prepareRead(call, [cached]);
  if (reading) await reading;
  return cached;
}

/** Removes what stands at `expect`; the revision of the removal, or what stood there instead. */
export async function commitRemove(
  call: Call,
  key: string,
  expect: Revision,
  besides: readonly Change[] = [],
): Promise<Committed> {
  const changes = [{ remove: key, expect }, ...besides];
  const { engine, served } = call;
  const committed = await writeFigures(engine.world).stored('delete', served.cache!.resource, () =>
    engine.storage.commit(changes, authorOf(call)),
  );
  if (committed.done) await shown(engine, committed.revision);
  return committed;
}

/** What is answered has reached the caches, so that admission and authorisation of a next request know of it. */
async function shown({ cache }: Engine, revision: Revision): Promise<void> {
  // The write is done, however long the cache takes.
  if (cache.revision < revision) await cache.reached(revision).catch(() => {});
}

/** Who a request writes as, for the history. */
export function authorOf({ request }: Call): Author {
  return { user: request.user?.name ?? '', agent: request.headers['user-agent'] ?? '' };
}

/** What a write in a dry run would have stored: at the present revision, or at none (0) where nothing stands. */
export function dryPut(call: Call, key: string, object: KubeObject): Cached {
  const stored = call.served.store(object);
  const revision = Number(object.metadata.resourceVersion ?? 0);
  return justWritten(key, revision, toStored(stored), stored);
}

const tooLarge = (): ApiError =>
  new ApiError(413, 'RequestEntityTooLarge', 'etcdserver: request is too large');
