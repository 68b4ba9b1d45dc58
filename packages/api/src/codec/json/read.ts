import type { StructNode } from '../../schema/node.ts';
import { canonical, type Kept, Mismatch } from './decode.ts';
import { examine } from './examine.ts';
import { hasDuplicateKeys, Pairs, parsePairs } from './pairs.ts';
import { unheldNumbers } from './numbers.ts';
import { syntaxError } from './syntax.ts';

/** A value that cannot be read as its type, in the words of upstream's decoder. */
export class DecodeError extends Error {}

/** What was read, and what strict decoding objects to: `unknown field "spec.foo"`. */
export interface Decoded {
  readonly object: object;
  readonly strict: readonly string[];
}

/**
 * The canonical object of a parsed value: known fields in Go's order, zero values as Go prints them,
 * quantities, times and bytes normalised, maps sorted. Fields that are those of `kept` are taken as they are. Throws DecodeError.
 */
export function decode(type: StructNode, value: unknown, kept?: Kept): object {
  return read(type, value, kept).object;
}

/** As `decode`, with the unknown fields that were dropped. */
export function decodeStrict(type: StructNode, value: unknown, kept?: Kept): Decoded {
  const { object, surplus } = read(type, value, kept);
  return { object, strict: surplus ? examine(type, value).strict : [] };
}

/** Reads a JSON text; `strict` also looks for unknown and duplicate fields. Throws DecodeError. */
export function decodeJson(type: StructNode, text: string, strict = false): Decoded {
  const value = parseJson(text);
  const { object, surplus } = read(type, value);
  if (!strict) return { object, strict: [] };
  const duplicates = hasDuplicateKeys(text, value);
  if (!surplus && !duplicates) return { object, strict: [] };
  return { object, strict: examine(type, duplicates ? parsePairs(text) : value).strict };
}

/** Reads a JSON text of no known type, and which numbers lost digits; `strict` also looks for keys that stand twice. Throws DecodeError. */
export function decodeUntyped(
  text: string,
  strict = false,
): { value: unknown; strict: readonly string[]; rounded: readonly string[] } {
  const value = parseJson(text);
  const { endless, rounded } = unheldNumbers(text);
  if (endless !== undefined)
    throw new DecodeError(`json: cannot unmarshal number ${endless} into Go value of type float64`);
  if (!strict || !hasDuplicateKeys(text, value)) return { value, strict: [], rounded };
  return { value, strict: [...new Set(duplicatesIn(parsePairs(text), ''))], rounded };
}

function* duplicatesIn(value: unknown, path: string): Generator<string, void> {
  if (Array.isArray(value))
    for (const [i, item] of value.entries()) yield* duplicatesIn(item, `${path}[${i}]`);
  if (!(value instanceof Pairs)) return;
  const seen = new Set<string>();
  for (const [key, each] of value.entries) {
    const at = path ? `${path}.${key}` : key;
    if (seen.has(key)) yield `duplicate field ${JSON.stringify(at)}`;
    seen.add(key);
    yield* duplicatesIn(each, at);
  }
}

function read(type: StructNode, value: unknown, kept?: Kept): ReturnType<typeof canonical> {
  try {
    return canonical(type, value, kept);
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error;
    throw new DecodeError(examine(type, value).failure ?? 'json: cannot unmarshal the value', {
      cause: error,
    });
  }
}

/** `JSON.parse` with the error text of Go's scanner. Throws DecodeError. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new DecodeError(syntaxError(text), { cause: error });
  }
}
