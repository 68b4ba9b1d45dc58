/** What is wanted of an object: a whole value, or some members of it; of an array, the same of each of its items. */
export interface Parts {
  readonly [name: string]: Parts | true;
}

interface Wanted {
  readonly name: string;
  readonly bytes: Uint8Array; // with the quote and the colon behind it
  readonly of: readonly Wanted[] | undefined; // undefined: all of it
  /** Short values that were read first: where there are few, most objects have one of them. */
  readonly known: { readonly bytes: Uint8Array; readonly value: unknown }[];
}

/** Most short values that are remembered of a member, and the longest of these. */
const knownMax = 8;
const knownBytesMax = 40;

interface Cursor {
  readonly bytes: Uint8Array;
  readonly gapFrom: number;
  readonly gapTo: number;
  at: number;
}

const [quote, backslash, comma, opens, closes, opensArray, closesArray] = [
  0x22, 0x5c, 0x2c, 0x7b, 0x7d, 0x5b, 0x5d,
] as const;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * Reads nothing but `parts` of a JSON object, as `encodeJson` writes it: without white space, and without escapes in the names that are
 * wanted. The members of a gap, with the comma before them, are passed by. What is read may be shared: it must not be changed.
 */
export function partsReader(parts: Parts): PartsReader {
  const wanted = wantedOf(parts);
  return (bytes, gapFrom = 0, gapTo = 0) => objectAt({ bytes, gapFrom, gapTo, at: 0 }, wanted);
}

export type PartsReader = (bytes: Uint8Array, gapFrom?: number, gapTo?: number) => object;

const wantedOf = (parts: Parts): readonly Wanted[] =>
  Object.entries(parts).map(([name, of]) => ({
    ...{ name, bytes: encoder.encode(`${name}":`), known: [] },
    of: of === true ? undefined : wantedOf(of),
  }));

function objectAt(cursor: Cursor, wanted: readonly Wanted[]): object {
  const { bytes, gapFrom, gapTo } = cursor;
  const object: Record<string, unknown> = {};
  if (bytes[cursor.at + 1] === closes) cursor.at++;
  while (bytes[cursor.at] !== closes) {
    if (gapTo > 0 && cursor.at === gapFrom) {
      cursor.at = gapTo;
      continue;
    }
    cursor.at += 2; // the brace or the comma, and the name's quote
    const found = namedAt(bytes, cursor.at, wanted);
    if (found) {
      cursor.at += found.bytes.length;
      object[found.name] = valueAt(cursor, found);
    } else cursor.at = valueEnd(bytes, stringEnd(bytes, cursor.at) + 1);
    assertMore(bytes, cursor.at);
  }
  cursor.at++;
  return object;
}

function namedAt(bytes: Uint8Array, at: number, wanted: readonly Wanted[]): Wanted | undefined {
  for (let i = 0; i < wanted.length; i++)
    if (startsWith(bytes, at, wanted[i]!.bytes)) return wanted[i];
  return undefined;
}

function valueAt(cursor: Cursor, wanted: Wanted): unknown {
  const { bytes, at } = cursor;
  const first = bytes[at];
  if (wanted.of && first === opens) return objectAt(cursor, wanted.of);
  if (wanted.of && first === opensArray) return itemsAt(cursor, wanted);
  cursor.at = valueEnd(bytes, at);
  return scalar(bytes, at, cursor.at, wanted);
}

function itemsAt(cursor: Cursor, wanted: Wanted): unknown[] {
  const { bytes } = cursor;
  const items: unknown[] = [];
  if (bytes[cursor.at + 1] === closesArray) cursor.at++;
  while (bytes[cursor.at] !== closesArray) {
    cursor.at++; // the bracket or the comma
    items.push(valueAt(cursor, wanted));
    assertMore(bytes, cursor.at);
  }
  cursor.at++;
  return items;
}

/** The value between two places, parsed unless it is one of those that were read last. */
function scalar(bytes: Uint8Array, from: number, to: number, wanted: Wanted): unknown {
  const length = to - from;
  const { known } = wanted;
  if (length <= knownBytesMax)
    for (let i = 0; i < known.length; i++) {
      const one = known[i]!;
      if (one.bytes.length === length && startsWith(bytes, from, one.bytes)) return one.value;
    }
  const value: unknown = JSON.parse(decoder.decode(bytes.subarray(from, to)));
  if (length <= knownBytesMax && known.length < knownMax)
    known.push({ bytes: bytes.slice(from, to), value });
  return value;
}

/** Backwards: what is compared differs at its end, if at all. */
function startsWith(bytes: Uint8Array, from: number, start: Uint8Array): boolean {
  for (let i = start.length - 1; i >= 0; i--) if (bytes[from + i] !== start[i]) return false;
  return true;
}

function assertMore(bytes: Uint8Array, at: number): void {
  if (at >= bytes.length) throw new SyntaxError('the object has no end');
}

/** Behind the string of which a character, or the closing quote, stands at `from`. */
function stringEnd(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && bytes[at] !== quote) at += bytes[at] === backslash ? 2 : 1;
  return at + 1;
}

/** By byte: 1 begins a string, 2 something with an end of its own, which is 3; for all others one look is enough. */
const marks = new Uint8Array(256);
marks[quote] = 1;
marks[opens] = marks[opensArray] = 2;
marks[closes] = marks[closesArray] = 3;

/** Behind the JSON value that begins at `from`, or the end of `bytes` where it has none. */
export function valueEnd(bytes: Uint8Array, from: number): number {
  const first = marks[bytes[from]!];
  let at = from;
  if (first === 1) return stringEnd(bytes, from + 1);
  if (first !== 2) {
    while (at < bytes.length && bytes[at] !== comma && marks[bytes[at]!] !== 3) at++;
    return at;
  }
  for (let depth = 0; at < bytes.length;) {
    const mark = marks[bytes[at++]!];
    if (mark === 0) continue;
    if (mark === 1) at = stringEnd(bytes, at);
    else if (mark === 2) depth++;
    else if (--depth === 0) return at;
  }
  return at;
}
