import { Compacted, FutureRevision, type Revision } from '../storage.ts';

/** The file is not a store of ours, or one of a newer version. */
export class StoreVersionError extends Error {
  override readonly name = 'StoreVersionError';
}

/** The file is damaged: it does not hold what was once written to it. */
export class StoreDamagedError extends Error {
  override readonly name = 'StoreDamagedError';
}

/** The disk is full: this write was not done. Reads go on, and so do writes once there is room. */
export class StoreFullError extends Error {
  override readonly name = 'StoreFullError';
}

/** Another process has the file open. */
export class StoreLockedError extends Error {
  override readonly name = 'StoreLockedError';
}

/** The disk failed, so that it is unknown what is on it: nothing more is written until the store is opened again. */
export class StoreFailedError extends Error {
  override readonly name = 'StoreFailedError';
}

/** An error as it travels from the worker. */
export interface Failure {
  readonly kind: 'compacted' | 'damaged' | 'failed' | 'full' | 'future' | 'locked' | 'version';
  readonly message: string;
  readonly revision?: Revision;
}

const classes = {
  damaged: StoreDamagedError,
  failed: StoreFailedError,
  full: StoreFullError,
  locked: StoreLockedError,
  version: StoreVersionError,
} as const;

/** SQLite's primary result codes that have a name of ours. */
const kinds: Readonly<Record<number, Failure['kind']>> = {
  5: 'locked', // SQLITE_BUSY
  6: 'locked', // SQLITE_LOCKED
  11: 'damaged', // SQLITE_CORRUPT
  13: 'full', // SQLITE_FULL
  26: 'damaged', // SQLITE_NOTADB
};

export function failureOf(error: unknown): Failure {
  if (error instanceof Compacted)
    return { kind: 'compacted', message: error.message, revision: error.horizon };
  if (error instanceof FutureRevision)
    return { kind: 'future', message: error.message, revision: error.current };
  const message = error instanceof Error ? error.message : String(error);
  for (const [kind, type] of Object.entries(classes))
    if (error instanceof type) return { kind: kind as keyof typeof classes, message };
  const code = ((error as { errcode?: number }).errcode ?? 0) & 0xff;
  return { kind: kinds[code] ?? 'failed', message };
}

export function errorOf({ kind, message, revision }: Failure): Error {
  if (kind === 'compacted') return new Compacted(revision!);
  if (kind === 'future') return new FutureRevision(revision!);
  return new classes[kind](message);
}
