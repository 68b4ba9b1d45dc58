import { ApiError, type KubeObject } from '@coxswain/api';
import { type Clock, type HttpHeader, wantsColour } from '@coxswain/base';
import {
  bytesOf,
  errorOf,
  linesOf,
  type Server,
  shortWire,
  textOf,
  Unreachable,
  type Wire,
  type WireAnswer,
  type WireRequest,
} from '@coxswain/client/http';
import { goCause } from '../command/failure.ts';
import { fileBytes } from '../command/file-faults.ts';
import { durationMs } from '../command/flags.ts';
import type { ClientConfig } from '../config/client-config.ts';
import type { UserEntry } from '../config/kubeconfig.ts';
import { credentials } from './credentials.ts';
import { cacheFolder } from './discovery-cache.ts';
import { accepts, decoded, isProtobuf } from './media.ts';
import { checkVersion } from './match-version.ts';
import { viaOf } from './proxy.ts';
import { markOfStructs, type Trace, trace, traceFeatures } from './trace.ts';
import type { Session } from './session.ts';

export interface RestRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[]>>;
  readonly accept?: string;
  /** JSON when left out; empty where none is told. */
  readonly contentType?: string;
  readonly body?: string | Uint8Array;
  /** What the server says of itself: kept beside what kubectl keeps. */
  readonly isKept?: true;
  /** Where kubectl's code asks from, in its log; where it is not where such requests mostly come from. */
  readonly place?: string;
  /** Ends this request alone; that of the session ends it too. */
  readonly signal?: AbortSignal;
  /** Takes the server's warnings, to be told later. */
  readonly onWarning?: (words: string) => void;
}

/** The server, for any path. Warnings that it sends are printed, each once. Throws ApiError and Unreachable. */
export interface Rest extends Disposable {
  /** The server's address, without a slash at its end. */
  readonly url: string;
  readonly text: (request: RestRequest) => Promise<string>;
  readonly json: <T = KubeObject>(request: RestRequest) => Promise<T>;
  /** Lines as they come, until the server ends the stream. */
  readonly lines: (request: RestRequest) => AsyncIterable<readonly string[]>;
  readonly stream: (request: RestRequest) => Promise<WireAnswer>;
  /** Prints a warning of the server as kubectl does, once. */
  readonly warn: (words: string) => void;
  /** How many of them were printed. */
  readonly warnings: () => number;
  /** What a connection of its own takes, as for a request of this method. */
  readonly reach: (method: RestRequest['method']) => Promise<Reach>;
}

/** Who the server must be, what stands before its paths, and the headers that say who asks. */
export interface Reach {
  readonly server: Server;
  readonly base: string;
  readonly headers: readonly HttpHeader[];
}

const verbs = { GET: 'get', POST: 'post', PUT: 'put', PATCH: 'patch', DELETE: 'delete' } as const;
/** Times that a request is sent again because the server asked to come later, as client-go does. */
const retriesMax = 10;

export function openRest(config: ClientConfig, session: Session): Rest {
  const url = serverUrl(config.cluster.server ?? '');
  const own = credentials(config.user, config.cluster, session);
  const fixed = serverOf(config, url, session.env);
  const wires = new Wires(fixed, session.world.clock);
  const base = new URL(url).pathname.replace(/\/$/, '');
  const warns = warner(session);
  const timeout = requestTimeout(session.global['request-timeout']);
  traceFeatures(session);
  const { user } = config;
  const place: Place = { user, own, fixed, wires, base, timeout, warn: warns.warn, session };
  const sent = (request: RestRequest): Promise<Sent> => sendTo(place, request);
  let matched: Promise<void> | undefined;
  const asked = async (request: RestRequest): ReturnType<typeof sent> => {
    if (session.global['match-server-version'])
      await (matched ??= checkVersion(async () => {
        const { answer } = await sent({ method: 'GET', path: '/version', accept: '*/*' });
        return JSON.parse(await textOf(answer.body)) as Readonly<Record<string, string>>;
      }));
    return sent(request);
  };
  const send = async (request: RestRequest): Promise<WireAnswer> => {
    const { answer, warned } = await asked(request);
    warned();
    return answer;
  };
  const whole = async (request: RestRequest): Promise<string | object> =>
    wholeOf(await asked(request));
  return {
    ...{ url, stream: send, ...warns },
    text: async (request) => textIn(await whole(request)),
    json: async <T>(request: RestRequest) => {
      const found = await whole(request);
      return (typeof found === 'string' ? parsed(found, request) : found) as T;
    },
    async *lines(request) {
      yield* linesOf((await send(request)).body);
    },
    async reach(method) {
      const shown = await own.current();
      const headers = headersOf(user, { method, path: '', accept: '*/*' });
      return {
        ...{ server: { ...fixed, ...shown.identity }, base },
        headers: Object.entries({ ...headers, ...shown.headers }),
      };
    },
    [Symbol.dispose]: () => wires[Symbol.dispose](),
  };
}

/** What requests are sent with. */
interface Place {
  readonly user: UserEntry;
  readonly own: ReturnType<typeof credentials>;
  readonly fixed: Server;
  readonly wires: Wires;
  readonly base: string;
  /** Of one request, in ms; 0: none. */
  readonly timeout: number;
  readonly warn: (words: string) => void;
  readonly session: Session;
}

interface Sent {
  readonly answer: WireAnswer;
  readonly traced: Trace;
  /** Passes on what the server warns of: kubectl does so when it has told of the body. */
  readonly warned: () => void;
}

/** Who the server must be, and by what it knows us. */
function serverOf({ cluster, user }: ClientConfig, url: string, env: NodeJS.ProcessEnv): Server {
  const read = (data: string | undefined, file: string | undefined): string | undefined =>
    data ? Buffer.from(data, 'base64').toString('utf8') : file && fileBytes(file).toString();
  const isTls = url.startsWith('https:');
  return {
    url,
    ca: read(cluster['certificate-authority-data'], cluster['certificate-authority']),
    certificate: isTls
      ? read(user['client-certificate-data'], user['client-certificate'])
      : undefined,
    key: isTls ? read(user['client-key-data'], user['client-key']) : undefined,
    serverName: cluster['tls-server-name'],
    insecure: cluster['insecure-skip-tls-verify'],
    via: viaOf(url, cluster['proxy-url'], env),
  };
}

/** Sends a request, again where the server asks to come later; throws what it refuses. */
async function sendTo(
  { user, own, fixed, wires, base, timeout, warn, session }: Place,
  request: RestRequest,
): Promise<Sent> {
  const target = `${base}${request.path}${search(request.query, timeout)}`;
  for (let retries = 0; ; retries++) {
    const shown = await own.current();
    const headers = { ...headersOf(user, request), ...shown.headers };
    const called = `${new URL(fixed.url).origin}${target}`;
    const traced = trace(session, { ...request, url: called, headers });
    const wire = wires.to({ ...fixed, ...shown.identity });
    const answering = carried(request, called, session, wire, {
      ...{ method: request.method, target, headers, body: request.body, onStep: traced.onStep },
      signal: AbortSignal.any([
        session.signal,
        ...(request.signal ? [request.signal] : []),
        ...(timeout ? [AbortSignal.timeout(timeout)] : []),
      ]),
    });
    const answer = await answering.catch((error: unknown) => {
      traced.answered();
      throw error instanceof Unreachable ? inGo(error, request.method, called) : error;
    });
    traced.answered(answer);
    const warned = (): void => {
      for (const words of warningsOf(answer)) (request.onWarning ?? warn)(words);
    };
    if (answer.status < 400) return { answer, traced, warned };
    if (answer.status === 401) own.refused?.();
    const text = textIn(await wholeOf({ answer, traced, warned }));
    const laterMs = Number(answer.header('retry-after') ?? Number.NaN) * 1000;
    const mayRetry = (answer.status === 429 || answer.status >= 500) && laterMs >= 0;
    if (!mayRetry || retries >= retriesMax) throw refusal(session, request, answer, text);
    await session.world.clock.sleep(laterMs, session.signal);
  }
}

/** An answer's text; the object where it came as protobuf. */
async function wholeOf({ answer, traced, warned }: Sent): Promise<string | object> {
  const { header, body } = answer;
  const isText = !isProtobuf(header('content-type'));
  const whole = isText ? await textOf(body) : await bytesOf(body);
  traced.body(whole);
  warned();
  return typeof whole === 'string' ? whole : decoded(whole);
}

const textIn = (found: string | object): string =>
  typeof found === 'string' ? found : JSON.stringify(found);

/** Sends it, or finds the answer where it is kept. */
async function carried(
  { isKept }: RestRequest,
  url: string,
  session: Session,
  wire: Wire,
  request: WireRequest,
): Promise<WireAnswer> {
  if (!isKept) return wire.send(request);
  const { throughCache } = await import('./http-cache.ts');
  const folder = cacheFolder(session, 'http');
  const cache = { folder, nowMs: session.world.clock.now() };
  return throughCache(cache, url, request, (each) => wire.send(each));
}

function refusal(
  { signal }: Session,
  request: RestRequest,
  answer: WireAnswer,
  text: string,
): ApiError {
  const error = errorOf({ ...request, query: {}, signal }, answer, text);
  const { accept } = request;
  if (accept === accepts.typed || accept === accepts.builtIn) markOfStructs(error);
  return error;
}

/** The same failure, saying as Go does what was asked for. */
function inGo(error: Unreachable, method: string, url: string): Unreachable {
  const verb = method[0]! + method.slice(1).toLowerCase();
  const told = new Unreachable(error.url, error.cause);
  told.message = `${verb} ${JSON.stringify(url)}: ${goCause(error)}`;
  return told;
}

/** The connection to the server: another one where the client's certificate is another. */
class Wires implements Disposable {
  readonly #clock: Clock;
  #server: Server;
  #wire: Wire | undefined;

  constructor(server: Server, clock: Clock) {
    this.#server = server;
    this.#clock = clock;
  }

  to(server: Server): Wire {
    if (this.#wire && server.certificate === this.#server.certificate) return this.#wire;
    this[Symbol.dispose]();
    this.#server = server;
    return (this.#wire = shortWire(server, this.#clock));
  }

  [Symbol.dispose](): void {
    this.#wire?.[Symbol.dispose]();
  }
}

function parsed(text: string, { method, path }: RestRequest): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ApiError(
      500,
      'InternalError',
      `couldn't ${verbs[method]} ${path}: ${(cause as Error).message}`,
    );
  }
}

/** A server may be named without a scheme. */
function serverUrl(server: string): string {
  const whole = server.includes('://') ? server : `http://${server}`;
  return whole.replace(/\/+$/, '');
}

function requestTimeout(given: string): number {
  if (/^\d+$/.test(given)) return Number(given) * 1000;
  try {
    return Math.max(durationMs(given), 0);
  } catch (cause) {
    throw new Error(
      `Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)`,
      { cause },
    );
  }
}

function search(query: RestRequest['query'], timeoutMs: number): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {}))
    for (const each of typeof value === 'string' ? [value] : value) parameters.append(name, each);
  if (timeoutMs > 0) parameters.set('timeout', `${timeoutMs / 1000}s`);
  parameters.sort();
  const text = parameters.toString().replaceAll('*', '%2A').replaceAll('%7E', '~'); // as Go has it
  return text && `?${text}`;
}

function headersOf(user: UserEntry, request: RestRequest): Record<string, string> {
  const headers: Record<string, string> = {
    accept: request.accept ?? 'application/json',
    'user-agent': 'kubectl/v1.36.2 (linux/amd64) coxswain',
  };
  const type = request.contentType ?? 'application/json';
  if (request.body !== undefined && type) headers['content-type'] = type;
  if (user.as) headers['impersonate-user'] = user.as;
  if (user['as-uid']) headers['impersonate-uid'] = user['as-uid'];
  if (user['as-groups']?.length) headers['impersonate-group'] = user['as-groups'].join(',');
  for (const [key, values] of Object.entries(user['as-user-extra'] ?? {}))
    headers[`impersonate-extra-${encodeURIComponent(key).toLowerCase()}`] = values.join(',');
  return headers;
}

/** What the server's `Warning:` headers say. */
const warningsOf = (answer: WireAnswer): readonly string[] =>
  [...(answer.header('warning') ?? '').matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, text]) =>
    text!.replaceAll(/\\(.)/g, '$1'),
  );

const warner = ({ io, env }: Session): Pick<Rest, 'warn' | 'warnings'> => {
  const warned = new Set<string>();
  const isColoured = wantsColour(env, io.isErrTerminal);
  const mark = isColoured ? '\u001b[33;1mWarning:\u001b[0m' : 'Warning:';
  return {
    warn(words) {
      if (!warned.has(words)) io.err(`${mark} ${words}\n`);
      warned.add(words);
    },
    warnings: () => warned.size,
  };
};
