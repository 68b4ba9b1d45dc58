import {
  ApiError,
  encodeJson,
  encodeProtobuf,
  encodeYaml,
  type KubeObject,
  typeOf,
} from '@coxswain/api';
import type { Status } from '@coxswain/api/types/meta';
import type { Pieces, Request, Response, ResponseHeaders } from '../chain/station.ts';
import {
  type Accepted,
  type Format,
  mediaTypes,
  negotiate,
  type Offer,
  streamOf,
} from './negotiate.ts';
import { watchFrames } from './watch-frames.ts';

/** An answer in bytes: at once, in pieces, or as a stream of batches. */
export interface WireResponse {
  readonly code: number;
  readonly headers: ResponseHeaders;
  readonly body: Pieces;
}

const encoder = new TextEncoder();
const typed: Offer = { formats: ['json', 'yaml', 'protobuf'], conversions: true, stream: false };
const untyped: Offer = { formats: ['json', 'yaml'], conversions: true, stream: false };
const fallback: Accepted = { format: 'json', as: undefined, pretty: false };

/** The bytes of `response` in the form that `request` accepts. */
export function encodeResponse(
  request: Request,
  response: Exclude<Response, { as: 'upgrade' }>,
): WireResponse {
  switch (response.as) {
    case 'object':
      return encodeObject(request, response);
    case 'watch': {
      const { format } = negotiate(request.headers.accept, streamOf(response.isUntyped ?? false));
      return {
        code: 200,
        headers: { 'content-type': streamType(format), ...uncached },
        body: watchFrames(response.events, format),
      };
    }
    case 'bytes':
      return {
        code: response.code,
        headers: response.headers,
        body: response.body instanceof Uint8Array ? [response.body] : single(response.body),
      };
  }
}

const uncached = { 'cache-control': 'no-cache, private' };

function streamType(format: Format): string {
  return format === 'json' ? mediaTypes.json : `${mediaTypes[format]};stream=watch`;
}

async function* single(
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<readonly Uint8Array[], void> {
  for await (const piece of body) yield [piece];
}

function encodeObject(
  request: Request,
  response: Extract<Response, { as: 'object' }>,
): WireResponse {
  const { format, pretty } = accepted(request, response);
  const mediaType = mediaTypes[format];
  const wantsPretty = pretty || isForPeople(request);
  const ready = wantsPretty ? undefined : response.encoded?.(mediaType);
  return {
    code: response.code,
    headers: {
      'content-type': mediaType,
      ...uncached,
      ...retryAfter(response),
      ...response.headers,
    },
    body: ready ?? [encodeAs(format, asWritten(response.object), wantsPretty)],
  };
}

/** A refusal that passes says when to come again. */
function retryAfter(response: Extract<Response, { as: 'object' }>): Record<string, string> {
  if (response.code < 400) return {};
  const seconds = (response.object as Status).details?.retryAfterSeconds;
  return seconds ? { 'retry-after': String(seconds) } : {};
}

/** The stations have refused what cannot be given; a refusal itself comes in JSON at least. */
function accepted(request: Request, response: Extract<Response, { as: 'object' }>): Accepted {
  const { accept } = request.headers;
  if (accept === undefined || accept === '' || accept === 'application/json') return fallback;
  try {
    const known = !response.isUntyped && (response.encoded || isTyped(response.object));
    return negotiate(accept, known ? typed : untyped);
  } catch (error) {
    if (error instanceof ApiError) return fallback;
    throw error;
  }
}

function isTyped(object: unknown): boolean {
  const { apiVersion, kind } = object as KubeObject;
  return apiVersion !== undefined && kind !== undefined && typeOf(apiVersion, kind) !== undefined;
}

/** On the wire the items of a typed list do not repeat their kind. */
function asWritten(object: unknown): unknown {
  const list = object as { kind?: string; items?: readonly KubeObject[] };
  if (!Array.isArray(list.items) || !list.kind || !isTyped(object)) return object;
  if (list.kind === 'PartialObjectMetadataList') return object;
  const items = (list.items as readonly KubeObject[]).map(
    ({ kind: _k, apiVersion: _v, ...rest }) => rest,
  );
  return { ...list, items };
}

function encodeAs(format: Format, object: unknown, pretty: boolean): Uint8Array {
  if (format === 'json') {
    const text = pretty ? JSON.stringify(object, undefined, 2) : `${encodeJson(object)}\n`;
    return encoder.encode(text);
  }
  if (format === 'yaml') return encoder.encode(encodeYaml(object));
  return encodeProtobuf(object as object);
}

/** `?pretty`, or a client that people read with. */
function isForPeople({ query, headers }: Request): boolean {
  const pretty = query.get('pretty');
  if (pretty) return /^(1|t|true)$/i.test(pretty);
  return /^(curl|Wget|Mozilla\/5\.0)/.test(headers['user-agent'] ?? '');
}
