import type { TLSSocket } from 'node:tls';
import type { Clock } from '@coxswain/base';
import { Session } from './session.ts';
import type { Wire } from './wire.ts';

/** Connections that one client opens at most; each carries as many streams as the server allows. */
const sessionsMax = 64;

/** Many streams over few connections; a further connection when all are full, a fresh one after GOAWAY. */
export function http2Wire(
  url: string,
  first: TLSSocket,
  dial: (signal: AbortSignal) => Promise<TLSSocket>,
  clock: Clock,
): Wire {
  let sessions: Session[] = [new Session(url, first, clock)];
  let opening: Promise<void> | undefined;
  const open = async (signal: AbortSignal): Promise<void> => {
    const socket = await dial(signal);
    sessions = [...sessions.filter((session) => session.usable), new Session(url, socket, clock)];
  };
  return {
    async send(request) {
      for (;;) {
        request.signal.throwIfAborted();
        const session =
          sessions.find((each) => each.hasRoom) ??
          (sessions.length >= sessionsMax ? sessions.find((each) => each.usable) : undefined);
        if (session) return session.send(request);
        opening ??= open(request.signal).finally(() => {
          opening = undefined;
        });
        await opening;
      }
    },
    [Symbol.dispose]() {
      for (const session of sessions) session[Symbol.dispose]();
      sessions = [];
    },
  };
}
