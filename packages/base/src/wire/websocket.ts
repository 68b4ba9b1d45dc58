import type { IncomingMessage } from 'node:http';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { type ByteConnection, ByteQueue, type MessageConnection } from '../connection/index.ts';
import { duplexOf } from './duplex.ts';

/** Longest message that is taken. */
const messageBytesMax = 32 * 1024 * 1024;
/** How much may be received and not read before the peer is made to wait. */
const unreadBytesMax = 1024 * 1024;

const server = new WebSocketServer({
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false,
  maxPayload: messageBytesMax,
  // Chosen by the caller, which leaves the choice as the only one that is offered.
  handleProtocols: ([first]) => first ?? false,
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
  const chosen = protocol ? { ...rest, 'sec-websocket-protocol': protocol } : rest;
  const request = { method: 'GET', headers: chosen } as unknown as IncomingMessage;
  const duplex = duplexOf(connection);
  return new Promise((resolve, reject) => {
    const gone = (): void => reject(new Error('the websocket handshake failed'));
    duplex.once('close', gone);
    server.handleUpgrade(request, duplex, Buffer.from(connection.head), (socket) => {
      duplex.off('close', gone);
      resolve(messagesOf(socket));
    });
  });
}

/** An open websocket as a connection of messages. */
export function messagesOf(socket: WebSocket): MessageConnection {
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
    protocol: socket.protocol,
    input: unread,
    send,
    sendText: send,
    end: () => socket.close(1000),
    destroy: () => socket.terminate(),
  };
}
