/** One counter for the whole store; the first commit is revision 1. */
export type Revision = number;

/** Who wrote: kept with the history, never with the current state. */
export interface Author {
  readonly user: string;
  readonly agent: string;
}

export interface Entry {
  readonly key: string;
  readonly value: Uint8Array;
  readonly revision: Revision; // of this value
  readonly created: Revision; // of the first value since the key was last absent
  /** Why what is kept cannot be read, if so; `value` is empty then. */
  readonly unreadable?: Error;
}

/**
 * Expect 0: must not exist. Expect undefined: no matter. Otherwise: must stand at that revision.
 * The store keeps `value` as it is: its bytes must not change afterwards.
 */
export type Change =
  | {
      readonly put: string;
      readonly value: Uint8Array;
      readonly expect?: Revision | undefined;
      readonly expiresMs?: number | undefined; // lifetime from the commit; each put sets it anew
    }
  | { readonly remove: string; readonly expect?: Revision | undefined };

/** `found` is what stood at the first key whose expectation failed; undefined when nothing did. */
export type Committed =
  | { readonly done: true; readonly revision: Revision }
  | { readonly done: false; readonly key: string; readonly found: Entry | undefined };

/**
 * A removal's `entry` holds the last value at the revision of the removal. A progress mark promises
 * that nothing at or before its revision is still to come.
 */
export type Seen =
  | { readonly type: 'put' | 'remove'; readonly entry: Entry; readonly before: Entry | undefined }
  | { readonly type: 'progress'; readonly revision: Revision };

/** The revision asked for lies behind the watch horizon. */
export class Compacted extends Error {
  readonly horizon: Revision;
  constructor(horizon: Revision) {
    super(`required revision has been compacted (horizon ${horizon})`);
    this.name = 'Compacted';
    this.horizon = horizon;
  }
}

/** The revision asked for has not been written yet. */
export class FutureRevision extends Error {
  readonly current: Revision;
  constructor(current: Revision) {
    super(`required revision is a future revision (current ${current})`);
    this.name = 'FutureRevision';
    this.current = current;
  }
}

/** The store was closed; what was acknowledged before is kept. */
export class StoreClosed extends Error {
  constructor() {
    super('store is closed');
    this.name = 'StoreClosed';
  }
}

export interface Page {
  readonly from?: string | undefined; // first key, inclusive
  readonly limit?: number | undefined; // entries; 0 or undefined: all
  readonly at?: Revision | undefined; // undefined: the newest
}

export interface Listed {
  readonly entries: readonly Entry[]; // in byte order of their keys
  readonly at: Revision;
  readonly remaining: number; // entries after the last one of this page
}

export interface Written {
  readonly entry: Entry;
  readonly removed: boolean;
  readonly by: Author;
  readonly atMs: number;
}

/** Most changes of one commit. */
export const changesMax = 4096;

/** The author of the commits that remove expired entries. */
export const expiryAuthor: Author = { user: 'system:expiry', agent: '' };

/** A log of revisions. It knows bytes, keys and revisions, and nothing of Kubernetes. */
export interface Storage extends AsyncDisposable {
  /**
   * All changes at one revision or none; resolves only when synced. At most one change per key, at most
   * `changesMax`. Expectations are checked in order. Removing what is absent changes nothing; a commit that
   * changes nothing takes no revision and names the current one.
   */
  commit(changes: readonly Change[], by: Author): Promise<Committed>;
  get(key: string, at?: Revision): Promise<Entry | undefined>;
  list(prefix: string, page?: Page): Promise<Listed>;
  /** Number of keys under `prefix`, now. */
  count(prefix: string): Promise<number>;
  /**
   * In order, nothing twice, nothing missing, in batches; one commit is never cut over two batches. Each
   * wake-up ends at the newest revision: with its last event, or else with a progress mark. Throws Compacted
   * when `after` lies behind the watch horizon (also when the horizon overtakes a slow reader), FutureRevision
   * when it is not yet written, `signal.reason` when aborted, StoreClosed when the store closes.
   */
  watch(prefix: string, after: Revision, signal: AbortSignal): AsyncIterable<readonly Seen[]>;
  /**
   * As `watch` of everything, where the store is in this process: each commit is shown before it is answered, so that who
   * follows is never behind. `see` must not throw. Absent where that cannot be.
   */
  follow?(after: Revision, see: (batch: readonly Seen[]) => void): Disposable;
  /** The newest revision, asked of the store itself: what makes a read without resourceVersion consistent. */
  current(): Promise<Revision>;
  /** The revision of a commit asked for now, if all that are under way are done: a guess. Undefined where others write too. */
  upcoming(): Revision | undefined;
  /** Moves the watch horizon to `before`: reads and watches of older revisions throw Compacted. Retained history is bounded apart. */
  compact(before: Revision): Promise<void>;
  /** What is retained of `key`, newest first, its current value included. */
  history(key: string): AsyncIterable<Written>;
  /** Bytes on disk, or held in memory where there is no disk. */
  bytes(): Promise<number>;
  /** Whether what stands at `key` would be kept otherwise if it were written now; never, when absent. */
  isStale?(key: string): boolean;
}
