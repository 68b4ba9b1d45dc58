import { watch } from 'node:fs';
import { type FileHandle, open, realpath, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { PodLogOptions } from '@coxswain/api/types/core-v1';
import type { Clock } from '@coxswain/base';
import { parseEntry } from './entry.ts';
import { LogSelection } from './selection.ts';
import { tailStart } from './tail.ts';

export interface LogReading {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Whether the container may still write. */
  readonly isRunning: () => Promise<boolean>;
}

const readBytes = 64 * 1024;
/** Longest line of a log: runtimes cut theirs far sooner. */
const lineBytesMax = 4 * 1024 * 1024;
/** Upstream's period of looking anew, should a change go unnoticed. */
const lookMs = 1_000;
const newline = 10;

/**
 * What a CRI log file holds, as the options want it, in pieces of a good size. While it is followed, rotation is followed
 * too; it ends when the container has ended and all is read.
 */
export async function* readLogFile(
  path: string,
  options: PodLogOptions,
  reading: LogReading,
): AsyncGenerator<Uint8Array, void> {
  const real = await realpath(path).catch((cause: Error) => {
    const why = `failed to try resolving symlinks in path ${JSON.stringify(path)}`;
    throw new Error(`${why}: lstat ${path}: no such file or directory`, { cause });
  });
  const selection = new LogSelection(options, reading.clock.now());
  let file = await open(real);
  const changes = options.follow ? followed(real, reading) : undefined;
  try {
    const start = options.tailLines === undefined ? 0 : await tailStart(file, options.tailLines);
    let lines = new LineReader(file, start);
    for (;;) {
      const isLast = !changes || !(await reading.isRunning());
      for await (const piece of lines.read(selection, isLast)) yield piece;
      if (selection.isDone || reading.signal.aborted) return;
      if (changes && (await isReplaced(file, real))) {
        const next = await open(real);
        // What was written between the last look and the rotation.
        for await (const piece of lines.read(selection, true)) yield piece;
        await file.close();
        file = next;
        lines = new LineReader(file, 0);
        continue;
      }
      if (isLast) return;
      await changes!.next();
    }
  } finally {
    changes?.[Symbol.dispose]();
    await file.close();
  }
}

/** Reads whole lines from a place in a file on, as far as it goes. */
class LineReader {
  readonly #file: FileHandle;
  readonly #block = Buffer.allocUnsafe(readBytes);
  #at: number;
  #held: Uint8Array = new Uint8Array(0);

  constructor(file: FileHandle, at: number) {
    this.#file = file;
    this.#at = at;
  }

  /** All lines up to the present end; `isLast`: a line without its end counts too. */
  async *read(selection: LogSelection, isLast: boolean): AsyncGenerator<Uint8Array, void> {
    for (;;) {
      const { bytesRead } = await this.#file.read(this.#block, 0, readBytes, this.#at);
      this.#at += bytesRead;
      const out: Uint8Array[] = [];
      if (bytesRead > 0) this.#cut(this.#block.subarray(0, bytesRead), selection, out);
      else if (isLast && this.#held.length > 0) {
        take(this.#held, selection, out);
        this.#held = new Uint8Array(0);
      }
      // A copy: the block is read into again.
      if (out.length > 0) yield Buffer.concat(out);
      if (bytesRead === 0 || selection.isDone) return;
    }
  }

  #cut(bytes: Uint8Array, selection: LogSelection, out: Uint8Array[]): void {
    let from = 0;
    for (;;) {
      const end = bytes.indexOf(newline, from);
      if (end < 0) break;
      const line = bytes.subarray(from, end + 1);
      take(this.#held.length > 0 ? Buffer.concat([this.#held, line]) : line, selection, out);
      this.#held = new Uint8Array(0);
      from = end + 1;
    }
    this.#held = Buffer.concat([this.#held, bytes.subarray(from)]);
    if (this.#held.length > lineBytesMax)
      throw new Error(`a line of the log is longer than ${lineBytesMax} bytes`);
  }
}

/** Lines that are none of a log are passed over, as upstream has it. */
function take(line: Uint8Array, selection: LogSelection, out: Uint8Array[]): void {
  const entry = parseEntry(line);
  if (entry) selection.take(entry, out);
}

async function isReplaced(file: FileHandle, path: string): Promise<boolean> {
  const now = await stat(path).catch(() => undefined);
  return now !== undefined && now.ino !== (await file.stat()).ino;
}

/** Changes around a file. `next` resolves at once when something has changed since it last did. */
function followed(
  path: string,
  { clock, signal }: LogReading,
): Disposable & { next(): Promise<void> } {
  const name = basename(path);
  let isChanged = false;
  let wake: (() => void) | undefined;
  const changed = (): void => {
    isChanged = true;
    wake?.();
  };
  const watcher = watch(dirname(path), (_, changedName) => {
    if (changedName === null || changedName === name) changed();
  });
  watcher.on('error', changed);
  signal.addEventListener('abort', changed);
  return {
    async next() {
      if (!isChanged) {
        using _timer = clock.after(lookMs, changed);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      isChanged = false;
    },
    [Symbol.dispose]() {
      watcher.close();
      signal.removeEventListener('abort', changed);
    },
  };
}
