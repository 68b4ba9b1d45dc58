import type { Retention } from '../retention.ts';
import type { Author, Revision } from '../storage.ts';
import type { Failure } from './errors.ts';

/** What the worker is started with. */
export interface Setup {
  readonly path: string;
  readonly retention: Retention;
}

/** The worker's first message. */
export type Opened =
  | {
      readonly current: Revision;
      readonly horizon: Revision;
      readonly nextDueMs: number | undefined;
    }
  | { readonly failure: Failure };

/** A change without its value, of which only the length is told. */
export interface PackedChange {
  readonly key: string;
  readonly length: number; // of a put's value; -1: a removal
  readonly expect: Revision | undefined;
  readonly expiresMs: number | undefined;
}

export type Job =
  | {
      readonly do: 'commit';
      readonly changes: readonly PackedChange[];
      readonly by: Author;
      readonly atMs: number;
    }
  | { readonly do: 'sweep'; readonly nowMs: number }
  | { readonly do: 'compact'; readonly before: Revision }
  | { readonly do: 'trim'; readonly nowMs: number }
  | { readonly do: 'get'; readonly key: string; readonly at: Revision | undefined }
  | {
      readonly do: 'list';
      readonly prefix: string;
      readonly from: string;
      readonly limit: number;
      readonly at: Revision | undefined;
    }
  | { readonly do: 'count'; readonly prefix: string }
  | { readonly do: 'events'; readonly after: Revision }
  | { readonly do: 'history'; readonly key: string; readonly from: number | undefined }
  | { readonly do: 'bytes' };

/** An entry without its value. */
export interface PackedEntry {
  readonly key: string;
  readonly revision: Revision;
  readonly created: Revision;
  readonly length: number;
}

export interface PackedEvent {
  readonly removed: boolean;
  readonly entry: PackedEntry; // a removal's is packed with length 0: its value is that of `before`
  readonly before: PackedEntry | undefined;
}

export interface PackedWritten {
  readonly entry: PackedEntry;
  readonly removed: boolean;
  readonly by: Author;
  readonly atMs: number;
}

/** What each job is answered with. Values are packed in the order in which their entries are named. */
export interface Answers {
  /** `before` has one item per change: what stood there. */
  commit:
    | { readonly revision: Revision; readonly before: readonly (PackedEntry | undefined)[] }
    | { readonly refused: string; readonly found: PackedEntry | undefined };
  sweep: {
    readonly commits: readonly { revision: Revision; removed: readonly PackedEntry[] }[];
    readonly nextMs: number | undefined;
  };
  compact: { readonly horizon: Revision };
  trim: { readonly done: boolean };
  get: PackedEntry | undefined;
  list: {
    readonly entries: readonly PackedEntry[];
    readonly at: Revision;
    readonly remaining: number;
  };
  count: number;
  events: { readonly events: readonly PackedEvent[]; readonly upTo: Revision };
  history: { readonly written: readonly PackedWritten[]; readonly next: number | undefined };
  bytes: number;
}

export type Answer = { readonly value: Answers[Job['do']] } | { readonly failure: Failure };

/** Jobs that came together are done in order and synced together; 'close' is answered when all is closed. */
export type Request =
  | { readonly jobs: readonly Job[]; readonly buffers: readonly ArrayBuffer[] }
  | 'close';

export interface Response {
  readonly answers: readonly Answer[];
  readonly buffers: readonly ArrayBuffer[];
}
