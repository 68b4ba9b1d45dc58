import { STATUS_CODES } from 'node:http';
import { ApiError, goQuoted } from '@coxswain/api';
import { type Step, Unreachable, type WireAnswer, type WireRequest } from '@coxswain/client/http';
import { Failures } from '../command/failure.ts';
import { log, structured } from './klog.ts';
import { accepts } from './media.ts';
import type { RestRequest } from './rest.ts';
import type { Session } from './session.ts';

/** Levels of `-v` from which kubectl tells more. */
const levels = {
  failures: 4,
  switches: 1,
  requests: 6,
  headers: 7,
  bodies: 8,
  steps: 9,
} as const;

/** Bytes of a body that are shown, by level; from 10 on all. */
const bodyMax: Readonly<Record<number, number>> = { 8: 1_024, 9: 10_240 };

/** Where kubectl's helpers send the requests of a method from, and where its clients of structs do. */
const places: Readonly<Record<RestRequest['method'] | 'LIST', readonly [string, string]>> = {
  GET: ['helper.go:105', 'type.go:165'],
  LIST: ['helper.go:113', 'type.go:183'],
  POST: ['helper.go:246', 'type.go:213'],
  PUT: ['helper.go:319', 'type.go:228'],
  PATCH: ['helper.go:269', 'type.go:289'],
  DELETE: ['helper.go:202', 'type.go:257'],
};

/** Where its client of scales does. */
const scalePlaces: Readonly<Partial<Record<RestRequest['method'], string>>> = {
  GET: 'client.go:168',
  PUT: 'client.go:211',
  PATCH: 'client.go:232',
};

const listPath = /^\/(api|apis\/[^/]+)\/[^/]+(\/namespaces\/[^/]+)?\/[^/]+$/;

function placeOf({ method, path, place, accept }: RestRequest): string {
  const kind = method === 'GET' && listPath.test(path) ? 'LIST' : method;
  const ofScales = accept === accepts.builtIn && path.endsWith('/scale') && scalePlaces[method];
  if (ofScales) return ofScales;
  return place ?? places[kind][accept === accepts.typed ? 1 : 0];
}

/** Switches of client-go and how they stand, which it tells of before its first request. */
const features: Readonly<Record<string, boolean>> = {
  AtomicFIFO: true,
  ClientsAllowCARotation: true,
  ClientsAllowCBOR: false,
  ClientsAllowTLSCacheGC: true,
  ClientsPreferCBOR: false,
  InOrderInformers: true,
  InOrderInformersBatchProcess: true,
  InformerResourceVersion: true,
  UnlockWhileProcessingFIFO: true,
  WatchListClient: true,
};

/** Requests are told of. */
export const isTraced = ({ global }: Pick<Session, 'global'>): boolean =>
  global.v >= levels.requests;

/** Tells how client-go's switches stand, as `-v=1` does. */
export function traceFeatures(session: Session): void {
  if (session.global.v < levels.switches) return;
  for (const [feature, enabled] of Object.entries(features))
    log(
      session,
      'I',
      'envvar.go:195',
      `"Feature gate default state" feature=${goQuoted(feature)} enabled=${enabled}`,
    );
}

/** Tells which file says where the server is, as `-v=6` does. */
export function traceConfig(session: Pick<Session, 'io' | 'world' | 'global'>, path: string): void {
  if (session.global.v >= levels.requests)
    log(session, 'I', 'loader.go:407', `Config loaded from file:  ${path}`);
}

/** Tells what kubectl tells from a level on, besides requests. */
export function note(session: Session, level: number, place: string, words: string): void {
  if (session.global.v >= level) log(session, 'I', place, words);
}

/** Tells how client-go watches one object, until it is disposed of. */
export function traceReflector(
  session: Session,
): Disposable & { readonly began: () => void; readonly synced: (events: number) => void } {
  const { clock } = session.world;
  const reflector = 'k8s.io/client-go@v0.36.2/tools/cache/reflector.go:343';
  const of = { type: '*unstructured.Unstructured' };
  const tell = (level: number, line: number, message: string, values: Values): void =>
    note(session, level, `reflector.go:${line}`, structured(message, values));
  const end = { ...of, resyncPeriod: '0s', reflector };
  tell(3, 425, 'Starting reflector', end);
  let fromMs = clock.now();
  return {
    began() {
      fromMs = clock.now();
      tell(3, 472, 'Listing and watching', { ...of, reflector });
    },
    synced(totalItems) {
      const duration = `${clock.now() - fromMs}ms`;
      const why =
        'Exiting watch because received the bookmark that marks the end of initial events stream';
      tell(4, 1080, why, { reflector, totalItems, duration });
      tell(2, 507, 'Caches populated', { ...of, reflector });
    },
    [Symbol.dispose]: () => tell(3, 434, 'Stopping reflector', end),
  };
}

type Values = Parameters<typeof structured>[1];

/** Tells that what was remembered of the server is asked anew, as `-v=5` does. */
export const traceForgotten = (session: Session): void =>
  note(session, 5, 'discovery.go:214', 'Invalidating discovery information');

/** Tells what lies behind a failure before it is told, as `-v=4` does. */
export function traceFailure(session: Session, error: unknown): void {
  if (session.global.v < levels.failures) return;
  if (error instanceof Failures) for (const each of error.errors) traceFailure(session, each);
  if (error instanceof ApiError) {
    const { kind, apiVersion, ...bare } = error.toStatus();
    const status = JSON.stringify(
      isOfStructs(error) ? bare : { kind, apiVersion, ...bare },
      undefined,
      2,
    );
    log(session, 'I', 'helpers.go:246', `server response object: %s[${status}]`);
  }
  if (error instanceof Unreachable)
    log(session, 'I', 'helpers.go:264', `Connection error: ${error.message.replaceAll('"', '')}`);
}

const ofStructs = new WeakSet<object>();

/** Remembers that clients of structs were refused so: their failures do not say what they are. */
export const markOfStructs = (error: object): void => void ofStructs.add(error);

const isOfStructs = (error: unknown): boolean =>
  error instanceof Error && (ofStructs.has(error) || isOfStructs(error.cause));

/** What is told of one request. */
export interface Trace {
  readonly onStep: WireRequest['onStep'];
  /** Without an answer there was none. */
  readonly answered: (answer?: WireAnswer) => void;
  readonly body: (body: string | Uint8Array) => void;
}

interface Told extends RestRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

const silent: Trace = { onStep: undefined, answered() {}, body() {} };

/** Tells of a request on standard error as `-v` asks: it begins with this call. */
export function trace(session: Session, request: Told): Trace {
  const level = session.global.v;
  if (level < levels.requests) return silent;
  const { clock } = session.world;
  const say = (place: string, message: string, values: Parameters<typeof structured>[1]): void =>
    log(session, 'I', place, structured(message, values));
  const body = (message: string, body: string | Uint8Array): void => {
    if (level < levels.bodies) return;
    const bytes = Buffer.from(body as string);
    const shown = bytes.some((byte) => byte < 0x0a) ? Buffer.from(hexDump(bytes)) : bytes;
    const max = bodyMax[level] ?? shown.length;
    const more = shown.length > max ? ` [truncated ${shown.length - max} chars]` : '';
    say(placeOf(request), message, { body: `${shown.subarray(0, max)}${more}` });
  };
  const { method: verb, url } = request;
  const sent = headerLines(Object.entries(request.headers));
  body('Request Body', request.body ?? '');
  if (level >= levels.steps) {
    const flags = sent.map((line) => ` -H ${goQuoted(line)}`).join('');
    say('round_trippers.go:527', 'Request', {
      curlCommand: `curl -v -X${verb} ${flags} '${url}'\n`,
    });
  } else if (level >= levels.headers)
    say('round_trippers.go:527', 'Request', { verb, url, headers: `${sent.join('\n')}\n` });
  const fromMs = clock.now();
  const steps = new Steps(fromMs);
  return {
    onStep(step) {
      steps.take(step.name, clock.now());
      if (level >= levels.steps) traceStep(session, step);
    },
    answered(answer) {
      const status = answer ? `${answer.status} ${STATUS_CODES[answer.status] ?? ''}` : '';
      const headers = headerLines(answer ? carried(answer) : []);
      say('round_trippers.go:632', 'Response', {
        ...(level === levels.requests || level >= levels.steps ? { verb, url } : {}),
        status,
        ...(level >= levels.bodies && { headers: headers.map((line) => `${line}\n`).join('') }),
        milliseconds: Math.trunc(clock.now() - fromMs),
        ...(level >= levels.steps && steps.told(clock.now(), answer !== undefined)),
      });
    },
    body: (whole) => body('Response Body', whole),
  };
}

/** Sixteen bytes a line, as Go's `hex.Dump` has them. */
function hexDump(bytes: Buffer): string {
  let dump = '';
  for (let at = 0; at < bytes.length; at += 16) {
    const row = bytes.subarray(at, at + 16);
    const halves = [row.subarray(0, 8), row.subarray(8)].map((half) =>
      half.toString('hex').replaceAll(/../g, '$& '),
    );
    const shown = row.toString('latin1').replaceAll(/[^ -~]/g, '.');
    dump += `${at.toString(16).padStart(8, '0')}  ${halves.join(' ').padEnd(50)}|${shown}|\n`;
  }
  return dump;
}

function traceStep(session: Session, step: Step): void {
  if (step.name === 'lookup') {
    const address = `[{"IP":${goQuoted(step.address)},"Zone":""}]`;
    const words = `"HTTP Trace: DNS Lookup resolved" host=${goQuoted(step.host)} address=${address}`;
    log(session, 'I', 'round_trippers.go:545', words);
  }
  if (step.name === 'connect') {
    const words = structured('HTTP Trace: Dial succeed', { network: 'tcp', address: step.address });
    log(session, 'I', 'round_trippers.go:562', words);
  }
}

/** When a connection had come how far. */
class Steps {
  readonly #at = new Map<string, number>();
  readonly #fromMs: number;

  constructor(fromMs: number) {
    this.#fromMs = fromMs;
  }

  take(name: string, ms: number): void {
    this.#at.set(name, ms);
  }

  told(nowMs: number, isAnswered: boolean): Record<string, number> {
    const lookup = this.#at.get('lookup') ?? this.#fromMs;
    const connect = this.#at.get('connect') ?? lookup;
    const secure = this.#at.get('secure') ?? connect;
    const server = Math.trunc(nowMs - secure);
    const waited = isAnswered && server > 0 ? { serverProcessingMilliseconds: server } : {};
    if (this.#at.size === 0 && isAnswered) return { getConnectionMilliseconds: 0, ...waited };
    return {
      dnsLookupMilliseconds: Math.trunc(lookup - this.#fromMs),
      dialMilliseconds: Math.trunc(connect - lookup),
      tlsHandshakeMilliseconds: Math.trunc(secure - connect),
      ...waited,
    };
  }
}

/** Headers that say how an answer is carried, which Go does not count among them. */
const carrying = new Set(['connection', 'content-length', 'keep-alive', 'transfer-encoding']);

const carried = ({ headers }: WireAnswer): (readonly [string, string])[] =>
  [...headers()].filter(([name]) => !carrying.has(name));

/** In the order of their names, each value of a list on a line of its own, without what nobody may see. */
const headerLines = (headers: readonly (readonly [name: string, value: string])[]): string[] =>
  headers
    .map(([name, value]) => [canonical(name), value] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, value]) =>
      (name === 'Impersonate-Group' ? value.split(',') : [value]).map(
        (each) => `${name}: ${name === 'Authorization' ? masked(each) : each}`,
      ),
    );

const masked = (value: string): string => {
  const [type = ''] = value.split(' ');
  if (!/^(bearer|basic|negotiate)$/i.test(type)) return value && '<masked>';
  return value.length > type.length + 1 ? `${type} <masked>` : type;
};

const canonical = (name: string): string =>
  name.replaceAll(
    /(^|-)([a-z])/g,
    (_, dash: string, letter: string) => `${dash}${letter.toUpperCase()}`,
  );
