import { encodeJson, listPieces, typeOf } from '@coxswain/api';
import type { Response } from '../chain/station.ts';
import { type Cached, lend, objectOf, protobufOf } from '../watch-cache/index.ts';
import type { Served } from './catalog.ts';
import { inBatches } from './in-batches.ts';
import { mediaTypes } from './negotiate.ts';
import { cutIntoRuns, type Run, runsOf } from './runs.ts';

/** Some five hundred objects. */
const runsAtOnce = 8;
const encoder = new TextEncoder();
const lineFeed = encoder.encode('\n');
const comma = encoder.encode(',');

/** Whether stored bytes are the bytes of this version, but for the resourceVersion. */
export const isStoredForm = ({ kind, read }: Served, cached: Cached): boolean =>
  kind.storedAs === undefined ||
  (kind.custom !== undefined && read(objectOf(cached)) === objectOf(cached));

/** Whether the schema table knows the kind: others have no protobuf. */
const isTyped = ({ apiVersion, resource }: Served): boolean =>
  typeOf(apiVersion, resource.kind) !== undefined;

/** The JSON of one object: its stored bytes with the resourceVersion put in behind `"metadata":{`. */
export function objectPieces({ head }: Served, cached: Cached): readonly Uint8Array[] {
  if (cached.revision === 0) return [cached.bytes]; // a dry run's, which stands nowhere
  return [
    encoder.encode(`${head}"resourceVersion":"${cached.revision}",`),
    cached.bytes.subarray(head.length),
  ];
}

/**
 * The JSON of some items of a list, and the runs they stand in: items of a typed one do not repeat their kind. Their heads are
 * encoded in one go.
 */
function itemPieces(
  { head, kind }: Served,
  inRuns: readonly (readonly Cached[])[],
  pieces: Uint8Array[],
): Run[] {
  const items = inRuns.flat();
  const open = kind.custom ? head : '{"metadata":{';
  const opens = items.map(({ revision }) => `,${open}"resourceVersion":"${revision}",`);
  const bytes = encoder.encode(opens.join(''));
  const runs: Run[] = [];
  let at = 0;
  let item = 0;
  for (const members of inRuns) {
    if (runs.length > 0) pieces.push(comma);
    const from = pieces.length;
    for (const { bytes: stored } of members) {
      const start = pieces.length > from ? at : at + 1;
      at += opens[item++]!.length;
      pieces.push(bytes.subarray(start, at), stored.subarray(head.length));
    }
    runs.push({ members, from, to: pieces.length });
  }
  return runs;
}

const untypedOf = ({ kind }: Served): { readonly isUntyped?: true } =>
  kind.custom ? { isUntyped: true } : {};

/** An answer with one object, in stored bytes where they serve. */
export function objectResponse(served: Served, code: number, cached: Cached): Response {
  return {
    as: 'object',
    code,
    ...untypedOf(served),
    get object() {
      return served.read(objectOf(cached));
    },
    cached: () => (isStoredForm(served, cached) ? cached : undefined),
    encoded(mediaType) {
      if (!isStoredForm(served, cached)) return undefined;
      if (mediaType === mediaTypes.json) return [...objectPieces(served, cached), lineFeed];
      if (mediaType !== mediaTypes.protobuf || !isTyped(served)) return undefined;
      return [protobufOf(cached)];
    },
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
    ...untypedOf(served),
    get object() {
      const items = cached.map((each) => served.read(lend(each)));
      return { kind, apiVersion, metadata, items };
    },
    encoded: (mediaType) => {
      if (!cached.every((each) => isStoredForm(served, each))) return undefined;
      if (mediaType === mediaTypes.protobuf && isTyped(served))
        return listPieces({ kind, apiVersion, metadata }, cached.map(protobufOf));
      if (mediaType !== mediaTypes.json) return undefined;
      const head = encodeJson({ kind, apiVersion, metadata });
      const runs = [...cutIntoRuns(cached)];
      return inBatches(runs.length, runsAtOnce, (from, to) => {
        const opening = from === 0 ? `${head.slice(0, -1)},"items":[` : ',';
        const pieces: Uint8Array[] = [encoder.encode(opening)];
        runsOf.set(pieces, itemPieces(served, runs.slice(from, to), pieces));
        if (to === runs.length) pieces.push(encoder.encode(']}\n'));
        return pieces;
      });
    },
  };
}
