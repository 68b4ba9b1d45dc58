import type { Author } from '../storage.ts';

/** What is told about one version of a key, in the same transaction as the version itself. */
export interface Record {
  readonly by: Author;
  readonly atMs: number;
  readonly removed: boolean;
  /** The value as it stands in etcd; empty for removals, forgotten keys and values past `recordedBytesMax`. */
  readonly stored: Uint8Array;
}

/** What a record's own name tells, so that trimming reads no values. */
export interface RecordName {
  readonly atMs: number;
  readonly bytes: number; // of the key and the value
  readonly removed: boolean;
}

/** Larger values leave no room for a second copy in one request of etcd. */
export const recordedBytesMax: number = 512 * 1024;

const separator = 0x0a;
const base = 36;

/** The end of a record's key. `chance` keeps records of one millisecond apart. */
export const nameRecord = ({ atMs, bytes, removed }: RecordName, chance: number): string =>
  [
    Math.round(atMs).toString(base),
    bytes.toString(base),
    removed ? 'r' : 'p',
    Math.floor(chance * 2 ** 40).toString(base),
  ].join('.');

/** Reads the end of a record's key; undefined for forgotten keys, whose one record has no name. */
export function readName(key: string): RecordName | undefined {
  const [at, bytes, type] = key.slice(key.lastIndexOf('\0') + 1).split('.');
  if (!at || !bytes || !type) return undefined;
  return {
    atMs: Number.parseInt(at, base),
    bytes: Number.parseInt(bytes, base),
    removed: type === 'r',
  };
}

/** A record as it stands in etcd: a line of JSON, then the value. */
export function encodeRecord({ by, atMs, removed, stored }: Record): Buffer {
  const { user, agent } = by;
  return Buffer.concat([
    Buffer.from(`${JSON.stringify({ user, agent, atMs, removed })}\n`),
    stored,
  ]);
}

export function decodeRecord(bytes: Uint8Array): Record {
  const end = bytes.indexOf(separator);
  const line = JSON.parse(Buffer.from(bytes.subarray(0, end)).toString()) as {
    user: string;
    agent: string;
    atMs: number;
    removed: boolean;
  };
  const { user, agent, atMs, removed } = line;
  return { by: { user, agent }, atMs, removed, stored: bytes.subarray(end + 1) };
}

/** A record in the line of its key. */
export interface Kept extends RecordName {
  readonly name: string; // its whole key
  readonly key: string;
  readonly revision: number;
}

/**
 * The records to let go of, where `kept` are all there are: those of versions that were replaced at or before `horizon`,
 * oldest first, beyond `bytesMax` or from before `oldestMs`; and removals that nothing is left before.
 */
export function recordsToDrop(
  kept: readonly Kept[],
  horizon: number,
  bytesMax: number,
  oldestMs: number,
): readonly string[] {
  const lines = Map.groupBy(kept, ({ key }) => key);
  const past: { readonly of: Kept; readonly by: Kept; readonly isLast: boolean }[] = [];
  for (const line of lines.values()) {
    line.sort((a, b) => a.revision - b.revision);
    for (const [i, by] of line.entries())
      if (i > 0 && by.revision <= horizon)
        past.push({ of: line[i - 1]!, by, isLast: i === line.length - 1 });
  }
  past.sort((a, b) => a.by.revision - b.by.revision);
  let bytes = past.reduce((sum, { of }) => sum + of.bytes, 0);
  const dropped: string[] = [];
  for (const { of, by, isLast } of past) {
    if (bytes <= bytesMax && by.atMs >= oldestMs) break;
    bytes -= of.bytes;
    dropped.push(of.name);
    if (by.removed && isLast) dropped.push(by.name);
  }
  return dropped;
}
