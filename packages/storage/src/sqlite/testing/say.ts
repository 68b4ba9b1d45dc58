import { writeSync } from 'node:fs';

/** Writes the line before it returns: a stream would keep in memory what a slow reader has no room for, and a kill would lose it. */
export function say(line: string): void {
  let left = new TextEncoder().encode(`${line}\n`);
  while (left.length > 0)
    try {
      left = left.subarray(writeSync(1, left));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
}
