import type { FileHandle } from 'node:fs/promises';

const blockBytes = 64 * 1024;
const newline = 10;

/** Where the last `lines` lines of a file begin, found from its end. */
export async function tailStart(file: FileHandle, lines: number): Promise<number> {
  const { size } = await file.stat();
  const block = Buffer.allocUnsafe(Math.min(blockBytes, Math.max(size, 1)));
  // A newline ends its line: one more of them than lines are wanted stands before the first that is.
  let found = 0;
  for (let right = size; right > 0;) {
    const left = Math.max(0, right - block.length);
    const { bytesRead } = await file.read(block, 0, right - left, left);
    for (let at = bytesRead - 1; at >= 0; at--)
      if (block[at] === newline && ++found > lines) return left + at + 1;
    right = left;
  }
  return 0;
}
