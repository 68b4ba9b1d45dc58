import { parseInstant } from '@coxswain/api';
import type { PodLogOptions } from '@coxswain/api/types/core-v1';
import type { LogEntry } from './entry.ts';

const newline = 10;
const encoder = new TextEncoder();

/** Which entries of a log are wanted, and how they are written. */
export class LogSelection {
  readonly #since: { readonly seconds: number; readonly nanos: number } | undefined;
  readonly #timestamps: boolean;
  #bytesLeft: number;
  #isNewLine = true;

  constructor(options: PodLogOptions, nowMs: number) {
    this.#since = sinceOf(options, nowMs);
    this.#timestamps = options.timestamps === true;
    this.#bytesLeft = options.limitBytes ?? Number.POSITIVE_INFINITY;
  }

  /** No more may be written. */
  get isDone(): boolean {
    return this.#bytesLeft <= 0;
  }

  /** Adds to `out` what is written for `entry`. */
  take(entry: LogEntry, out: Uint8Array[]): void {
    const startsLine = this.#isNewLine;
    this.#isNewLine = entry.bytes.length === 0 || entry.bytes.at(-1) === newline;
    if (this.isDone || this.#isBefore(entry)) return;
    if (this.#timestamps && startsLine) this.#write(encoder.encode(`${entry.time} `), out);
    this.#write(entry.bytes, out);
  }

  #write(bytes: Uint8Array, out: Uint8Array[]): void {
    const cut = bytes.length > this.#bytesLeft ? bytes.subarray(0, this.#bytesLeft) : bytes;
    this.#bytesLeft -= cut.length;
    if (cut.length > 0) out.push(cut);
  }

  #isBefore({ seconds, nanos }: LogEntry): boolean {
    const since = this.#since;
    if (!since) return false;
    return seconds < since.seconds || (seconds === since.seconds && nanos < since.nanos);
  }
}

function sinceOf(
  { sinceSeconds, sinceTime }: PodLogOptions,
  nowMs: number,
): { readonly seconds: number; readonly nanos: number } | undefined {
  if (sinceTime) return parseInstant(sinceTime);
  if (sinceSeconds === undefined) return undefined;
  const atMs = nowMs - sinceSeconds * 1000;
  return { seconds: Math.floor(atMs / 1000), nanos: (atMs % 1000) * 1_000_000 };
}
