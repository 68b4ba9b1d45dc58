import type { IncomingMessage } from 'node:http';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { type ByteConnection, ByteQueue, type MessageConnection } from '../connection/index.ts';
import { duplexOf } from './duplex.ts';

/** Longest message that is taken. */
export const messageBytesMax: number = 32 * 1024 * 1024;
/** How much may be received and not read before the peer is made to wait. */
const unreadBytesMax = 1024 * 1024;

const server = new WebSocketServer({
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false,
  maxPayload: messageBytesMax,
});
/** What is answered to whom: names with a slash in them are not for `ws` to judge. */
const chosen = new WeakMap<IncomingMessage, string>();
server.on('headers', (headers, request) => {
  const protocol = chosen.get(request);
  if (protocol) headers.push(`Sec-WebSocket-Protocol: ${protocol}`);
});

/**
 * Shakes hands with a websocket client whose request came over `connection`, speaking `protocol` (undefined: none).
 * Rejects when the request is no good one; the client has then been told.
 */
export function acceptWebSocket(
  connection: ByteConnection,
  headers: Readonly<Record<string, string>>,
  protocol: string | undefined,
): Promise<MessageConnection> {
  const { 'sec-websocket-protocol': _offered, ...rest } = headers;
  const request = { method: 'GET', headers: rest } as unknown as IncomingMessage;
  if (protocol) chosen.set(request, protocol);
  const duplex = duplexOf(connection);
  return new Promise((resolve, reject) => {
    const gone = (): void => reject(new Error('the websocket handshake failed'));
    duplex.once('close', gone);
    server.handleUpgrade(request, duplex, Buffer.from(connection.head), (socket) => {
      duplex.off('close', gone);
      resolve(messagesOf(socket, protocol));
    });
  });
}

/** An open websocket as a connection of messages. */
export function messagesOf(
  socket: WebSocket,
  protocol: string = socket.protocol,
): MessageConnection {
  const unread = new ByteQueue(unreadBytesMax, () => {
    if (socket.isPaused && !unread.isFull) socket.resume();
  });
  // Empty messages say nothing in any protocol that is spoken here, and the queue passes them over.
  socket.on('message', (data: RawData) => {
    if (!unread.push(data as Buffer)) socket.pause();
  });
  socket.on('close', () => unread.end());
  socket.on('error', () => unread.end());
  const send = (message: Uint8Array | string): Promise<void> =>
    new Promise((resolve, reject) => {
      socket.send(message, { binary: typeof message !== 'string' }, (error) =>
        error ? reject(error) : resolve(),
      );
    });
  return {
    protocol,
    input: unread,
    send,
    sendText: send,
    end: () => socket.close(1000),
    destroy: () => socket.terminate(),
  };
}
