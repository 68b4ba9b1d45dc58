import { badRequest } from '@coxswain/api';
import { type RequestHeaders, webSocketProtocols } from '@coxswain/api/streaming';
import type { Response } from '../chain/station.ts';
import type { ConnectWire } from './wire-needs.ts';

/** What readers of a stream over a websocket may ask for: bytes as they are, or as text in base64. */
const served = ['binary.k8s.io', 'base64.binary.k8s.io'];

/** A log as messages of a websocket. */
export function webSocketLog(
  headers: RequestHeaders,
  log: AsyncIterable<Uint8Array>,
  wire: ConnectWire,
): Response {
  const offered = webSocketProtocols(headers);
  const protocol = offered.find((each) => served.includes(each));
  if (offered.length > 0 && protocol === undefined)
    throw badRequest(`requested protocol(s) are not supported: [${offered.join(' ')}]`);
  return {
    as: 'upgrade',
    async accept(connection) {
      const messages = await wire.acceptWebSocket(connection, headers, protocol);
      // The client has nothing to say but its leave.
      void (async () => {
        for await (const _ of messages.input) continue;
        connection.destroy();
      })();
      const isText = protocol === 'base64.binary.k8s.io';
      for await (const piece of log)
        await (isText ? messages.sendText(piece.toBase64()) : messages.send(piece));
      messages.end();
    },
  };
}
