import type { Clock } from '@coxswain/base';
import { dial } from './dial.ts';
import { http1Wire } from './http1-wire.ts';
import { http2Wire } from './http2-wire.ts';
import type { Server, Wire } from './wire.ts';

/** A wire to `server` that connects with the first request and speaks what ALPN settles: HTTP/2, else HTTP/1.1. */
export function openWire(server: Server, clock: Clock): Wire {
  let wire: Wire | undefined = server.url.startsWith('https:') ? undefined : http1Wire(server);
  let choosing: Promise<Wire> | undefined;
  const closed = new AbortController();
  const choose = async (): Promise<Wire> => {
    const socket = await dial(server, closed.signal);
    if (socket.alpnProtocol === 'h2')
      return http2Wire(server.url, socket, () => dial(server, closed.signal), clock);
    socket.destroy();
    return http1Wire(server);
  };
  return {
    async send(request) {
      choosing ??= wire ? undefined : choose();
      try {
        wire ??= await choosing!;
      } finally {
        choosing = undefined;
      }
      return wire.send(request);
    },
    [Symbol.dispose]() {
      closed.abort();
      wire?.[Symbol.dispose]();
    },
  };
}
