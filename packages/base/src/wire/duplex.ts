import type { Socket } from 'node:net';
import { Duplex, type Writable } from 'node:stream';
import { type ByteConnection, ByteQueue } from '../connection/index.ts';

/** How much may be received and not read before the peer is made to wait. */
const unreadBytesMax = 256 * 1024;

/** A socket as a connection. */
export function connectionOf(socket: Duplex, head: Uint8Array): ByteConnection {
  // A peer that breaks off is seen where it is read or written.
  socket.on('error', () => socket.destroy());
  const isRefused = outliveRefusal(socket);
  return {
    head,
    input: chunksOf(socket),
    async write(bytes) {
      if (socket.destroyed || isRefused()) throw new Error('the connection is closed');
      if (!socket.write(bytes)) await room(socket);
    },
    end: () => close(socket),
    destroy: () => void socket.destroy(),
  };
}

/**
 * A peer that has closed takes no more, and with the first write that fails a socket of Node's is destroyed, and what the
 * peer said before and nobody has read yet is gone. Here it lives until that is read, as the kernel still has it. Tells
 * whether it takes no more.
 */
function outliveRefusal(socket: Duplex): () => boolean {
  let isRefused = false;
  const destroy = socket.destroy.bind(socket);
  const push = socket.push.bind(socket);
  socket.destroy = (error?: NodeJS.ErrnoException) => {
    if (socket.readableEnded || isRefused || error?.syscall !== 'write') return destroy(error);
    isRefused = true;
    while (socket.read() !== null);
    socket._read(0);
    return socket;
  };
  // A stream that has failed takes nothing more from its socket by itself.
  socket.push = (chunk: Uint8Array | null, encoding?: BufferEncoding) => {
    if (!isRefused) return push(chunk, encoding);
    if (chunk) socket.emit('data', chunk);
    else destroy();
    return true;
  };
  return () => isRefused;
}

/** Resolves when `stream` takes more, or nothing any more. */
export function room(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      stream.off('drain', done);
      stream.off('close', done);
      resolve();
    };
    stream.on('drain', done);
    stream.on('close', done);
  });
}

/**
 * What a socket reads, until its end, or its breaking off: the difference says nothing about what was meant. A stream's own
 * iterator would drop what came right before a reset, which may be a server's last words.
 */
async function* chunksOf(socket: Duplex): AsyncGenerator<Uint8Array, void> {
  const unread = new ByteQueue(unreadBytesMax, () => {
    if (!unread.isFull) socket.resume();
  });
  const take = (chunk: Uint8Array): void => {
    if (!unread.push(chunk)) socket.pause();
  };
  const end = (): void => unread.end();
  socket.on('data', take).once('end', end).once('close', end).resume();
  if (socket.destroyed || socket.readableEnded) end();
  try {
    yield* unread;
  } finally {
    socket.off('data', take).off('end', end).off('close', end).pause();
  }
}

function close(socket: Duplex): void {
  if ('destroySoon' in socket) (socket as Socket).destroySoon();
  else socket.end(() => socket.destroy());
}

/** A connection as Node's streams want it. */
export function duplexOf(connection: ByteConnection): Duplex {
  const input = connection.input[Symbol.asyncIterator]();
  const duplex = new Duplex({
    read() {
      input.next().then(
        ({ done, value }) => duplex.push(done ? null : value),
        (error: Error) => duplex.destroy(error),
      );
    },
    write(chunk: Uint8Array, _encoding, done) {
      connection.write(chunk).then(() => done(), done);
    },
    final(done) {
      connection.end();
      done();
    },
    destroy(error, done) {
      connection.destroy();
      done(error);
    },
  });
  return duplex;
}
