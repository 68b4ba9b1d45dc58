import { encodeJson } from '@coxswain/api';
import type { Response } from '../chain/station.ts';
import { type Cached, objectOf } from '../watch-cache/index.ts';
import type { Served } from './catalog.ts';

const encoder = new TextEncoder();
const lineFeed = encoder.encode('\n');

/** Whether stored bytes are the bytes of this version, but for the resourceVersion. */
export const isStoredForm = ({ kind }: Served): boolean => kind.storedAs === undefined;

/** The JSON of one object: its stored bytes with the resourceVersion put in behind `"metadata":{`. */
export function objectPieces({ head }: Served, cached: Cached): readonly Uint8Array[] {
  return [
    encoder.encode(`${head}"resourceVersion":"${cached.revision}",`),
    cached.bytes.subarray(head.length),
  ];
}

/** The JSON of an item of a list, which does not repeat its kind. */
export function itemPieces(
  { head }: Served,
  cached: Cached,
  comma: boolean,
): [Uint8Array, Uint8Array] {
  const open = `${comma ? ',' : ''}{"metadata":{"resourceVersion":"${cached.revision}",`;
  return [encoder.encode(open), cached.bytes.subarray(head.length)];
}

/** An answer with one object, in stored bytes where they serve. */
export function objectResponse(served: Served, code: number, cached: Cached): Response {
  return {
    as: 'object',
    code,
    get object() {
      return served.read(objectOf(cached));
    },
    encoded: (mediaType) =>
      mediaType === 'application/json' && isStoredForm(served)
        ? [...objectPieces(served, cached), lineFeed]
        : undefined,
  };
}

/** An object that is in no cache. */
export const plainResponse = (code: number, object: unknown): Response => ({
  as: 'object',
  code,
  object,
});

export interface ListParts {
  readonly kind: string;
  readonly apiVersion: string;
  readonly metadata: Readonly<Record<string, string | number>>;
  readonly cached: readonly Cached[];
}

/** An answer with many objects: their stored bytes, one after the other. */
export function listResponse(served: Served, list: ListParts): Response {
  const { kind, apiVersion, metadata, cached } = list;
  return {
    as: 'object',
    code: 200,
    get object() {
      const items = cached.map((each) => served.read(objectOf(each)));
      return { kind, apiVersion, metadata, items };
    },
    encoded: (mediaType) => {
      if (mediaType !== 'application/json' || !isStoredForm(served)) return undefined;
      const head = encodeJson({ kind, apiVersion, metadata });
      const pieces: Uint8Array[] = [encoder.encode(`${head.slice(0, -1)},"items":[`)];
      for (const [i, each] of cached.entries()) pieces.push(...itemPieces(served, each, i > 0));
      pieces.push(encoder.encode(']}\n'));
      return pieces;
    },
  };
}
