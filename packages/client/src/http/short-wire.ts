import type { Clock } from '@coxswain/base';
import { dial } from './dial.ts';
import { openWire } from './open-wire.ts';
import { SingleLine } from './single-line.ts';
import type { Server, Wire } from './wire.ts';

/** A wire for few requests: those that come one after the other share a line of HTTP/1.1, which is quick to start; what comes beside them goes by `openWire`. */
export function shortWire(server: Server, clock: Clock): Wire {
  const wide = openWire(server, clock);
  if (!server.url.startsWith('https:')) return wide;
  const closed = new AbortController();
  let line: SingleLine | undefined;
  let isTaken = false;
  return {
    async send(request) {
      if (isTaken || (line?.isOpen && !line.isFree)) return wide.send(request);
      isTaken = true;
      try {
        if (!line?.isOpen)
          line = new SingleLine(
            server.url,
            await dial(server, closed.signal, { protocols: ['http/1.1'], onStep: request.onStep }),
          );
        return await line.send(request);
      } finally {
        isTaken = false;
      }
    },
    [Symbol.dispose]() {
      closed.abort();
      line?.[Symbol.dispose]();
      wide[Symbol.dispose]();
    },
  };
}
