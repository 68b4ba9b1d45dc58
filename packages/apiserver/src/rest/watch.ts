import { expired, type WatchEvent } from '@coxswain/api';
import { Compacted } from '@coxswain/storage';
import {
  type CacheEvent,
  initialEvent,
  type ResourceCache,
  type Watcher,
} from '../watch-cache/index.ts';
import type { Call, Verb } from './engine.ts';
import { integerOf } from './options.ts';
import { revisionOf } from './revision.ts';

/** Upstream's --min-request-timeout: a watch without timeoutSeconds lives this long, up to twice. */
const watchTimeoutMs = 1_800_000;
/** Objects handed out at once when a watch begins. */
const initialBatchMax = 500;

/** The changes of one resource from a revision on, after its state where that is asked for. */
export const watch: Verb = async (call) => {
  const { engine, served, namespace, name, request } = call;
  const { query } = request;
  const rv = query.get('resourceVersion') ?? '';
  const cache = served.cache!;
  const wantsState = rv === '' || rv === '0';
  if (rv === '') await engine.cache.level();
  const after = wantsState ? engine.cache.revision : revisionOf(rv);
  if (after < cache.since) await deepen(call, cache, after);
  const initial = wantsState ? [...cache.snapshot(false).entries(cache.prefix)] : [];
  const watcher = cache.watch(
    { namespace, name, matches: undefined },
    after,
    query.get('allowWatchBookmarks') === 'true',
  );
  const events = initial
    .filter(([key]) => !namespace || key.startsWith(`${cache.prefix}${namespace}/`))
    .map(([, cached]) => initialEvent(cached));
  return { as: 'watch', events: run(call, cache, watcher, events) };
};

async function deepen(call: Call, cache: ResourceCache, after: number): Promise<void> {
  try {
    await call.engine.cache.deepen(cache, after);
  } catch (error) {
    if (!(error instanceof Compacted)) throw error;
    throw expired(`too old resource version: ${after} (${cache.since})`);
  }
}

/** The watch until its time is over, its reader leaves, or it is too slow. */
async function* run(
  call: Call,
  cache: ResourceCache,
  watcher: Watcher,
  initial: readonly CacheEvent[],
): AsyncGenerator<readonly WatchEvent[], void> {
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
    for (let at = 0; at < initial.length; at += initialBatchMax)
      yield initial.slice(at, at + initialBatchMax);
    for (let batch = await watcher.next(); batch; batch = await watcher.next()) yield batch;
  } finally {
    request.signal.removeEventListener('abort', leave);
    watcher.end();
  }
}
