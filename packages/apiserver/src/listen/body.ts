import type { Readable } from 'node:stream';
import { ApiError } from '@coxswain/api';
import { clientHasLeft } from './request.ts';

/** A request's body: read whole, or handed on piece by piece. */
export interface IncomingBody extends AsyncIterable<Uint8Array> {
  /** The whole, of at most `bytesMax`; 413 when it is longer. */
  read(bytesMax: number): Promise<Uint8Array>;
}

/** The body that `stream` brings. */
export const bodyOf = (stream: Readable): IncomingBody => ({
  read: (bytesMax) => readAll(stream, bytesMax),
  [Symbol.asyncIterator]: () => stream[Symbol.asyncIterator](),
});

/** By the stream's events, which cost less than its iterator. */
function readAll(stream: Readable, bytesMax: number): Promise<Uint8Array> {
  if (stream.readableEnded) return Promise.resolve(new Uint8Array());
  if (stream.destroyed) return Promise.reject(clientHasLeft);
  return new Promise((resolve, reject) => {
    const parts: Uint8Array[] = [];
    let size = 0;
    const take = (chunk: Uint8Array): void => {
      size += chunk.length;
      if (size <= bytesMax) return void parts.push(chunk);
      stream.off('data', take);
      stream.resume();
      reject(tooLarge(bytesMax));
    };
    stream.on('data', take);
    stream.once('end', () => resolve(parts.length === 1 ? parts[0]! : Buffer.concat(parts, size)));
    stream.once('error', reject);
    stream.once('close', () => reject(clientHasLeft));
  });
}

/** The answer to a body that is longer than may be. */
export const tooLarge = (bytesMax: number): ApiError =>
  new ApiError(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${bytesMax}`);
