import { ApiError } from '@coxswain/api';
import type { Clock, World } from '@coxswain/base';
import { type Entry, type Revision, type Seen, type Storage, StoreClosed } from '@coxswain/storage';
import { ResourceCache, type ResourceCacheOptions } from './resource-cache.ts';

/** Everything that the API server stores lies under it. */
export const root = '/registry/';

/** How long a read waits for a revision that the cache has not reached. */
const waitMaxMs = 3_000;
/** Entries read at once when the cache is filled. */
const pageMax = 10_000;
const refillEveryMs = 1_000;

interface Waiter {
  readonly revision: Revision;
  readonly dueMs: number;
  readonly resolve: () => void;
  readonly reject: (error: ApiError) => void;
}

/** The caches of all resources, kept level with the store by one feed. */
export class WatchCache {
  readonly #world: World;
  /** The machine's time, in which those who wait here wait. */
  readonly #patience: Clock;
  readonly #storage: Storage;
  readonly #byPrefix = new Map<string, ResourceCache>();
  /** Those with something new for who watches them. */
  readonly #changed = new Set<ResourceCache>();
  readonly #abort = new AbortController();
  readonly #waiting = new Set<Waiter>();
  /** Ends waits that are too long; there while somebody waits. */
  #deadline: Disposable | undefined;
  /** Everything up to its revision has been applied. */
  readonly #level = { revision: 0 };
  #feed: Promise<void> | undefined;
  #following: Disposable | undefined;

  constructor(world: World, storage: Storage) {
    this.#world = world;
    this.#patience = world.network ?? world.clock;
    this.#storage = storage;
  }

  /** Everything up to here has been applied. */
  get revision(): Revision {
    return this.#level.revision;
  }

  /** Adds a resource: before `open`, or `fillLate` follows. */
  add(options: ResourceCacheOptions): ResourceCache {
    const cache = new ResourceCache(this.#world, options, this.#level);
    this.#byPrefix.set(options.prefix, cache);
    return cache;
  }

  /** Fills the caches in one scan of the store and follows it from there. */
  async open(): Promise<void> {
    await this.#fill();
    this.#feed = this.#storage.follow ? this.#attach() : this.#follow();
  }

  /** Fills a resource that was added after `open`. */
  async fillLate(cache: ResourceCache): Promise<void> {
    cache.hold();
    const { entries, at } = await this.#storage.list(cache.prefix);
    cache.clear(at);
    for (const entry of entries) cache.fill(entry);
    cache.release();
  }

  /** Takes a resource out: its watches end. */
  remove(cache: ResourceCache): void {
    cache.endWatches();
    this.#byPrefix.delete(cache.prefix);
  }

  /** Nothing has to be waited for: this process alone writes, and the cache holds all that it has asked for. */
  get isLevel(): boolean {
    const next = this.#storage.upcoming();
    return next !== undefined && next <= this.#level.revision + 1;
  }

  /** Waits until the cache is level with the store as it is now: what makes a read consistent. */
  async level(): Promise<Revision> {
    const current = await this.#storage.current();
    if (current > this.#level.revision) await this.reached(current);
    return this.#level.revision;
  }

  /** Waits until `revision` has been applied; 504 when that takes too long. */
  reached(revision: Revision): Promise<void> {
    if (revision <= this.#level.revision) return Promise.resolve();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const dueMs = this.#patience.now() + waitMaxMs;
    this.#waiting.add({ revision, dueMs, resolve, reject });
    this.#deadline ??= this.#patience.after(waitMaxMs, () => this.#endWaits());
    return promise;
  }

  /** Makes the window of `cache` reach back to `since` if the store still knows; throws Compacted if not. */
  async deepen(cache: ResourceCache, since: Revision): Promise<void> {
    const older: Extract<Seen, { entry: Entry }>[] = [];
    const until = cache.since;
    for await (const batch of this.#storage.watch(cache.prefix, since, this.#abort.signal)) {
      let upTo = since;
      for (const seen of batch) {
        upTo = seen.type === 'progress' ? seen.revision : seen.entry.revision;
        if (seen.type !== 'progress') older.push(seen);
      }
      if (upTo >= until) break;
    }
    if (cache.since === until) cache.deepen(older, since);
  }

  endWatches(): void {
    for (const cache of this.#byPrefix.values()) cache.endWatches();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.endWatches();
    this.#abort.abort(new Error('the watch cache is closed'));
    this.#following?.[Symbol.dispose]();
    await this.#feed;
  }

  /** In one turn of the loop once all is there: whoever reads meanwhile sees the state before. */
  async #fill(): Promise<void> {
    const pages: (readonly Entry[])[] = [];
    let from: string | undefined;
    let at: Revision | undefined;
    do {
      const page = await this.#storage.list(root, { from, limit: pageMax, at });
      pages.push(page.entries);
      at = page.at;
      from = page.remaining > 0 ? `${page.entries.at(-1)!.key}\0` : undefined;
    } while (from !== undefined);
    for (const cache of this.#byPrefix.values()) cache.clear(at);
    for (const entries of pages) for (const entry of entries) this.#cacheOf(entry.key)?.fill(entry);
    this.#reach(at);
  }

  /** Takes each commit as the store makes it. */
  async #attach(): Promise<void> {
    let isBroken = false;
    const see = (batch: readonly Seen[]): void => {
      if (isBroken) return;
      try {
        this.#apply(batch);
      } catch (error) {
        isBroken = true;
        this.#world.log.named('watch-cache').error('the feed of the store broke', error);
        this.#feed = this.#refill().then(() => this.#attach());
      }
    };
    this.#following?.[Symbol.dispose]();
    if (!this.#abort.signal.aborted)
      this.#following = this.#storage.follow!(this.#level.revision, see);
  }

  async #follow(): Promise<void> {
    const { signal } = this.#abort;
    while (!signal.aborted)
      try {
        for await (const batch of this.#storage.watch(root, this.#level.revision, signal))
          this.#apply(batch);
      } catch (error) {
        if (signal.aborted || error instanceof StoreClosed) return;
        this.#world.log.named('watch-cache').error('the feed of the store broke', error);
        await this.#refill();
      }
  }

  /** Overtaken by the horizon, or the store was away: whoever watches must list again, and so must the cache. */
  async #refill(): Promise<void> {
    const { signal } = this.#abort;
    while (!signal.aborted)
      try {
        return await this.#fill();
      } catch (error) {
        if (signal.aborted || error instanceof StoreClosed) return;
        this.#world.log.named('watch-cache').error('the store cannot be listed', error);
        await this.#world.clock.sleep(refillEveryMs, signal).catch(() => undefined);
      }
  }

  #apply(batch: readonly Seen[]): void {
    let { revision } = this.#level;
    for (const seen of batch)
      if (seen.type === 'progress') revision = seen.revision;
      else {
        revision = seen.entry.revision;
        const cache = this.#cacheOf(seen.entry.key);
        cache?.apply(seen);
        if (cache) this.#changed.add(cache);
      }
    this.#reach(revision);
  }

  #reach(revision: Revision): void {
    this.#level.revision = revision;
    for (const cache of this.#changed) cache.flush();
    this.#changed.clear();
    for (const waiter of this.#waiting)
      if (waiter.revision <= revision) {
        this.#waiting.delete(waiter);
        waiter.resolve();
      }
    if (this.#waiting.size > 0) return;
    this.#deadline?.[Symbol.dispose]();
    this.#deadline = undefined;
  }

  /** They stand in the order in which they are due. */
  #endWaits(): void {
    const nowMs = this.#patience.now();
    this.#deadline = undefined;
    for (const waiter of this.#waiting) {
      if (waiter.dueMs > nowMs) {
        this.#deadline = this.#patience.after(waiter.dueMs - nowMs, () => this.#endWaits());
        return;
      }
      this.#waiting.delete(waiter);
      waiter.reject(tooLarge(waiter.revision, this.#level.revision));
    }
  }

  /** The cache whose prefix is the first one or two segments of `key` after the root. */
  #cacheOf(key: string): ResourceCache | undefined {
    const first = key.indexOf('/', root.length);
    const one = this.#byPrefix.get(key.slice(0, first + 1));
    if (one) return one;
    const second = key.indexOf('/', first + 1);
    return second < 0 ? undefined : this.#byPrefix.get(key.slice(0, second + 1));
  }
}

/** Upstream's answer to a revision that lies in the future. */
function tooLarge(wanted: Revision, current: Revision): ApiError {
  return new ApiError(
    504,
    'Timeout',
    `Timeout: Too large resource version: ${wanted}, current: ${current}`,
    {
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
      retryAfterSeconds: 1,
    },
  );
}
