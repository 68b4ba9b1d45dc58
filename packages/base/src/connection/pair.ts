import { ByteQueue } from './byte-queue.ts';
import type { ByteConnection } from './connection.ts';

/** Two ends of one connection in memory, each holding at most `bytesMax` on the way. */
export function connectionPair(
  bytesMax: number = 256 * 1024,
): readonly [ByteConnection, ByteConnection] {
  const there = new ByteQueue(bytesMax);
  const back = new ByteQueue(bytesMax);
  return [end(back, there), end(there, back)];
}

function end(input: ByteQueue, output: ByteQueue): ByteConnection {
  return {
    head: new Uint8Array(0),
    input,
    write: (bytes) => output.put(bytes.slice()),
    end: () => output.end(),
    destroy() {
      output.end();
      input.end();
    },
  };
}
