import { ApiError } from '@coxswain/api';
import { plainAddress } from '@coxswain/api/streaming';
import type { Next, Request, Response, Station } from '../chain/station.ts';
import type { Attributes, Span, Tracer } from './span.ts';
import { traceContextOf } from './trace-context.ts';

/** Upstream's names of who says what. */
const scopes = {
  request: 'go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp',
  filter: 'k8s.op/apiserver/pkg/endpoints/filterlatency',
};
const trustedGroups = ['system:masters', 'system:monitoring'];

/** Stations that have a span of their own, by upstream's names. */
const filters: Readonly<Record<string, string>> = {
  audit: 'audit',
  impersonate: 'constrainedimpersonation',
  'priority-and-fairness': 'priorityandfairness',
  authorize: 'authorization',
};

/** The stations with their spans, where somebody traces. Who asks decides whose trace it is: it begins behind authentication. */
export const tracedStations = (
  tracer: Tracer | undefined,
  stations: readonly Station[],
): readonly Station[] =>
  tracer
    ? stations.flatMap((station) => {
        if (station.name === 'authenticate') return [station, traceRequests(tracer)];
        const filter = filters[station.name];
        return [filter ? traced(filter, station) : station];
      })
    : stations;

/** A span for each request that is traced. */
const traceRequests = (tracer: Tracer): Station => ({
  name: 'trace',
  async pass(request, next) {
    const isTrusted = request.user?.groups?.some((group) => trustedGroups.includes(group)) === true;
    const caller = traceContextOf(request.headers);
    const span = tracer.request(nameOf(request), scopes.request, caller, isTrusted);
    if (!span) return next(request);
    span.set(attributesOf(request));
    const end = (code: number): void => {
      span.set({ 'http.response.status_code': code });
      span.end(code >= 500);
    };
    try {
      return ending(await next({ ...request, span }), span, end);
    } catch (error) {
      end(error instanceof ApiError ? error.code : 500);
      throw error;
    }
  },
});

/** The method and the path, with names left out. */
function nameOf({ method, info }: Request): string {
  if (!info.isResource) return method;
  const { group, version, namespace, resource, name, subresource } = info;
  const parts = [group ? 'apis' : 'api', group, version];
  if (namespace) parts.push('namespaces', '{:namespace}');
  parts.push(resource, name && '{:name}', subresource);
  return `${method} /${parts.filter(Boolean).join('/')}`;
}

function attributesOf({
  method,
  headers,
  path,
  target,
  remoteAddress,
  auditId,
}: Request): Attributes {
  const host = URL.parse(`https://${headers['host'] ?? headers[':authority'] ?? ''}`);
  const peer = plainAddress(remoteAddress) || undefined;
  const length = Number(headers['content-length'] ?? 0);
  return {
    'server.address': host?.hostname,
    'http.request.method': method,
    'url.scheme': 'https',
    'server.port': host?.port ? Number(host.port) : undefined,
    'network.peer.address': peer,
    'user_agent.original': headers['user-agent'],
    'client.address': headers['x-forwarded-for']?.split(',')[0] ?? peer,
    'url.path': path,
    'http.target': target,
    'audit-id': auditId,
    'http.request.body.size': length > 0 ? length : undefined,
  };
}

/** The answer, at whose end the span ends: that of a watch or a stream may come much later. */
function ending(response: Response, span: Span, end: (code: number) => void): Response {
  if (response.as === 'watch')
    return { ...response, events: untilEnd(response.events, () => end(200)) };
  if (response.as === 'upgrade')
    return { ...response, accept: (to) => response.accept(to).finally(() => end(101)) };
  if (response.as === 'bytes') {
    const { body, code } = response;
    if (!(body instanceof Uint8Array))
      return { ...response, body: untilEnd(body, () => end(code)) };
    span.set({ 'http.response.body.size': body.length });
  }
  end(response.code);
  return response;
}

async function* untilEnd<T>(pieces: AsyncIterable<T>, end: () => void): AsyncGenerator<T, void> {
  try {
    yield* pieces;
  } finally {
    end();
  }
}

/** A span for the time that a station takes by itself, up to where it passes the request on. */
const traced = (name: string, { name: station, skips, pass }: Station): Station => ({
  name: station,
  async pass(request, next) {
    const span = request.span?.child(name, {}, scopes.filter);
    let isOver = false;
    const end = (): void => {
      if (!isOver) span?.end();
      isOver = true;
    };
    const on: Next = (passed) => {
      end();
      return next(span ? { ...passed, span } : passed);
    };
    try {
      return await (skips?.(request) ? on(request) : pass(request, on));
    } finally {
      end();
    }
  },
});

const verbs: Readonly<Record<string, readonly [span: string, verb: string]>> = {
  get: ['Get', 'GET'],
  list: ['List', 'LIST'],
  create: ['Create', 'POST'],
  update: ['Update', 'PUT'],
  patch: ['Patch', 'PATCH'],
  delete: ['Delete', 'DELETE'],
  deletecollection: ['Delete', 'DELETE'],
};

/** A span for what is done about a resource, around the end of the chain. */
export const tracedVerb =
  (end: Next): Next =>
  async (request) => {
    const [name, verb] = verbs[request.info.verb] ?? [];
    if (!request.span || !name || !verb) return end(request);
    const span = request.span.child(name, aboutOf(request, verb));
    try {
      const response = await end({ ...request, span });
      span.event('About to write a response');
      return response;
    } finally {
      span.end();
    }
  };

const aboutOf = (
  { headers, auditId, remoteAddress, path, info }: Request,
  verb: string,
): Attributes => ({
  accept: headers['accept'] ?? '',
  'audit-id': auditId,
  client: plainAddress(remoteAddress),
  'api-group': info.group,
  'api-version': info.version,
  name: info.name,
  subresource: info.subresource,
  namespace: info.namespace,
  resource: info.resource,
  scope: scopeOf(info),
  url: path,
  'user-agent': headers['user-agent'] ?? '',
  verb,
});

function scopeOf({ name, verb, namespace }: Request['info']): string {
  if (name || verb === 'create') return 'resource';
  return namespace ? 'namespace' : 'cluster';
}

/** A write to the store within a request, under upstream's name of it. */
export function tracedWrite<T>(
  { span: parent, auditId, info }: Request,
  key: string,
  isNew: boolean,
  write: () => Promise<T>,
): Promise<T> {
  if (!parent) return write();
  const { group, resource } = info;
  const about = { 'audit-id': auditId, key: key.replace(/^\/registry/, ''), group, resource };
  const span = parent.child(isNew ? 'Create etcd3' : 'GuaranteedUpdate etcd3', about);
  return write().then(
    (done) => {
      span.event('Txn call succeeded');
      span.end();
      return done;
    },
    (error: unknown) => {
      span.event('Txn call failed', { err: (error as Error).message });
      span.end(true);
      throw error;
    },
  );
}
