import type { Writable } from 'node:stream';
import type { Clock } from '@coxswain/base';

/** Most bytes gathered for one write to a socket. */
const chunkBytesMax = 256 * 1024;

/** The pieces as one. */
export function join(pieces: readonly Uint8Array[]): Buffer {
  if (pieces.length === 1 && Buffer.isBuffer(pieces[0])) return pieces[0];
  return Buffer.concat(pieces);
}

/** The pieces in few buffers of a good size for writing; a batch is never held back for the next. */
export async function* packed(
  batches: AsyncIterable<readonly Uint8Array[]>,
): AsyncGenerator<Buffer, void> {
  for await (const pieces of batches) yield* chunks(pieces);
}

/** Cuts a long row of pieces into chunks of a good size. */
export function* chunks(pieces: readonly Uint8Array[]): Generator<Buffer, void> {
  let from = 0;
  let size = 0;
  for (let i = 0; i < pieces.length; i++) {
    size += pieces[i]!.length;
    if (size < chunkBytesMax) continue;
    yield joined(pieces.slice(from, i + 1), size);
    from = i + 1;
    size = 0;
  }
  if (from < pieces.length) yield joined(pieces.slice(from), size);
}

/** One piece alone is not copied: it may be shared by many who watch. */
function joined(pieces: readonly Uint8Array[], size: number): Buffer {
  const [first] = pieces;
  if (pieces.length > 1 || !first) return Buffer.concat(pieces, size);
  return Buffer.from(first.buffer, first.byteOffset, size);
}

/** How long a client may read nothing of what waits for it. */
export const stallMs = 60_000;

/** Resolves when `stream` takes more, or is closed; a client that has long read nothing is cut off. */
export function room(stream: Writable, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const stalled = clock.after(stallMs, () => stream.destroy());
    const done = (): void => {
      stalled[Symbol.dispose]();
      stream.off('drain', done);
      stream.off('close', done);
      resolve();
    };
    stream.on('drain', done);
    stream.on('close', done);
  });
}
