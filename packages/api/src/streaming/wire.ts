import type { ByteConnection, Clock, Dialer, MessageConnection } from '@coxswain/base';
import type { HeaderCompression } from '@coxswain/base/spdy';
import type { RequestHeaders } from './request-head.ts';

/** What streaming needs of the machine it runs on. */
export interface StreamWire {
  readonly clock: Clock;
  readonly dial: Dialer;
  readonly headerCompression: () => HeaderCompression;
  readonly acceptWebSocket: (
    connection: ByteConnection,
    headers: RequestHeaders,
    protocol: string | undefined,
  ) => Promise<MessageConnection>;
}
