import { ApiError, expired, type KubeObject, type WatchEvent } from '@coxswain/api';
import { Compacted } from '@coxswain/storage';
import {
  type Cached,
  type CacheEvent,
  initialEvent,
  objectOf,
  type ResourceCache,
  type Watcher,
} from '../watch-cache/index.ts';
import type { Call, Verb } from './engine.ts';
import { convertEvents } from './convert.ts';
import { prepareRead } from './prepare.ts';
import { wantsInitialEvents } from './list-options.ts';
import { negotiate, streamOf } from './negotiate.ts';
import { untransformedText } from './page.ts';
import { booleanOf, integerOf } from './options.ts';
import { revisionOf } from './revision.ts';
import { type Selection, selectionOf } from './select.ts';

/** Upstream's --min-request-timeout: a watch without timeoutSeconds lives this long, up to twice. */
const watchTimeoutMs = 1_800_000;
/** Objects handed out at once when a watch begins. */
const initialBatchMax = 500;

/** The changes of one resource from a revision on, after its state where that is asked for. */
export const watch: Verb = async (call) => {
  const { served, request, name } = call;
  const { query } = request;
  const isUntyped = served.kind.custom !== undefined;
  const { as } = negotiate(request.headers.accept, streamOf(isUntyped));
  const initial = wantsInitialEvents(query);
  const selection = selectionOf(served, query, name);
  const start = await begin(call, initial, query.get('resourceVersion') ?? '').catch(asEvent);
  if (start instanceof ApiError) return { as: 'watch', events: failing(start) };
  const cache = served.cache!;
  const bookmarks = booleanOf('allowWatchBookmarks', query.get('allowWatchBookmarks'));
  // State and watcher are taken in one turn of the loop: nothing falls between them.
  const state = start.withState ? scan(call, cache, selection) : [];
  const ticks = bookmarks && !isLasting(call);
  const watcher = cache.watch(interestOf(call, selection), start.after, ticks);
  const mark = initial === true && bookmarks ? [cache.bookmark(true)] : [];
  const events = run(call, cache, watcher, state, mark);
  const ready = served.kind.custom?.prepareRead ? prepared(call, events) : events;
  const shown = as ? convertEvents(call, as, ready) : read(call, ready);
  return { as: 'watch', events: shown, ...(isUntyped && { isUntyped }) };
};

/** Asked for longer than any server lives, as the informers of this process ask. */
const lastingSeconds = 1_000_000;

/** A watch of this very process, which breaks so rarely that it is better begun anew than told every minute where it stands. */
const isLasting = ({ request: { body, query } }: Call): boolean =>
  body.from === 'memory' && Number(query.get('timeoutSeconds')) >= lastingSeconds;

/** A watch that cannot begin where it should says so in its first event, as upstream's does. */
function asEvent(error: unknown): ApiError {
  if (error instanceof ApiError && (error.code === 410 || error.code === 504)) return error;
  throw error;
}

async function* failing(error: ApiError): AsyncGenerator<readonly WatchEvent[], void> {
  yield [{ type: 'ERROR', object: error.toStatus() as unknown as KubeObject }];
}

interface Start {
  readonly after: number;
  readonly withState: boolean;
}

/** From where the watch sees events, and whether the state comes first. */
async function begin(call: Call, initial: boolean | undefined, rv: string): Promise<Start> {
  const { cache } = call.engine;
  refuseUnreadable(call);
  if (rv === '' || rv === '0' || initial === true) {
    if (rv === '' && initial !== false) await cache.level();
    else if (rv !== '' && rv !== '0') await cache.reached(revisionOf(rv));
    return { after: cache.revision, withState: initial !== false };
  }
  const after = revisionOf(rv);
  const own = call.served.cache!;
  if (after < own.since) await deepen(call, own, after);
  return { after, withState: false };
}

/** The cache of what cannot all be read is never complete, as clients see it. */
function refuseUnreadable({ served: { cache, resource } }: Call): void {
  if (!cache?.unreadable) return;
  const type = `*${resource.group.split('.')[0] || 'core'}.${resource.kind}`;
  const why = untransformedText(...cache.unreadable);
  throw new ApiError(
    429,
    'TooManyRequests',
    `storage is (re)initializing: failed to list ${type}: ${why}`,
    { retryAfterSeconds: 3 },
  );
}

async function deepen(call: Call, cache: ResourceCache, after: number): Promise<void> {
  try {
    await call.engine.cache.deepen(cache, after);
  } catch (error) {
    if (!(error instanceof Compacted)) throw error;
    throw expired(`too old resource version: ${after} (${cache.since})`);
  }
}

const namespaceOf = ({ served, namespace }: Call, selection: Selection): string =>
  served.resource.namespaced ? namespace || selection.namespace : '';

function interestOf(call: Call, selection: Selection): Parameters<ResourceCache['watch']>[0] {
  const { matches, field } = selection;
  const namespace = namespaceOf(call, selection);
  // A name in all namespaces is no key: `matches` sees to it.
  const name = call.served.resource.namespaced && !namespace ? '' : selection.name;
  return { namespace, name, field, matches };
}

function scan(call: Call, cache: ResourceCache, selection: Selection): readonly Cached[] {
  const namespace = namespaceOf(call, selection);
  const prefix = namespace ? `${cache.prefix}${namespace}/` : cache.prefix;
  const { matches, field, name } = selection;
  const found: Cached[] = [];
  const take = (key: string, cached: Cached): boolean => {
    if (!key.startsWith(prefix)) return false;
    if (name && key.slice(key.lastIndexOf('/') + 1) !== name) return true;
    if (!matches || matches(objectOf(cached))) found.push(cached);
    return true;
  };
  const indexed = field && cache.by(field[0], field[1]);
  if (indexed)
    for (const cached of indexed) if (cached.key.startsWith(prefix)) take(cached.key, cached);
  if (!indexed) cache.walk(prefix, take);
  return found;
}

/** The watch until its time is over, its reader leaves, or it is too slow. */
async function* run(
  call: Call,
  cache: ResourceCache,
  watcher: Watcher,
  state: readonly Cached[],
  mark: readonly CacheEvent[],
): AsyncGenerator<readonly CacheEvent[], void> {
  const { engine, request } = call;
  const seconds = integerOf(request.query.get('timeoutSeconds')) ?? 0;
  const timeoutMs = seconds > 0 ? seconds * 1000 : watchTimeoutMs * (1 + engine.world.random());
  const leave = (): void => watcher.end();
  using _timer = engine.world.clock.after(timeoutMs, () => {
    cache.bookmarkNow(watcher);
    watcher.end();
  });
  request.signal.addEventListener('abort', leave, { once: true });
  if (request.signal.aborted) leave();
  try {
    for (let at = 0; at < state.length; at += initialBatchMax)
      yield state.slice(at, at + initialBatchMax).map(initialEvent);
    if (mark.length > 0) yield mark;
    for (let batch = await watcher.next(); batch; batch = await watcher.next()) yield batch;
  } finally {
    request.signal.removeEventListener('abort', leave);
    watcher.end();
  }
}

/** The events in the version that is watched, where it is not the stored one. */
function read(
  { served }: Call,
  events: AsyncIterable<readonly CacheEvent[]>,
): AsyncIterable<readonly WatchEvent[]> {
  return served.kind.storedAs ? readAs(served.read, events) : events;
}

async function* prepared(
  call: Call,
  events: AsyncIterable<readonly CacheEvent[]>,
): AsyncGenerator<readonly CacheEvent[], void> {
  for await (const batch of events) {
    const cached = batch.flatMap((event) => (event.cached ? [event.cached] : []));
    await prepareRead(call, cached);
    yield batch;
  }
}

async function* readAs(
  read: Call['served']['read'],
  events: AsyncIterable<readonly CacheEvent[]>,
): AsyncGenerator<readonly WatchEvent[], void> {
  for await (const batch of events)
    yield batch.map((event) => {
      if (event.type === 'BOOKMARK') return event;
      const object = read(event.object);
      return object === event.object ? event : { type: event.type, object };
    });
}
