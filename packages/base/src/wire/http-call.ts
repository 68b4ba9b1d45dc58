import { type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Duplex } from 'node:stream';
import type { HttpAnswer, HttpCall, HttpHeader } from '../connection/index.ts';
import { connectionOf, room } from './duplex.ts';
import { inGo } from './go-errors.ts';

/** Whom to trust and what to show over TLS, in PEM. */
export interface TlsTrust {
  /** Undefined: nobody is asked who they are. */
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

/** Longest a call waits for a connection to be made. */
const connectMs = 30_000;

/** Carries `call` out over a connection of its own. */
export function httpCall(call: HttpCall, trust: TlsTrust = {}): Promise<HttpAnswer> {
  call.signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const request = open(call, trust);
    const stop = (): void => void request.destroy(call.signal.reason as Error);
    call.signal.addEventListener('abort', stop, { once: true });
    request.on('close', () => call.signal.removeEventListener('abort', stop));
    request.on('error', (error) => reject(inGo(error, placeOf(call.url), call.url.hostname)));
    request.on('response', (message) => resolve(answerOf(message)));
    request.on('upgrade', (message, socket, head) =>
      resolve({ ...answerOf(message), upgraded: connectionOf(socket as Duplex, head) }),
    );
    if (call.body) void send(request, call.body);
    else request.end();
  });
}

const placeOf = ({ hostname, protocol, port }: URL): { host: string; port: number } => ({
  host: hostname.replaceAll(/[[\]]/g, ''),
  port: Number(port) || (protocol === 'https:' ? 443 : 80),
});

function open({ url, method, target, headers }: HttpCall, trust: TlsTrust): ClientRequest {
  const options = {
    host: url.hostname.replaceAll(/[[\]]/g, ''),
    port: url.port === '' ? undefined : Number(url.port),
    ...{ method, path: target, headers: headers.flat(), agent: false as const, timeout: connectMs },
  };
  const request =
    url.protocol === 'https:'
      ? requestHttps({ ...options, ...trust, rejectUnauthorized: trust.ca !== undefined })
      : requestHttp(options);
  request.on('timeout', () => {
    if (!request.socket || request.socket.connecting)
      request.destroy(new Error(`dial tcp ${url.host}: i/o timeout`));
  });
  return request;
}

/** Writes the body piece by piece, as fast as the other side takes it. */
export async function send(request: ClientRequest, body: AsyncIterable<Uint8Array>): Promise<void> {
  try {
    for await (const chunk of body) if (!request.write(chunk)) await room(request);
    request.end();
  } catch (error) {
    request.destroy(error as Error);
  }
}

/** The answer's head, and its body as it comes. */
export function answerOf(message: IncomingMessage): HttpAnswer {
  const raw = message.rawHeaders;
  const headers = Array.from({ length: raw.length / 2 }, (_, at): HttpHeader => [
    raw[2 * at]!,
    raw[2 * at + 1]!,
  ]);
  return {
    status: message.statusCode ?? 0,
    statusText: message.statusMessage ?? '',
    headers,
    body: message as AsyncIterable<Uint8Array>,
  };
}
