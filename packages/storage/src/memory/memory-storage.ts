import { SortedMap, type World } from '@coxswain/base';
import { checkChanges, checkRevision, keyOf } from '../check.ts';
import { Expiry } from '../expiry/expiry.ts';
import { type Event, Feed } from '../feed/feed.ts';
import { defaultRetention, type Retention } from '../retention.ts';
import {
  type Author,
  type Change,
  type Committed,
  type Entry,
  expiryAuthor,
  type Listed,
  type Page,
  type Revision,
  type Seen,
  type Storage,
  StoreClosed,
  type Written,
} from '../storage.ts';
import { type Version, Versions } from './versions.ts';

/** Most entries that one commit of the expiry removes. */
const expiredMax = 500;

/** A store that lives as long as its process: for tests, simulations and the browser. */
export function openMemoryStorage(world: World, retention: Partial<Retention> = {}): Storage {
  return new MemoryStorage(world, { ...defaultRetention, ...retention });
}

class MemoryStorage implements Storage {
  readonly #world: World;
  readonly #retention: Retention;
  readonly #versions: Versions;
  readonly #feed = new Feed(0, 0);
  readonly #expiring = new SortedMap<string>(); // by due time and key
  readonly #expiry: Expiry;
  #closed = false;

  constructor(world: World, retention: Retention) {
    this.#world = world;
    this.#retention = retention;
    this.#versions = new Versions(retention);
    this.#expiry = new Expiry(
      world.clock,
      async (nowMs) => this.#sweep(nowMs),
      (error) => world.log.named('storage').error('expiry failed', error),
    );
  }

  async commit(changes: readonly Change[], by: Author): Promise<Committed> {
    this.#open();
    checkChanges(changes);
    for (const change of changes) {
      const { expect } = change;
      const key = keyOf(change);
      const found = expect === undefined ? undefined : this.#versions.get(key)?.entry;
      if (expect !== undefined && expect !== (found?.revision ?? 0))
        return { done: false, key, found };
    }
    return { done: true, revision: this.#apply(changes, by) };
  }

  async get(key: string, at?: Revision): Promise<Entry | undefined> {
    this.#open();
    if (at === undefined) return this.#versions.get(key)?.entry;
    checkRevision(at, this.#feed.horizon, this.#feed.current);
    return this.#versions.getAt(key, at)?.entry;
  }

  async list(prefix: string, page: Page = {}): Promise<Listed> {
    this.#open();
    const { from = '', limit = 0, at = this.#feed.current } = page;
    checkRevision(at, this.#feed.horizon, this.#feed.current);
    const newest = at === this.#feed.current;
    const entries: Entry[] = [];
    let remaining = 0;
    this.#versions.walk(prefix, from, newest ? undefined : at, (entry) => {
      if (limit === 0 || entries.length < limit) entries.push(entry);
      else remaining++;
      return !newest || limit === 0 || entries.length < limit;
    });
    if (newest) remaining = this.#versions.count(prefix, from) - entries.length;
    return { entries, at, remaining };
  }

  async count(prefix: string): Promise<number> {
    this.#open();
    return this.#versions.count(prefix, '');
  }

  watch(prefix: string, after: Revision, signal: AbortSignal): AsyncIterable<readonly Seen[]> {
    return this.#feed.watch(prefix, after, signal);
  }

  follow(after: Revision, see: (batch: readonly Seen[]) => void): Disposable {
    return this.#feed.follow(after, see);
  }

  async current(): Promise<Revision> {
    this.#open();
    return this.#feed.current;
  }

  upcoming(): Revision {
    return this.#feed.current + 1;
  }

  async compact(before: Revision): Promise<void> {
    this.#open();
    checkRevision(before, 0, this.#feed.current);
    this.#feed.compact(before);
    this.#versions.trim(this.#feed.horizon, this.#world.clock.now());
  }

  async *history(key: string): AsyncGenerator<Written, void> {
    this.#open();
    yield* [...this.#versions.history(key)];
  }

  async bytes(): Promise<number> {
    this.#open();
    return this.#versions.bytes;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#expiry.close();
    this.#feed.close();
  }

  #open(): void {
    if (this.#closed) throw new StoreClosed();
  }

  #apply(changes: readonly Change[], by: Author): Revision {
    const revision = this.#feed.current + 1;
    const events: Event[] = [];
    for (const change of changes) {
      const event = this.#change(change, revision, by);
      if (event) events.push(event);
    }
    if (events.length === 0) return this.#feed.current;
    this.#feed.append(revision, events);
    this.#feed.wake();
    const { watchRevisionsMax } = this.#retention;
    // Every so often rather than each time: the horizon moves by a tenth of its width.
    if (revision - this.#feed.horizon > watchRevisionsMax) {
      this.#feed.compact(revision - Math.floor(watchRevisionsMax * 0.9));
      this.#versions.trim(this.#feed.horizon, this.#world.clock.now());
    }
    return revision;
  }

  #change(change: Change, revision: Revision, by: Author): Event | undefined {
    const key = keyOf(change);
    const previous = this.#versions.head(key);
    const before = previous?.removed ? undefined : previous;
    if ('remove' in change && !before) return undefined;
    const atMs = this.#world.clock.now();
    const removed = 'remove' in change;
    const value = removed ? before!.entry.value : change.value;
    const created = before?.entry.created ?? revision;
    const entry: Entry = { key, value, revision, created };
    const lifeMs = removed ? undefined : change.expiresMs;
    const dueMs = lifeMs === undefined ? undefined : atMs + lifeMs;
    const version: Version = { entry, removed, by, atMs, dueMs, previous };
    if (before?.dueMs !== undefined) this.#expiring.delete(dueKey(before.dueMs, key));
    if (dueMs !== undefined) {
      this.#expiring.set(dueKey(dueMs, key), key);
      this.#expiry.due(dueMs);
    }
    this.#versions.add(version);
    return { type: removed ? 'remove' : 'put', entry, before: before?.entry };
  }

  /** Removes what is due in commits of their own. */
  #sweep(nowMs: number): number | undefined {
    for (;;) {
      const due: Change[] = [];
      let nextMs: number | undefined;
      this.#expiring.walk('', (place, key) => {
        const dueMs = Number(place.slice(0, dueDigits));
        if (dueMs > nowMs || due.length === expiredMax) nextMs = dueMs;
        else due.push({ remove: key });
        return nextMs === undefined;
      });
      if (due.length > 0) this.#apply(due, expiryAuthor);
      if (nextMs === undefined || nextMs > nowMs) return nextMs;
    }
  }
}

const dueDigits = 16;
const dueKey = (dueMs: number, key: string): string =>
  `${String(Math.ceil(dueMs)).padStart(dueDigits, '0')}${key}`;
