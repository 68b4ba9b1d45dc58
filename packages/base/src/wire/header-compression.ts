import { constants, createDeflate, createInflate, type Deflate, type Inflate } from 'node:zlib';
import { headerDictionary, type HeaderCompression, SpdyProtocolError } from '../spdy/index.ts';

/** Longest header block, expanded. */
const blockBytesMax = 256 * 1024;

/** Header compression of one SPDY session: zlib with SPDY's dictionary, each block flushed. */
export function headerCompression(): HeaderCompression {
  const options = { dictionary: headerDictionary, flush: constants.Z_SYNC_FLUSH };
  const deflater = turned(createDeflate(options));
  const inflater = turned(createInflate(options));
  return {
    deflate: deflater.turn,
    inflate: inflater.turn,
    close() {
      deflater.close();
      inflater.close();
    },
  };
}

/** A zlib stream as a function: all that one block gives. Calls must not overlap. */
function turned(stream: Deflate | Inflate): {
  turn: (block: Uint8Array) => Promise<Uint8Array>;
  close: () => void;
} {
  let pieces: Uint8Array[] = [];
  let size = 0;
  let fail: ((error: Error) => void) | undefined;
  stream.on('data', (piece: Uint8Array) => {
    pieces.push(piece);
    size += piece.length;
    if (size > blockBytesMax) stream.destroy(new Error(`longer than ${blockBytesMax} bytes`));
  });
  stream.on('error', (error) => fail?.(error));
  stream.on('close', () => fail?.(new Error('closed')));
  const turn = (block: Uint8Array): Promise<Uint8Array> =>
    new Promise((resolve, reject) => {
      fail = (cause) => reject(new SpdyProtocolError('a header block is broken', { cause }));
      stream.write(block, (error) => {
        // After `destroy` zlib calls back as if all were well; `error` follows.
        if (error || stream.destroyed) return;
        const whole = Buffer.concat(pieces, size);
        pieces = [];
        size = 0;
        resolve(whole);
      });
    });
  return { turn, close: () => stream.destroy() };
}
