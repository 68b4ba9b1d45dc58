import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import type { ByteConnection, Clock } from '@coxswain/base';
import { connectionOf } from '@coxswain/base/wire';
import type { ApiServer } from '../server.ts';
import { type Answer, answer } from './answer.ts';
import { bodyOf } from './body.ts';
import { chunks, join, packed, room } from './pack.ts';
import { clientHasLeft, type Incoming, peerOf } from './request.ts';

/** Serves the requests of `http1`; upgrades get the connection itself. */
export function serveHttp1(http1: Server, server: ApiServer, stopping: AbortSignal): void {
  const log = server.engine.world.log.named('listen');
  http1.on('request', (message, response) => {
    serve(server, message, response, stopping).catch((error: unknown) => {
      log.error('an answer could not be written', error);
      response.destroy();
    });
  });
  http1.on(
    'upgrade',
    (message, socket, head) =>
      void upgrade(server, message, socket, head, stopping).catch((error: unknown) => {
        log.error('an upgrade could not be answered', error);
        socket.destroy();
      }),
  );
  http1.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const code = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : 400;
    if (!socket.writable || error.code === 'ECONNRESET') socket.destroy();
    else socket.end(`HTTP/1.1 ${code} ${STATUS_CODES[code]}\r\nConnection: close\r\n\r\n`);
  });
}

async function serve(
  server: ApiServer,
  message: IncomingMessage,
  response: ServerResponse,
  stopping: AbortSignal,
): Promise<void> {
  const gone = new AbortController();
  response.on('close', () => gone.abort(clientHasLeft));
  const reply = await answer(server, incomingOf(message, gone.signal));
  if ('as' in reply) {
    // Asked without `Connection: Upgrade`.
    response.writeHead(400).end('Upgrade request required\n');
    return;
  }
  const headers: Record<string, string | string[]> = {
    ...(reply.headers as Record<string, string | string[]>),
  };
  if (reply.warnings.length > 0) headers.warning = [...reply.warnings];
  if (stopping.aborted) headers.connection = 'close';
  const { clock, network = clock } = server.engine.world;
  await write(response, reply, headers, network);
}

async function write(
  response: ServerResponse,
  reply: Answer,
  headers: Record<string, string | string[]>,
  clock: Clock,
): Promise<void> {
  if (Array.isArray(reply.body)) {
    const pieces = reply.body as readonly Uint8Array[];
    headers['content-length'] = String(pieces.reduce((sum, piece) => sum + piece.length, 0));
    response.writeHead(reply.code, headers);
    let last: Buffer | undefined;
    for (const chunk of chunks(pieces)) {
      if (response.destroyed) return;
      if (last && !response.write(last)) await room(response, clock);
      last = chunk;
    }
    response.end(last);
    return;
  }
  response.writeHead(reply.code, headers).flushHeaders();
  try {
    for await (const chunk of packed(reply.body as AsyncIterable<readonly Uint8Array[]>)) {
      if (response.destroyed) break;
      if (!response.write(chunk)) await room(response, clock);
    }
    response.end();
  } catch {
    // What was begun cannot be finished: the client must not take it for whole.
    response.destroy();
  }
}

function incomingOf(message: IncomingMessage, signal: AbortSignal): Incoming {
  return {
    method: message.method ?? 'GET',
    target: message.url ?? '/',
    headers: message.headers as Record<string, string>,
    peer: peerOf(message.socket as TLSSocket),
    signal,
    body: bodyOf(message),
  };
}

async function upgrade(
  server: ApiServer,
  message: IncomingMessage,
  socket: Duplex,
  head: Uint8Array,
  stopping: AbortSignal,
): Promise<void> {
  const gone = new AbortController();
  socket.on('close', () => gone.abort(clientHasLeft));
  socket.on('error', () => socket.destroy());
  const signal = AbortSignal.any([gone.signal, stopping]);
  const reply = await answer(server, incomingOf(message, signal));
  const connection = connectionOf(socket, head);
  try {
    if ('as' in reply) {
      cutWith(stopping, socket);
      await reply.accept(connection);
    } else await refuse(connection, reply);
  } catch {
    // The client has left, or broken the protocol.
    connection.destroy();
  }
}

/** Sessions have no end of their own that a stopping server could wait for. */
function cutWith(stopping: AbortSignal, socket: Duplex): void {
  const cut = (): void => void socket.destroy();
  stopping.addEventListener('abort', cut);
  socket.on('close', () => stopping.removeEventListener('abort', cut));
}

/** A plain answer to who has asked for another protocol; the connection is of no further use. */
async function refuse(connection: ByteConnection, { code, headers, body }: Answer): Promise<void> {
  const lines = Object.entries(headers)
    .filter(([name]) => name !== 'content-length')
    .flatMap(([name, values]) => [values].flat().map((value) => `${name}: ${value}\r\n`));
  const head = `HTTP/1.1 ${code} ${STATUS_CODES[code] ?? ''}\r\n${lines.join('')}connection: close\r\n\r\n`;
  await connection.write(Buffer.from(head));
  if (Array.isArray(body)) await connection.write(join(body as readonly Uint8Array[]));
  else
    for await (const chunk of packed(body as AsyncIterable<readonly Uint8Array[]>))
      await connection.write(chunk);
  connection.end();
}
