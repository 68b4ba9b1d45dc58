import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import type { Clock } from '../clock/clock.ts';
import type { HttpHeader, MessageConnection, OutgoingTrust } from '../connection/index.ts';
import { connectionVia, type Via } from './via-proxy.ts';
import { messageBytesMax, messagesOf } from './websocket.ts';

/** Client-go's signs of life: how often one is asked for, and how long none may come. */
const pingMs = 5_000;
const silenceMsMax = 61_000;
/** Longest refusal that is read. */
const refusalBytesMax = 64 * 1024;

/** A websocket to be opened at `url` (`ws:` or `wss:`), offering `protocols`, best first. */
export interface WebSocketCall {
  readonly url: string;
  readonly headers: readonly HttpHeader[];
  readonly protocols: readonly string[];
  readonly trust: OutgoingTrust;
  readonly via?: Via | undefined;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** The server has answered, but not with a websocket. */
export class WebSocketRefused extends Error {
  readonly status: number;
  constructor(status: number, body: string) {
    super(body);
    this.name = 'WebSocketRefused';
    this.status = status;
  }
}

/** Opens a websocket and keeps it alive. Rejects with WebSocketRefused when the server wants none. */
export function openWebSocket(call: WebSocketCall): Promise<MessageConnection> {
  const { trust, signal } = call;
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    // `ws` judges names by a narrower rule than Kubernetes, so they travel past it.
    let protocol = '';
    const socket = new WebSocket(call.url, {
      headers: Object.fromEntries([
        ...call.headers,
        ['Sec-WebSocket-Protocol', call.protocols.join(', ')],
      ]),
      perMessageDeflate: false,
      ...(call.via && { createConnection: connectionVia(call.via, call.url.startsWith('wss:')) }),
      maxPayload: messageBytesMax,
      ...(trust.ca !== undefined && { ca: trust.ca }),
      ...(trust.cert !== undefined && { cert: trust.cert }),
      ...(trust.key !== undefined && { key: trust.key }),
      ...(trust.serverName !== undefined && { servername: trust.serverName }),
      rejectUnauthorized: trust.insecure !== true,
    });
    const stop = (): void => {
      socket.terminate();
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', stop, { once: true });
    socket.on('close', () => signal.removeEventListener('abort', stop));
    socket.on('upgrade', (answer) => {
      protocol = answer.headers['sec-websocket-protocol'] ?? '';
      delete answer.headers['sec-websocket-protocol'];
    });
    socket.on('unexpected-response', (request, answer) => {
      void refusalOf(answer).then((error) => {
        request.destroy();
        reject(error);
      }, reject);
    });
    socket.on('error', reject);
    socket.on('open', () => {
      keepAlive(socket, call.clock);
      resolve(messagesOf(socket, protocol));
    });
  });
}

async function refusalOf(answer: IncomingMessage): Promise<WebSocketRefused> {
  let body = '';
  for await (const chunk of answer.setEncoding('utf8')) {
    body += chunk as string;
    if (body.length > refusalBytesMax) break;
  }
  return new WebSocketRefused(answer.statusCode ?? 0, body);
}

function keepAlive(socket: WebSocket, clock: Clock): void {
  let heardAtMs = clock.now();
  let timer: Disposable;
  const beat = (): void => {
    if (clock.now() - heardAtMs > silenceMsMax) socket.terminate();
    else socket.ping();
    timer = clock.after(pingMs, beat);
  };
  timer = clock.after(pingMs, beat);
  socket.on('pong', () => (heardAtMs = clock.now()));
  socket.on('message', () => (heardAtMs = clock.now()));
  socket.on('close', () => timer[Symbol.dispose]());
}
