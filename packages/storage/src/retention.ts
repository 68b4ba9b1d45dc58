/** How much is kept beyond the current state. */
export interface Retention {
  /** Bytes of keys and values behind the watch horizon; the oldest go first. */
  readonly historyBytesMax: number;
  /** How long a value is kept after it was replaced or removed. */
  readonly historyAgeMaxMs: number;
  /** Keys under these prefixes keep no history. */
  readonly forgotten: readonly string[];
  /** Revisions between the watch horizon and the newest; past it, the horizon moves by itself. */
  readonly watchRevisionsMax: number;
}

/** A day of history in at most 64 MiB, and room for five minutes of watch at some 800 writes a second. */
export const defaultRetention: Retention = {
  historyBytesMax: 64 * 2 ** 20,
  historyAgeMaxMs: 24 * 60 * 60 * 1000,
  forgotten: [],
  watchRevisionsMax: 250_000,
};
