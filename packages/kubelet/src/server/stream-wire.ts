import type { StreamWire } from '@coxswain/api/streaming';
import type { Clock } from '@coxswain/base';
import { acceptWebSocket, headerCompression, httpCall } from '@coxswain/base/wire';

/** What sessions need of this machine. Runtimes' streaming servers are reached as they name themselves. */
export const streamWire = (clock: Clock): StreamWire => ({
  clock,
  dial: (call) => httpCall(call),
  headerCompression,
  acceptWebSocket,
});
