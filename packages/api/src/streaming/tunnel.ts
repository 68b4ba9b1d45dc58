import type { ByteConnection, MessageConnection } from '@coxswain/base';

/** The bytes that go through a websocket's messages, as the connection that they make. */
export function tunnelOf(messages: MessageConnection): ByteConnection {
  return {
    head: new Uint8Array(0),
    input: messages.input,
    write: (bytes) => messages.send(bytes),
    end: () => messages.end(),
    destroy: () => messages.destroy(),
  };
}
