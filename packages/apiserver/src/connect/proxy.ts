import { methodNotSupported } from '@coxswain/api';
import { headerOf, type HttpHeader } from '@coxswain/base';
import { isUpgrade, plainAddress, relayUpgrade } from '@coxswain/api/streaming';
import type { Request, Response, ResponseHeaders } from '../chain/station.ts';
import { aboutOf } from '../rest/catalog.ts';
import type { ConnectCall } from './connect-call.ts';
import {
  type AllOf,
  nodeLocation,
  podLocation,
  type ProxyLocation,
  serviceLocation,
  unavailable,
} from './proxy-location.ts';
import { Rewriting } from './rewriting.ts';
import { rewrittenHtml } from './rewritten-html.ts';
import { connectAdmission } from './sessions.ts';
import { endToEnd, responseHeaders, responseOf, streamRequestOf } from './stream-request.ts';

const methods = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']);
const kinds: Readonly<Record<string, string>> = {
  pods: 'PodProxyOptions',
  nodes: 'NodeProxyOptions',
  services: 'ServiceProxyOptions',
};
/** What a browser would take for a word of the API server's own. */
const crossOrigin = /^access-control-allow-(credentials|headers|methods|origin)$/i;

/** `pods/proxy`, `services/proxy` and `nodes/proxy`. */
export async function proxy(call: ConnectCall, all: AllOf): Promise<Response> {
  const { request, served } = call;
  if (!methods.has(request.method)) throw methodNotSupported(aboutOf(served), request.info.verb);
  const target = targetOf(request);
  const resource = served.resource.resource;
  const kind = kinds[resource]!;
  const path = request.info.rest;
  await connectAdmission(call, { kind, apiVersion: 'v1', ...(path && { path }) });
  const location =
    resource === 'pods'
      ? podLocation(call)
      : resource === 'nodes'
        ? nodeLocation(call)
        : serviceLocation(call, all);
  if (isUpgrade(request.headers)) {
    const wire = { ...call.wire, dial: location.dial };
    const relayed = await relayUpgrade(
      streamRequestOf(request),
      { url: location.url, target: target.onward || `/${target.query}` },
      wire,
    );
    return responseOf(relayed);
  }
  if (target.onward === '' && (request.method === 'GET' || request.method === 'HEAD'))
    return moved(`${target.prefix}/${target.query}`);
  return forward(request, location, target);
}

interface Target {
  /** The path up to and with `proxy`, as the client wrote it. */
  readonly prefix: string;
  /** The path behind that, as the client wrote it; empty when there is none. */
  readonly path: string;
  /** With the question mark. */
  readonly query: string;
  /** Path and query for the other side; empty when there is no path. */
  readonly onward: string;
}

/** Cuts the request's target behind its `proxy` segment, byte by byte as it came. */
function targetOf({ target, info }: Request): Target {
  const mark = target.indexOf('?');
  const whole = mark < 0 ? target : target.slice(0, mark);
  const query = mark < 0 ? '' : target.slice(mark);
  // `/api/v1/namespaces/NAMESPACE/RESOURCE/NAME/proxy` or, for nodes, two segments less.
  const before = info.namespace ? 6 : 4;
  let at = 0;
  for (let count = 0; count < before && at >= 0; count++) at = whole.indexOf('/', at + 1);
  const end = at >= 0 && whole.startsWith('/proxy', at) ? at + '/proxy'.length : whole.length;
  const path = whole.slice(end);
  return { prefix: whole.slice(0, end), path, query, onward: path && `${path}${query}` };
}

const moved = (location: string): Response => ({
  as: 'bytes',
  code: 301,
  headers: { location },
  body: new Uint8Array(0),
});

async function forward(
  request: Request,
  { url, dial }: ProxyLocation,
  target: Target,
): Promise<Response> {
  const rewriting = new Rewriting(target.prefix, url, request);
  const answer = await dial({
    method: request.method,
    url,
    target: target.onward || `/${target.query}`,
    headers: onwardHeaders(request, rewriting, target.path),
    body: hasBody(request) ? bodyOf(request) : undefined,
    signal: request.signal,
  }).catch((cause: Error) => {
    throw unavailable(`error trying to reach service: ${cause.message}`, cause);
  });
  const location = headerOf(answer.headers, 'location');
  const kept = endToEnd(answer.headers).filter(([name]) => !crossOrigin.test(name));
  if (location) {
    const headers = kept.map(([name, value]): HttpHeader =>
      name.toLowerCase() === 'location' ? [name, rewriting.rewrite(location)] : [name, value],
    );
    return {
      as: 'bytes',
      code: answer.status,
      headers: uncached(headers),
      body: answer.body,
    };
  }
  const page = rewrittenHtml(answer, (link) => rewriting.rewrite(link));
  const headers = page ? kept.filter(([name]) => !/^content-length$/i.test(name)) : kept;
  return {
    as: 'bytes',
    code: answer.status,
    headers: uncached(headers),
    body: page ?? answer.body,
  };
}

/** Answers are not to be kept, where the other side says nothing of it. */
const uncached = (headers: readonly HttpHeader[]): ResponseHeaders => ({
  'cache-control': 'no-cache, private',
  ...responseHeaders(headers),
});

const hasBody = ({ headers }: Request): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

function bodyOf({ body }: Request): AsyncIterable<Uint8Array> | undefined {
  return body.from === 'wire' ? body.pieces : undefined;
}

/** The client's headers without its credentials, and who it is that asks. */
function onwardHeaders(
  { headers, remoteAddress }: Request,
  rewriting: Rewriting,
  path: string,
): readonly HttpHeader[] {
  const all = Object.entries(headers).filter(
    ([name]) => !name.startsWith(':') && !/^(authorization|host|x-forwarded-.*)$/.test(name),
  );
  const host = headers.host ?? headers[':authority'] ?? '';
  const from = [headers['x-forwarded-for'], plainAddress(remoteAddress)].filter(Boolean);
  const length = headers['content-length'];
  return [
    ['Host', host],
    ...endToEnd(all),
    ...(headers['transfer-encoding'] !== undefined && length === undefined
      ? [['Transfer-Encoding', 'chunked'] as const]
      : []),
    ...(from.length > 0 ? [['X-Forwarded-For', from.join(', ')] as const] : []),
    ...rewriting.forwardedHeaders(path),
  ];
}
