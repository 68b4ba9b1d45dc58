import type { HttpAnswer, MessageConnection } from '@coxswain/base';
import { headerCompression, openWebSocket, outgoing } from '@coxswain/base/wire';
import type { StreamLocation, StreamWire } from '@coxswain/api/streaming';
import type { Server } from '@coxswain/client/http';
import type { OutgoingTrust } from '@coxswain/base';
import type { Session } from '../session/session.ts';

/** A path of the server with its query, asked to become a stream. */
export interface StreamTarget {
  readonly path: string;
  readonly query?: readonly (readonly [name: string, value: string])[];
}

/** Whom a server's description trusts, in the words of calls. */
export const trustOf = ({ ca, certificate, key, serverName, insecure }: Server): OutgoingTrust => ({
  ...{ ca, cert: certificate, key, serverName, insecure },
});

const targetOf = (base: string, { path, query = [] }: StreamTarget): string => {
  const search = new URLSearchParams(query.map(([name, value]) => [name, value])).toString();
  return `${base}${path}${search && `?${search}`}`;
};

/** Opens a websocket at the server. Rejects with WebSocketRefused where the server wants none. */
export async function connectWebSocket(
  session: Session,
  target: StreamTarget,
  protocols: readonly string[],
): Promise<MessageConnection> {
  const { server, base, headers } = await session.rest().reach('GET');
  const { origin } = new URL(server.url);
  return openWebSocket({
    url: `${origin.replace(/^http/, 'ws')}${targetOf(base, target)}`,
    ...{ headers, protocols, trust: trustOf(server), via: server.via },
    ...{ clock: session.world.clock, signal: session.signal },
  });
}

/** The same place as SPDY is asked for it, and what dialling there takes. */
export async function spdyPlace(
  session: Session,
  target: StreamTarget,
): Promise<{ readonly location: StreamLocation; readonly wire: StreamWire }> {
  const { server, base, headers } = await session.rest().reach('POST');
  const carry = outgoing(server.via);
  return {
    location: { url: new URL(server.url), target: targetOf(base, target) },
    wire: {
      clock: session.world.clock,
      headerCompression,
      dial: (call): Promise<HttpAnswer> =>
        carry({ ...call, headers: [...call.headers, ...headers], trust: trustOf(server) }),
      acceptWebSocket: () => Promise.reject(new Error('nobody connects to a client')),
    },
  };
}
