import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Carrier, HttpHeader } from '@coxswain/base';
import { connectionOf, outgoing, room } from '@coxswain/base/wire';
import { plainAddress, relayUpgrade } from '@coxswain/api/streaming';
import type { Session } from '../../session/session.ts';
import { spdyPlace, trustOf } from '../../streams/connect.ts';
import { answerText } from './serve-files.ts';

/** Headers that are about one connection alone. */
const ofConnection = new Set([
  ...['connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'proxy-connection'],
  ...['te', 'trailer', 'transfer-encoding', 'upgrade', 'host'],
]);
/** Headers of ours that a request's own go before. */
const ownFirst = new Set(['authorization', 'user-agent', 'accept']);

/** Passes requests on to the server, as the user of the session. */
export interface ApiProxy {
  readonly pass: (
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
  ) => Promise<void>;
  readonly upgrade: (
    request: IncomingMessage,
    socket: Duplex,
    head: Uint8Array,
    path: string,
  ) => Promise<void>;
}

function headersOf(request: IncomingMessage, own: readonly HttpHeader[]): readonly HttpHeader[] {
  const theirs = Array.from({ length: request.rawHeaders.length / 2 }, (_, at): HttpHeader => [
    request.rawHeaders[2 * at]!,
    request.rawHeaders[2 * at + 1]!,
  ]).filter(([name]) => !ofConnection.has(name.toLowerCase()));
  const named = new Set(theirs.map(([name]) => name.toLowerCase()));
  const from = plainAddress(request.socket.remoteAddress ?? '');
  return [
    ...theirs.filter(([name]) => name.toLowerCase() !== 'x-forwarded-for'),
    ...own.filter(([name]) => !ownFirst.has(name) || !named.has(name)),
    ...(from
      ? [
          [
            'X-Forwarded-For',
            [request.headers['x-forwarded-for'], from].flat().filter(Boolean).join(', '),
          ] as const,
        ]
      : []),
  ];
}

const isBodiless = (method: string): boolean => method === 'GET' || method === 'HEAD';

export function apiProxy(session: Session, base: string): ApiProxy {
  let carry: Carrier | undefined;
  return {
    async pass(request, response, path) {
      const { server, headers } = await session.rest().reach('GET');
      carry ??= outgoing(server.via);
      const over = new AbortController();
      response.on('close', () => over.abort());
      const url = new URL(server.url);
      const answer = await carry({
        method: request.method ?? 'GET',
        url,
        target: `${base}${path}`,
        headers: [['Host', url.host], ...headersOf(request, headers)],
        ...(!isBodiless(request.method ?? 'GET') && { body: request as AsyncIterable<Uint8Array> }),
        trust: trustOf(server),
        signal: AbortSignal.any([session.signal, over.signal]),
      });
      response.writeHead(
        answer.status,
        answer.statusText,
        answer.headers.filter(([name]) => !ofConnection.has(name.toLowerCase())).flat(),
      );
      response.flushHeaders();
      for await (const chunk of answer.body) if (!response.write(chunk)) await room(response);
      response.end();
    },
    async upgrade(request, socket, head, path) {
      const { location, wire } = await spdyPlace(session, { path });
      const { method = 'GET', headers } = request;
      const plain = Object.fromEntries(
        Object.entries(headers)
          .filter(([name]) => name !== 'host')
          .map(([name, value]) => [name, String(value)]),
      );
      const relayed = await relayUpgrade(
        {
          ...{ method, signal: session.signal, remoteAddress: request.socket.remoteAddress ?? '' },
          headers: { host: location.url.host, ...plain },
        },
        { ...location, target: `${base}${path}` },
        wire,
      );
      const connection = connectionOf(socket, head);
      if (relayed.as === 'upgrade') return relayed.accept(connection);
      const lines = relayed.headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
      await connection.write(
        new TextEncoder().encode(`HTTP/1.1 ${relayed.status} \r\n${lines}\r\n`),
      );
      await connection.write(relayed.body);
      connection.end();
    },
  };
}

/** What is told of a request that could not be passed on. */
export function failed(response: ServerResponse, error: unknown): void {
  if (response.headersSent) response.destroy();
  else answerText(response, 500, (error as Error).message);
}
