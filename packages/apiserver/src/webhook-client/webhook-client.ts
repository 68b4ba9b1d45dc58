import { ApiError } from '@coxswain/api';
import {
  type Carrier,
  type Clock,
  type World,
  headerOf,
  type HttpAnswer,
  type HttpHeader,
  type OutgoingTrust,
} from '@coxswain/base';
import type { Objects } from '../authz/objects.ts';
import { answeredObject, type ExpectedAnswer } from './answer.ts';
import { contextDeadline, Deadline } from './deadline.ts';
import { resolveService, type ServicePlace } from './service-place.ts';

/** Whom to call: a URL, or a Service of the cluster. */
export interface WebhookTarget {
  readonly url?: string | undefined;
  readonly service?:
    | {
        readonly namespace: string;
        readonly name: string;
        readonly path?: string | undefined;
        readonly port?: number | undefined;
      }
    | undefined;
  /** Base64 of PEM, as in a webhook's configuration. */
  readonly caBundle?: string | undefined;
  /** What the caller shows of itself, and whom it believes beside `caBundle`. */
  readonly trust?: OutgoingTrust | undefined;
  /** Asked for anew with each call. */
  readonly bearerToken?: (() => Promise<string>) | undefined;
}

export interface WebhookCall {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Whether the other side is told the time it has, as `?timeout=10s`. */
  readonly tellsTimeout?: boolean;
  /** Of which kind the answer must be: it is then decoded by the schema. Absent: any JSON object. */
  readonly expects?: ExpectedAnswer | undefined;
}

/** Most bytes of an answer. */
const answerBytesMax = 16 * 2 ** 20;
const servicePort = 443;
const encoder = new TextEncoder();

/** Posts objects to servers outside: webhooks for admission, conversion, authentication, authorisation, audit. */
export class WebhookClient {
  readonly #carry: Carrier;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #objects: Objects;

  constructor(
    world: Pick<World, 'clock' | 'network' | 'random'>,
    objects: Objects,
    carry: Carrier,
  ) {
    this.#carry = carry;
    this.#clock = world.network ?? world.clock;
    this.#random = world.random;
    this.#objects = objects;
  }

  /** The object that answers `body`. Throws an Error in the words of Go's HTTP client, or the ApiError that was answered. */
  async post(target: WebhookTarget, body: unknown, call: WebhookCall): Promise<unknown> {
    const { origin, path, connectTo, serverName } = this.#placeOf(target);
    const seconds = Math.ceil(call.timeoutMs / 1000);
    const timed = call.tellsTimeout
      ? `${path}${path.includes('?') ? '&' : '?'}timeout=${seconds}s`
      : path;
    using deadline = new Deadline(this.#clock, call.timeoutMs, call.signal);
    const { signal } = deadline;
    const sent = encoder.encode(`${JSON.stringify(body)}\n`);
    let answer: HttpAnswer;
    let bytes: Uint8Array;
    try {
      answer = await this.#carry({
        method: 'POST',
        url: new URL(origin),
        target: timed,
        headers: [
          ...headersOf(origin, await target.bearerToken?.()),
          // Small servers read no more than they are told of.
          ['Content-Length', String(sent.length)],
        ],
        body: sent,
        trust: trustOf(target, serverName),
        connectTo: connectTo(),
        signal,
      });
      bytes = await readAll(answer, signal);
    } catch (cause) {
      const why = signal.aborted ? reasonText(call.signal) : (cause as Error).message;
      throw new Error(`Post "${origin}${timed}": ${why}`, { cause });
    }
    const contentType = headerOf(answer.headers, 'content-type') ?? '';
    return answeredObject(answer.status, contentType, bytes, call.expects);
  }

  #placeOf({ url, service }: WebhookTarget): Place {
    if (service) {
      const { namespace, name, path = '', port = servicePort } = service;
      const serverName = `${name}.${namespace}.svc`;
      return {
        origin: `https://${serverName}:${port}`,
        path: path.startsWith('/') ? path : `/${path}`,
        connectTo: () => resolveService(this.#objects, this.#random, { namespace, name, port }),
        serverName,
      };
    }
    if (!url) throw new Error('webhook configuration must have either service or URL');
    if (!URL.canParse(url)) throw new Error(`Unparsable URL: parse "${url}": invalid URL`);
    const { origin, pathname, search } = new URL(url);
    return { origin, path: `${pathname}${search}`, connectTo: () => undefined };
  }
}

interface Place {
  /** With the port as it was given. */
  readonly origin: string;
  /** With the query. */
  readonly path: string;
  readonly connectTo: () => ServicePlace | undefined;
  readonly serverName?: string;
}

function headersOf(origin: string, bearerToken: string | undefined): readonly HttpHeader[] {
  return [
    ['Host', origin.slice(origin.indexOf('//') + 2)],
    ['User-Agent', 'kube-apiserver-admission'],
    ['Accept', 'application/json, */*'],
    ['Content-Type', 'application/json'],
    ...(bearerToken ? [['Authorization', `Bearer ${bearerToken}`] as const] : []),
  ];
}

function trustOf({ caBundle, trust = {} }: WebhookTarget, serverName?: string): OutgoingTrust {
  const bundle = caBundle ? new TextDecoder().decode(Uint8Array.fromBase64(caBundle)) : '';
  const ca = [trust.ca, bundle].filter(Boolean).join('\n');
  return {
    ...trust,
    ca: ca || undefined,
    ...(serverName && !trust.serverName && { serverName }),
  };
}

async function readAll({ body }: HttpAnswer, signal: AbortSignal): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of body) {
    signal.throwIfAborted();
    bytes += piece.length;
    if (bytes > answerBytesMax) throw new Error('http: response body too large');
    pieces.push(piece);
  }
  const all = new Uint8Array(bytes);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

/** The caller's own end is no deadline, unless its own deadline is what ended it. */
function reasonText({ aborted, reason }: AbortSignal): string {
  if (!aborted) return contextDeadline;
  return reason instanceof ApiError && reason.code === 504 ? contextDeadline : 'context canceled';
}
