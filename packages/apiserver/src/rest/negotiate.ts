import { ApiError } from '@coxswain/api';
import type { Request } from '../chain/station.ts';
import type { Served } from './catalog.ts';

/** A way to write an answer down. */
export type Format = 'json' | 'yaml' | 'protobuf';

export const mediaTypes: Readonly<Record<Format, string>> = {
  json: 'application/json',
  yaml: 'application/yaml',
  protobuf: 'application/vnd.kubernetes.protobuf',
};
const formatOf = new Map(
  Object.entries(mediaTypes).map(([format, type]) => [type, format as Format]),
);

/** What another form of the object is asked for: `as=Table;g=meta.k8s.io;v=v1`. */
export interface Conversion {
  readonly kind: string;
  readonly group: string;
  readonly version: string;
}

/** The answer's form, as Accept asks for it. */
export interface Accepted {
  readonly format: Format;
  readonly as: Conversion | undefined;
  readonly pretty: boolean;
}

/** What an endpoint can answer beside the object itself. */
export interface Offer {
  readonly formats: readonly Format[];
  /** Whether Table and PartialObjectMetadata(List) are given. */
  readonly conversions: boolean;
  readonly stream: boolean;
  /** Objects of kinds without a schema table: in protobuf only their metadata can be given. */
  readonly untyped?: boolean;
}

export const everything: Offer = {
  formats: ['json', 'yaml', 'protobuf'],
  conversions: true,
  stream: false,
};
export const plainObject: Offer = { ...everything, conversions: false };
export const watchStream: Offer = { ...everything, stream: true };
const untyped: Offer = { ...everything, untyped: true };
const untypedStream: Offer = { ...watchStream, untyped: true };

/** What can be given of a kind. */
export const offerOf = ({ kind }: Served): Offer => (kind.custom ? untyped : everything);
export const streamOf = (isUntyped: boolean): Offer => (isUntyped ? untypedStream : watchStream);

/** Most Accept headers remembered. Clients send few different ones. */
const rememberedMax = 256;
const remembered = new Map<Offer, Map<string, Accepted>>();

/** The first form of the header, by its q-values and order, that is offered. Throws 406 with upstream's words. */
export function negotiate(accept: string | undefined, offer: Offer): Accepted {
  const header = accept ?? '';
  const known = remembered.get(offer)?.get(header);
  if (known) return known;
  const found = choose(header, offer);
  const cache = remembered.get(offer) ?? new Map<string, Accepted>();
  remembered.set(offer, cache);
  if (cache.size < rememberedMax) cache.set(header, found);
  return found;
}

interface Clause {
  readonly type: string;
  readonly params: ReadonlyMap<string, string>;
  readonly q: number;
}

function choose(header: string, offer: Offer): Accepted {
  if (header === '') return { format: offer.formats[0]!, as: undefined, pretty: false };
  for (const { type, params } of clausesOf(header))
    for (const format of offer.formats) {
      if (!matches(type, mediaTypes[format])) continue;
      const stream = params.get('stream');
      if (stream && (format === 'yaml' || stream !== 'watch')) continue;
      const as = conversionOf(params);
      if (as && !isOffered(as, format, offer)) continue;
      if (!as && format === 'protobuf' && offer.untyped) continue;
      return { format, as, pretty: params.get('pretty') === '1' };
    }
  throw notAcceptable(offer);
}

function conversionOf(params: ReadonlyMap<string, string>): Conversion | undefined {
  if (!params.has('as') && !params.has('g') && !params.has('v')) return undefined;
  return {
    kind: params.get('as') ?? '',
    group: params.get('g') ?? '',
    version: params.get('v') ?? '',
  };
}

const metaKinds = new Set(['Table', 'PartialObjectMetadata', 'PartialObjectMetadataList']);

function isOffered(as: Conversion, format: Format, offer: Offer): boolean {
  if (!offer.conversions || !metaKinds.has(as.kind)) return false;
  if (as.kind === 'Table' && format === 'protobuf') return false;
  return as.group === 'meta.k8s.io' && (as.version === 'v1' || as.version === 'v1beta1');
}

const matches = (wanted: string, offered: string): boolean =>
  wanted === offered ||
  wanted === '*/*' ||
  (wanted.endsWith('/*') && offered.startsWith(wanted.slice(0, -1)));

/** The clauses of an Accept header, best first: by q, then the more specific, then as written. */
export function clausesOf(header: string): readonly Clause[] {
  const clauses = header.split(',').map((text): Clause => {
    const [type = '', ...rest] = text.split(';').map((part) => part.trim());
    const params = new Map<string, string>();
    let q = 1;
    for (const part of rest) {
      const at = part.indexOf('=');
      const name = part.slice(0, at < 0 ? undefined : at).trim();
      const value =
        at < 0
          ? ''
          : part
              .slice(at + 1)
              .trim()
              .replaceAll('"', '');
      if (name === 'q') q = Number(value) || 0;
      else params.set(name, value);
    }
    return { type: type.toLowerCase(), params, q };
  });
  const wildness = ({ type }: Clause): number => (type === '*/*' ? 2 : type.endsWith('/*') ? 1 : 0);
  return clauses
    .filter(({ type, q }) => type !== '' && q > 0)
    .toSorted((a, b) => b.q - a.q || wildness(a) - wildness(b));
}

const resourceTypes: readonly string[] = Object.values(mediaTypes);
const collectionTypes = [
  ...resourceTypes,
  `${mediaTypes.json};stream=watch`,
  `${mediaTypes.protobuf};stream=watch`,
];

/** Upstream's router lets none in that asks for nothing an endpoint has: it knows full types and the wildcard for all. */
export function assertRouted({ info, method, headers }: Request): void {
  const header = headers.accept;
  if (!header || opened.has(info.subresource)) return;
  const types =
    info.subresource === 'log'
      ? ['text/plain', ...resourceTypes]
      : method === 'GET' && (info.verb === 'list' || info.verb === 'watch')
        ? collectionTypes
        : resourceTypes;
  const asked = header.split(',').map((text) => text.split(';', 1)[0]!.trim());
  if (asked.some((type) => type === '*/*' || types.includes(type))) return;
  const why = `406: Not Acceptable\n\nAvailable representations: ${types.join(', ')}`;
  throw new ApiError(406, 'NotAcceptable', why, {});
}

/** Subresources that hand the connection on: they answer whatever is behind them. */
const opened = new Set(['attach', 'exec', 'portforward', 'proxy']);

export function notAcceptable({ formats, stream }: Offer): ApiError {
  const types = formats
    .filter((format) => !stream || format !== 'yaml')
    .map((format) => (stream ? `${mediaTypes[format]};stream=watch` : mediaTypes[format]));
  return new ApiError(
    406,
    'NotAcceptable',
    `only the following media types are accepted: ${types.join(', ')}`,
  );
}

/** The form of a request's body. Throws 415 with upstream's words. */
export function bodyFormat(contentType: string | undefined, formats: readonly Format[]): Format {
  const type = (contentType ?? '').split(';', 1)[0]!.trim().toLowerCase();
  const format = type === '' ? formats[0] : formatOf.get(type);
  if (format && formats.includes(format)) return format;
  const types = formats.map((each) => mediaTypes[each]).join(', ');
  throw unsupportedMediaType(
    `the body of the request was in an unknown format - accepted media types include: ${types}`,
  );
}

export const unsupportedMediaType = (why: string): ApiError =>
  new ApiError(415, 'UnsupportedMediaType', why);
