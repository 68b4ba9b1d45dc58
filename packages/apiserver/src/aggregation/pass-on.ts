import type { WatchEvent } from '@coxswain/api';
import type { APIService } from '@coxswain/api/types/apiregistration-v1';
import { headerOf, type HttpAnswer, type HttpHeader } from '@coxswain/base';
import { isUpgrade, plainAddress, relayUpgrade, type StreamWire } from '@coxswain/api/streaming';
import type { Request, Response } from '../chain/station.ts';
import {
  endToEnd,
  responseHeaders,
  responseOf,
  streamRequestOf,
} from '../connect/stream-request.ts';
import { joined } from './remote-get.ts';
import { isAvailable, remoteHeaders, remoteOf, type RemoteWays, urlOf } from './remote.ts';

/** What only a client's own server is told, and what this server alone may say. */
const ownHeaders =
  /^(:.*|authorization|host|content-length|transfer-encoding|x-forwarded-for|x-remote-.*|impersonate-.*|audit-id)$/;
const encoder = new TextEncoder();

/** Hands a request on to the server of an APIService, and its answer back; watches and upgrades too. */
export async function passOn(
  ways: RemoteWays,
  wire: Omit<StreamWire, 'dial'>,
  service: APIService,
  request: Request,
): Promise<Response> {
  if (!isAvailable(service)) return plain(503, 'service unavailable');
  let remote: ReturnType<typeof remoteOf>;
  try {
    remote = remoteOf(ways, service);
  } catch {
    return plain(503, 'service unavailable');
  }
  const { place, trust } = remote;
  const url = new URL(urlOf(place));
  const headers = onwardHeaders(request, url.host);
  const { method, target, signal } = request;
  if (isUpgrade(request.headers)) {
    const dial: StreamWire['dial'] = (call) => {
      const told = [...call.headers.filter(([name]) => !ownHeaders.test(name.toLowerCase()))];
      return ways.carry({ ...call, headers: [...told, ...headers.filter(isOwn)], trust });
    };
    return responseOf(
      await relayUpgrade(streamRequestOf(request), { url, target }, { ...wire, dial }),
    );
  }
  try {
    const body = bodyOf(request);
    const answer = await ways.carry({
      ...{ method, url, target, signal, trust, connectTo: place },
      headers: [...headers, ...lengthOf(request, body)],
      body,
    });
    return request.body.from === 'memory' ? objectAnswer(request, answer) : bytesAnswer(answer);
  } catch (error) {
    return plain(503, (error as Error).message);
  }
}

const isOwn = ([name]: HttpHeader): boolean => /^(host|x-remote-|audit-id)/i.test(name);

/** As Go's server answers by hand. */
const plain = (code: number, text: string): Response => ({
  as: 'bytes',
  code,
  headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' },
  body: encoder.encode(`${text}\n`),
});

function onwardHeaders(request: Request, host: string): readonly HttpHeader[] {
  const { headers, remoteAddress, user, auditId, body } = request;
  const isKept = (name: string): boolean =>
    !ownHeaders.test(name) && !(request.span && name === 'traceparent');
  const kept = Object.entries(headers).filter(([name]) => isKept(name));
  const from = [headers['x-forwarded-for'], plainAddress(remoteAddress)].filter(Boolean);
  const isDirect = body.from === 'memory';
  return [
    ['Host', host],
    ...endToEnd(kept),
    ...(isDirect ? ([['Accept', 'application/json']] as const) : []),
    ...(isDirect && body.object !== undefined
      ? ([['Content-Type', body.patchType ?? 'application/json']] as const)
      : []),
    ...(from.length > 0 ? ([['X-Forwarded-For', from.join(', ')]] as const) : []),
    ...(auditId ? ([['Audit-Id', auditId]] as const) : []),
    ...(request.span ? ([['Traceparent', request.span.traceParent]] as const) : []),
    ...remoteHeaders(user!),
  ];
}

function bodyOf({
  body,
  headers,
  method,
}: Request): Uint8Array | AsyncIterable<Uint8Array> | undefined {
  if (body.from === 'memory')
    return body.object === undefined ? undefined : encoder.encode(JSON.stringify(body.object));
  const has =
    headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  const mayStream =
    method !== 'GET' && method !== 'HEAD' && headers['content-length'] === undefined;
  return has || mayStream ? body.pieces : undefined;
}

function lengthOf(
  { headers }: Request,
  body: Uint8Array | AsyncIterable<Uint8Array> | undefined,
): readonly HttpHeader[] {
  if (body === undefined) return [];
  if (body instanceof Uint8Array) return [['Content-Length', String(body.length)]];
  const length = headers['content-length'];
  return length === undefined ? [['Transfer-Encoding', 'chunked']] : [['Content-Length', length]];
}

const bytesAnswer = ({ status, headers, body }: HttpAnswer): Response => ({
  as: 'bytes',
  code: status,
  headers: responseHeaders(endToEnd(headers)),
  body,
});

/** For callers in this process, who speak in objects. */
async function objectAnswer(request: Request, answer: HttpAnswer): Promise<Response> {
  const isJson = headerOf(answer.headers, 'content-type')?.includes('json') === true;
  if (!isJson) return bytesAnswer(answer);
  if (request.info.verb === 'watch' && answer.status === 200)
    return { as: 'watch', events: eventsOf(answer.body) };
  const pieces: Uint8Array[] = [];
  for await (const piece of answer.body) pieces.push(piece);
  const text = new TextDecoder().decode(joined(pieces));
  return { as: 'object', code: answer.status, object: JSON.parse(text) };
}

async function* eventsOf(
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<readonly WatchEvent[], void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const piece of body) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n');
    rest = lines.pop()!;
    const events = lines.filter(Boolean).map((line) => JSON.parse(line) as WatchEvent);
    if (events.length > 0) yield events;
  }
}
