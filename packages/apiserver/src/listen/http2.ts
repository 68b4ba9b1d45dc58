import type { Http2Server, IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import type { Clock } from '@coxswain/base';
import type { ApiServer } from '../server.ts';
import { answer } from './answer.ts';
import { lentChunks, packed, room } from './pack.ts';
import { clientHasLeft, type Incoming, type Peer, peerOf } from './request.ts';

/** Serves the streams of `http2`. */
export function serveHttp2(http2: Http2Server, server: ApiServer, _stopping: AbortSignal): void {
  const log = server.engine.world.log.named('listen');
  const peers = new WeakMap<object, Peer>();
  http2.on('stream', (stream: ServerHttp2Stream, headers) => {
    const { session } = stream;
    if (!session || session.destroyed) return void stream.destroy();
    let peer = peers.get(session);
    if (!peer) peers.set(session, (peer = peerOf(session.socket as TLSSocket)));
    serve(server, stream, headers, peer).catch((error: unknown) => {
      log.error('an answer could not be written', error);
      stream.destroy();
    });
  });
  http2.on('sessionError', () => {
    // The session is gone, and its streams with it.
  });
}

async function serve(
  server: ApiServer,
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  peer: Peer,
): Promise<void> {
  const { clock } = server.engine.world;
  const gone = new AbortController();
  // Whoever has the whole answer has left nothing behind that should end.
  let isWritten = false;
  stream.on('close', () => isWritten || gone.abort(clientHasLeft));
  stream.on('error', () => stream.destroy());
  const reply = await answer(server, incomingOf(stream, headers, peer, gone.signal));
  if (stream.destroyed || stream.closed) return;
  if ('as' in reply) {
    stream.respond({ ':status': 400 });
    stream.end('Upgrade request required\n');
    return;
  }
  const head = {
    ':status': reply.code,
    ...reply.headers,
    ...(reply.warnings.length > 0 ? { warning: reply.warnings.join(', ') } : {}),
  };
  if (reply.code === 304 || headers[':method'] === 'HEAD') {
    stream.respond(head, { endStream: true });
    return;
  }
  stream.respond(head);
  if (Array.isArray(reply.body)) {
    await writeAll(stream, reply.body as readonly Uint8Array[], clock);
    isWritten = true;
  } else {
    try {
      for await (const chunk of packed(reply.body as AsyncIterable<readonly Uint8Array[]>))
        if (!(await write(stream, chunk, clock))) break;
      stream.end();
    } catch {
      // What was begun cannot be finished: the client must not take it for whole.
      stream.destroy();
    }
  }
}

/** One chunk waits while the one before is written, so that the last can end the stream. */
async function writeAll(
  stream: ServerHttp2Stream,
  pieces: readonly Uint8Array[],
  clock: Clock,
): Promise<void> {
  let last: Buffer | undefined;
  for (const chunk of lentChunks(pieces)) {
    if (last && !(await write(stream, last, clock))) return;
    last = chunk;
  }
  stream.end(last);
}

/** Waits until there is room for more; false when nobody reads any longer. */
async function write(stream: ServerHttp2Stream, chunk: Buffer, clock: Clock): Promise<boolean> {
  if (stream.destroyed || stream.closed) return false;
  if (!stream.write(chunk)) await room(stream, clock);
  return !stream.destroyed;
}

function incomingOf(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  peer: Peer,
  signal: AbortSignal,
): Incoming {
  return {
    method: headers[':method'] ?? 'GET',
    target: headers[':path'] ?? '/',
    headers: headers as Record<string, string>,
    peer,
    signal,
    body: stream,
  };
}
