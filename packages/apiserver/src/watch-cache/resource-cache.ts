import { internalError, type Resource } from '@coxswain/api';
import { SortedMap, type World } from '@coxswain/base';
import type { Entry, Revision, Seen } from '@coxswain/storage';
import { Buckets, type Fields } from './buckets.ts';
import { type Cached, fromEntry } from './cached.ts';
import { bookmark, type Change } from './event.ts';
import { FieldIndex } from './field-index.ts';
import { Packing } from './packing.ts';
import { Turns } from './turns.ts';
import { type Interest, Watcher } from './watcher.ts';
import { Window } from './window.ts';

/** An event of the store that is no progress mark. */
type Stored = Extract<Seen, { entry: Entry }>;

export interface ResourceCacheOptions {
  readonly resource: Resource;
  readonly prefix: string; // of the keys, with a slash at the end
  /** Fields that many watch or list by one value, such as spec.nodeName of pods. */
  readonly indexed: Fields;
}

/** How far the caches of a server are, all together. */
export interface Level {
  readonly revision: Revision;
}

interface Snapshot {
  readonly objects: SortedMap<Cached>;
  readonly untilMs: number;
}

/** Sees an object come, change or go, before any read does. */
export type Follower = (after: Cached | undefined, before: Cached | undefined) => void;

/** How often watchers that asked for it learn where they stand. */
const bookmarkEveryMs = 60_000;
/** Most states kept for lists that go on page by page, and for how long; older ones are read from the store. */
const snapshotsMax = 16;
const snapshotMaxMs = 5 * 60_000;

/** The objects of one resource as the store's feed tells them, the newest changes, and those who watch. */
export class ResourceCache {
  readonly resource: Resource;
  readonly prefix: string;
  /** Of those who change the same object. */
  readonly turns: Turns;
  readonly #world: World;
  readonly #objects = new SortedMap<Cached>();
  readonly #snapshots = new Map<Revision, Snapshot>();
  readonly #indexes: ReadonlyMap<string, FieldIndex>;
  readonly #watchers: Buckets;
  readonly #bookmarked = new Set<Watcher>();
  readonly #followers = new Set<Follower>();
  readonly #packing = new Packing((cached) => this.#objects.get(cached.key) === cached);
  /** What is stored and cannot be read, by its key: asking for it fails, and nothing else does. */
  readonly #unreadable = new Map<string, Error>();
  #touched = new Set<Watcher>();
  #window: Window;
  #held: Stored[] | undefined;
  #filledAt: Revision;
  readonly #level: Level;
  /** Where it stands while events are kept aside. */
  #heldAt: Revision | undefined;
  #ticking: Disposable | undefined;

  constructor(world: World, options: ResourceCacheOptions, level: Level) {
    this.#world = world;
    this.resource = options.resource;
    this.prefix = options.prefix;
    this.turns = new Turns(world.network ?? world.clock);
    this.#watchers = new Buckets(options.indexed, options.prefix.length);
    const fields = Object.entries(options.indexed);
    this.#indexes = new Map(fields.map(([name, read]) => [name, new FieldIndex(read)]));
    this.#level = level;
    this.#filledAt = level.revision;
    this.#window = new Window(world.clock, level.revision);
  }

  /** Everything up to here has been applied. */
  get #revision(): Revision {
    return this.#heldAt ?? Math.max(this.#level.revision, this.#filledAt);
  }

  get size(): number {
    return this.#objects.size;
  }

  /** How many watch it. */
  get watchers(): number {
    return this.#watchers.size;
  }

  /** Changes after this revision can be watched from memory. */
  get since(): Revision {
    return this.#window.since;
  }

  /** Throws 500 for what cannot be read. */
  get(key: string): Cached | undefined {
    const why = this.#unreadable.get(key);
    if (why) throw internalError(why);
    return this.#objects.get(key);
  }

  /** The first key that cannot be read, and why: a list is all or nothing. */
  get unreadable(): readonly [key: string, why: Error] | undefined {
    return this.#unreadable.size === 0 ? undefined : this.#unreadable.entries().next().value;
  }

  /** The state as it is now, kept for `at(revision)` when pages are to follow. */
  snapshot(keep: boolean): SortedMap<Cached> {
    const kept = this.#snapshots.get(this.#revision);
    if (kept) return kept.objects;
    const snapshot = this.#objects.snapshot();
    if (keep) {
      const untilMs = this.#world.clock.now() + snapshotMaxMs;
      this.#snapshots.set(this.#revision, { objects: snapshot, untilMs });
      const oldest = this.#snapshots.keys().next();
      if (this.#snapshots.size > snapshotsMax) this.#snapshots.delete(oldest.value!);
    }
    return snapshot;
  }

  /** The state of a past revision, where it was kept. */
  at(revision: Revision): SortedMap<Cached> | undefined {
    if (revision === this.#revision) return this.#objects.snapshot();
    return this.#snapshots.get(revision)?.objects;
  }

  /** Visits in order from key `from`, at the present state, until `visit` answers false. */
  walk(from: string, visit: (key: string, cached: Cached) => boolean): void {
    this.#objects.walk(from, visit);
  }

  isIndexed(field: string): boolean {
    return this.#indexes.has(field);
  }

  /** Number of keys below `key`. */
  rank(key: string): number {
    return this.#objects.rank(key);
  }

  /** The objects whose indexed `field` has `value`, in order of their keys; undefined when it is not indexed. */
  by(field: string, value: string): readonly Cached[] | undefined {
    return this.#indexes.get(field)?.get(value, this.#objects);
  }

  /** Takes what the store listed when the cache was opened. */
  fill(entry: Entry): void {
    if (entry.unreadable) return void this.#unreadable.set(entry.key, entry.unreadable);
    const cached = fromEntry(entry);
    this.#objects.set(entry.key, cached);
    this.#packing.add(cached);
    for (const see of this.#followers) see(cached, undefined);
  }

  /** Shows every present object, then every change in order. For parts of the server itself. */
  follow(see: Follower): Disposable {
    for (const [, cached] of this.#objects.snapshot().entries()) see(cached, undefined);
    this.#followers.add(see);
    return { [Symbol.dispose]: () => void this.#followers.delete(see) };
  }

  /** Keeps the feed's events aside until `release`, while the store is being listed. */
  hold(): void {
    this.#heldAt = this.#revision;
    this.#held = [];
  }

  /** Applies what was kept aside and is newer than the list. */
  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const seen of held) this.apply(seen);
    this.#heldAt = undefined;
    this.flush();
  }

  /** Takes one event of the feed. */
  apply(seen: Stored): void {
    if (this.#held) {
      this.#held.push(seen);
      return;
    }
    const { type, entry } = seen;
    if (entry.revision <= this.#filledAt) return;
    this.#unreadable.delete(entry.key);
    // What becomes of such an object no event can tell: those who watch come again and learn it.
    if (entry.unreadable && type === 'put') {
      this.#unreadable.set(entry.key, entry.unreadable);
      this.endWatches();
    }
    const isUnseen = this.#watchers.isEmpty;
    const after = type === 'put' && !entry.unreadable ? fromEntry(entry, isUnseen) : undefined;
    const before = after ? this.#objects.set(entry.key, after) : this.#objects.delete(entry.key);
    if (!after && !before) return;
    for (const index of this.#indexes.values()) index.move(before, after);
    for (const see of this.#followers) see(after, before);
    if (after) this.#packing.add(after);
    const bytes = entry.value.length + (before?.size ?? 0);
    const { revision } = entry;
    const change: Change = { revision, after, before, bytes, put: undefined, gone: undefined };
    this.#window.add(change);
    if (this.#snapshots.size > 0) this.#forgetSnapshots();
    this.#watchers.show(change, this.#touched);
    if (before) before.object = undefined; // whoever asks for a past state decodes it
  }

  /** All of a commit has been applied: hands the events to the watchers. */
  flush(): void {
    if (this.#held || this.#touched.size === 0) return;
    const touched = this.#touched;
    this.#touched = new Set();
    for (const watcher of touched) watcher.flush();
  }

  /** A watcher of what comes after `after`, from now on; what the window holds of that is already in it. */
  watch(interest: Interest, after: Revision, bookmarks: boolean): Watcher {
    const watcher = new Watcher(interest, after, (left) => this.#leave(left));
    if (after < this.#revision)
      for (const change of this.#window.after(after))
        if (isInScope(change, this.prefix, interest)) watcher.see(change);
    this.#watchers.add(watcher);
    if (bookmarks) this.#bookmarked.add(watcher);
    if (this.#bookmarked.size > 0) this.#ticking ??= this.#tick();
    return watcher;
  }

  /** Takes changes older than the window's, read from the store. */
  deepen(seen: readonly Stored[], since: Revision): void {
    const until = this.#window.since;
    const older = seen
      .filter(({ entry }) => entry.revision <= until && !entry.unreadable)
      .map(changeOf);
    this.#window.deepen(older, since);
  }

  /** Ends all watches: their clients come again, here or elsewhere. */
  endWatches(): void {
    for (const watcher of [...this.#watchers]) watcher.end();
  }

  /** Forgets everything, as before `fill`; the watches have ended. */
  clear(revision: Revision): void {
    this.endWatches();
    for (const [key, cached] of [...this.#objects.snapshot().entries()]) {
      this.#objects.delete(key);
      for (const see of this.#followers) see(undefined, cached);
    }
    for (const index of this.#indexes.values()) index.forget();
    this.#snapshots.clear();
    this.#unreadable.clear();
    this.#window = new Window(this.#world.clock, revision);
    this.#filledAt = revision;
    if (this.#heldAt !== undefined) this.#heldAt = revision;
  }

  /** Before its end a watch says where it stood. */
  bookmarkNow(watcher: Watcher): void {
    if (this.#bookmarked.has(watcher)) watcher.add(this.bookmark());
  }

  bookmark(initialEventsEnd = false): ReturnType<typeof bookmark> {
    const { group, version, kind } = this.resource;
    const apiVersion = group ? `${group}/${version}` : version;
    return bookmark({ kind, apiVersion }, this.#revision, initialEventsEnd);
  }

  /** Those of all resources at one instant: a process that is idle wakes once for them. */
  #tick(): Disposable {
    const { clock } = this.#world;
    return clock.after(bookmarkEveryMs - (clock.now() % bookmarkEveryMs), () => {
      const event = this.bookmark();
      for (const watcher of this.#bookmarked) {
        watcher.add(event);
        watcher.flush();
      }
      this.#ticking = this.#bookmarked.size > 0 ? this.#tick() : undefined;
    });
  }

  /** They hold all that has been replaced or removed since. */
  #forgetSnapshots(): void {
    const nowMs = this.#world.clock.now();
    for (const [revision, { untilMs }] of this.#snapshots)
      if (untilMs <= nowMs) this.#snapshots.delete(revision);
  }

  #leave(watcher: Watcher): void {
    this.#watchers.remove(watcher);
    this.#bookmarked.delete(watcher);
    if (this.#bookmarked.size > 0) return;
    this.#ticking?.[Symbol.dispose]();
    this.#ticking = undefined;
  }
}

function changeOf({ type, entry, before }: Stored): Change {
  const bytes = entry.value.length + (before?.value.length ?? 0);
  return {
    revision: entry.revision,
    after: type === 'put' ? fromEntry(entry) : undefined,
    before: before && !before.unreadable ? fromEntry(before) : undefined,
    bytes,
    put: undefined,
    gone: undefined,
  };
}

/** Whether `change` lies in the namespace and under the name of `interest`; its selectors are asked later. */
function isInScope(change: Change, prefix: string, { namespace, name }: Interest): boolean {
  if (namespace === '' && name === '') return true;
  const key = (change.after ?? change.before!).key.slice(prefix.length);
  const slash = key.indexOf('/');
  if (namespace !== '' && key.slice(0, slash) !== namespace) return false;
  return name === '' || key.slice(slash + 1) === name;
}
