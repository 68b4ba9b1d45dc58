import type { Relayed, StreamRequest } from '@coxswain/api/streaming';
import type { Request, Response, ResponseHeaders } from '../chain/station.ts';
import type { HttpHeader } from '@coxswain/base';

export const streamRequestOf = ({
  method,
  headers,
  remoteAddress,
  signal,
}: Request): StreamRequest => ({ method, headers, remoteAddress, signal });

/** Headers that speak of one connection only. */
const ofConnection = new Set([
  ...['connection', 'proxy-connection', 'keep-alive', 'proxy-authenticate'],
  ...['proxy-authorization', 'te', 'trailer', 'transfer-encoding', 'upgrade'],
]);

/** The headers that go on to the next connection: without those of this one, and those that it names itself. */
export function endToEnd(headers: readonly HttpHeader[]): readonly HttpHeader[] {
  const named = new Set(
    headers
      .filter(([name]) => name.toLowerCase() === 'connection')
      .flatMap(([, value]) => value.split(',').map((each) => each.trim().toLowerCase())),
  );
  return headers.filter(([name]) => {
    const lower = name.toLowerCase();
    return !ofConnection.has(lower) && !named.has(lower);
  });
}

export function responseHeaders(headers: readonly HttpHeader[]): ResponseHeaders {
  const gathered: Record<string, string | readonly string[]> = {};
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    const before = gathered[key];
    gathered[key] = before === undefined ? value : [...[before].flat(), value];
  }
  return gathered;
}

export function responseOf(relayed: Relayed): Response {
  if (relayed.as === 'upgrade') return relayed;
  const { status, headers, body } = relayed;
  return { as: 'bytes', code: status, headers: responseHeaders(endToEnd(headers)), body };
}
