import { encodeJson } from '@coxswain/api';
import type { Response } from '../chain/station.ts';
import { type Cached, placesOf } from '../watch-cache/index.ts';
import type { Served } from './catalog.ts';
import { inBatches } from './in-batches.ts';
import { mediaTypes } from './negotiate.ts';
import { isStoredForm } from './pieces.ts';

/** A list in another form, of which each item ends with a stored object or its metadata: by far the most of its bytes. */
export interface Converted {
  /** Everything before the items. */
  readonly opening: () => string;
  /** What an item has before its object, where it has something beside. */
  readonly before?: (at: number) => string;
  readonly part: 'Metadata' | 'Object';
  readonly cached: readonly Cached[];
  /** The same as an object, for forms that are not made of stored bytes. */
  readonly object: () => unknown;
}

const metadataOpen =
  '{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":{"resourceVersion":"';

/** An answer whose JSON is made of stored bytes. */
export function convertedResponse(served: Served, list: Converted): Response {
  return {
    ...{ as: 'object', code: 200 },
    get object() {
      return list.object();
    },
    encoded: (mediaType) =>
      mediaType === mediaTypes.json && list.cached.every((each) => isStoredForm(served, each))
        ? inBatches(list.cached.length, itemsAtOnce, (from, to) => piecesOf(served, list, from, to))
        : undefined,
  };
}

const itemsAtOnce = 500;

/** The pieces of the items from one to before another, with what stands around them. */
function piecesOf(
  { head }: Served,
  { opening, before, part, cached }: Converted,
  first: number,
  end: number,
): readonly Uint8Array[] {
  const isWhole = part === 'Object';
  const open = isWhole ? `${head}"resourceVersion":"` : metadataOpen;
  const close = `${isWhole ? '' : '}'}${before ? '}' : ''}`;
  const texts: string[] = [];
  const stored: Uint8Array[] = [];
  for (let at = first; at < end; at++) {
    const of = cached[at]!;
    const own = before ? `${before(at)}"object":` : '';
    texts.push(`${at === 0 ? opening() : `${close},`}${own}${open}${of.revision}",`);
    stored.push(of.bytes.subarray(head.length, isWhole ? undefined : placesOf(of).metadataEnd));
  }
  if (end === cached.length) texts.push(`${close}]}\n`);
  return encodedApart(texts).flatMap((text, at) => (stored[at] ? [text, stored[at]] : [text]));
}

/** Each of `texts` in bytes, encoded in one go where all are of one byte a character. */
function encodedApart(texts: readonly string[]): readonly Uint8Array[] {
  const encoder = new TextEncoder();
  const text = texts.join('');
  const bytes = encoder.encode(text);
  if (bytes.length !== text.length) return texts.map((each) => encoder.encode(each));
  let at = 0;
  return texts.map(({ length }) => bytes.subarray(at, (at += length)));
}

/** A row of a Table, but for its object and its end. */
export const rowText = (row: object): string => `${encodeJson(row).slice(0, -1)},`;
