import { ByteQueue } from './byte-queue.ts';
import type { ByteConnection, MessageConnection } from './connection.ts';

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

/** Two ends of one connection of messages in memory. */
export function messagePair(
  bytesMax: number = 256 * 1024,
): readonly [MessageConnection, MessageConnection] {
  const [near, far] = connectionPair(bytesMax);
  return [messages(near), messages(far)];
}

/** Each write to an end in memory is read as it was written. */
const messages = ({ input, write, end, destroy }: ByteConnection): MessageConnection => ({
  ...{ protocol: '', input, send: write, end, destroy },
  sendText: (message) => write(new TextEncoder().encode(message)),
});
