import { type ByteConnection, headerOf, type HttpHeader, pipe } from '@coxswain/base';
import { ApiError } from '../status/index.ts';
import { commandProtocols, protocolHeader, type StreamOptions, tunnelPrefix } from './names.ts';
import { type RequestHeaders, tunnelledProtocols, wantsStreamClose } from './request-head.ts';
import { bodyOf, callSpdy, isSpdy, type StreamLocation } from './spdy-call.ts';
import { translateCommand } from './translate.ts';
import { tunnelOf } from './tunnel.ts';
import type { StreamWire } from './wire.ts';

/** A request that asks for another protocol, on its way to who speaks it. */
export interface StreamRequest {
  readonly method: string;
  readonly headers: RequestHeaders;
  readonly remoteAddress: string;
  readonly signal: AbortSignal;
}

/** What comes of it: the connection is taken over, or the other side has refused in its own words. */
export type Relayed =
  | { readonly as: 'upgrade'; readonly accept: (connection: ByteConnection) => Promise<void> }
  | {
      readonly as: 'answer';
      readonly status: number;
      readonly headers: readonly HttpHeader[];
      readonly body: Uint8Array;
    };

/**
 * Exec and attach: websockets of v5 are translated to SPDY; whatever else the client speaks goes through byte for byte,
 * for the container's streaming server to understand.
 */
export async function relayCommand(
  request: StreamRequest,
  location: StreamLocation,
  options: StreamOptions,
  wire: StreamWire,
): Promise<Relayed> {
  const { headers, signal } = request;
  if (!wantsStreamClose(headers)) return relayUpgrade(request, location, wire);
  return {
    as: 'upgrade',
    async accept(connection) {
      const messages = await wire.acceptWebSocket(connection, headers, commandProtocols.v5);
      try {
        await translateCommand(messages, location, options, wire, signal);
      } catch {
        // The client has gone; there is nobody to tell.
        messages.destroy();
      }
    },
  };
}

/** Port forwarding: SPDY that comes through a websocket goes on as plain SPDY; all else byte for byte. */
export async function relayPorts(
  request: StreamRequest,
  location: StreamLocation,
  wire: StreamWire,
): Promise<Relayed> {
  const protocols = tunnelledProtocols(request.headers);
  if (protocols.length === 0) return relayUpgrade(request, location, wire);
  const answer = await dialled(callSpdy(wire, location, protocols, request.signal));
  const { upgraded } = answer;
  if (!upgraded) return refused(answer);
  if (!isSpdy(answer)) {
    upgraded.destroy();
    throw broken('unable to upgrade: missing upgrade headers in response');
  }
  const chosen = headerOf(answer.headers, protocolHeader.toLowerCase())?.trim();
  return {
    as: 'upgrade',
    async accept(connection) {
      const protocol = chosen && `${tunnelPrefix}${chosen}`;
      const messages = await wire
        .acceptWebSocket(connection, request.headers, protocol)
        .catch((error: Error) => {
          upgraded.destroy();
          throw error;
        });
      await pipe(tunnelOf(messages), upgraded);
    },
  };
}

/** Any upgrade: asks the other side for what the client asks, and joins the two connections. */
export async function relayUpgrade(
  request: StreamRequest,
  { url, target }: StreamLocation,
  wire: StreamWire,
): Promise<Relayed> {
  const { method, signal } = request;
  const headers = onwardHeaders(request);
  const answer = await dialled(wire.dial({ method, url, target, headers, signal }));
  const { upgraded } = answer;
  if (!upgraded) {
    if (answer.status >= 400) return refused(answer);
    throw broken(`invalid upgrade response: status code ${answer.status}`);
  }
  return {
    as: 'upgrade',
    async accept(connection) {
      const lines = answer.headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
      const head = `HTTP/1.1 101 ${answer.statusText}\r\n${lines}\r\n`;
      await connection.write(new TextEncoder().encode(head));
      await pipe(connection, upgraded);
    },
  };
}

/** Upstream's Status of what it has no reason for. */
const broken = (message: string, cause?: unknown): ApiError =>
  new ApiError(500, '', message, undefined, { cause });

const dialled = <T>(answer: Promise<T>): Promise<T> =>
  answer.catch((cause: Error) => {
    throw broken(`error dialing backend: ${cause.message}`, cause);
  });

const refused = async (answer: Parameters<typeof bodyOf>[0]): Promise<Relayed> => ({
  as: 'answer',
  status: answer.status,
  headers: answer.headers,
  body: await bodyOf(answer),
});

/** The client's headers without its credentials, which are for us. */
function onwardHeaders({ headers, remoteAddress }: StreamRequest): readonly HttpHeader[] {
  const onward = Object.entries(headers).filter(
    ([name]) => name !== 'authorization' && !name.startsWith(':') && name !== 'x-forwarded-for',
  );
  const before = headers['x-forwarded-for'];
  const from = [before, plainAddress(remoteAddress)].filter(Boolean).join(', ');
  return from ? [...onward, ['X-Forwarded-For', from]] : onward;
}

/** An IPv4 address without the IPv6 form that dual-stack sockets give it. */
export const plainAddress = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/, '');
