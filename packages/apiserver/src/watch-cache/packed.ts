/** The bytes of an object, as what tells them apart from those of a like one. */
export interface Packed {
  readonly like: Uint8Array;
  /**
   * Steps, each of them four parts: bytes of `like` to pass by, and then to take; how many of our own follow, and those. Numbers have
   * six bits a character. As text it is a leaf of V8's heap: beside it, a thousand bytes cost as much again in bookkeeping.
   */
  readonly steps: string;
  readonly length: number;
}

/** The largest object that is packed, and the longest text of its steps; more than half of it is not worth the trouble. */
const bytesMax = 2 ** 17;
const stepsMax = bytesMax / 2;
/** How far ahead in `like`, and behind how many quotes of ours, they are looked for where both go on alike. */
const aheadMax = 1024;
const quotesMax = 8;
/** How often that is done for one object: it takes a moment each time, and objects that are alike differ in few places. */
const meetingsMax = 256;
const anchorBytes = 16;

const quote = 0x22;
const scratch = new Uint8Array(stepsMax + anchorBytes);
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** `bytes` packed beside `like`; undefined where they are too different. Both are JSON without white space. */
export function packed(bytes: Uint8Array, like: Uint8Array): Packed | undefined {
  const { length } = bytes;
  if (length > bytesMax) return undefined;
  const worth = length / 2;
  let meetings = 0;
  let [at, from, end, size] = [0, 0, 0, 0]; // where we stand in both; where the last step's own part of `like` ended
  while (at < length) {
    const start = at;
    while (at < length && bytes[at] === like[from + at - start]) at++;
    size = put(put(size, from - end), at - start);
    end = from + at - start;
    const own = at;
    if (at < length) {
      if (++meetings > meetingsMax) return undefined;
      [at, from] = meeting(bytes, at, like, end);
    }
    if (size + at - own > worth) return undefined;
    size = put(size, at - own);
    for (let i = own; i < at; i++) {
      if (bytes[i]! > 0x7f) return undefined; // the text of steps has one byte a character
      scratch[size++] = bytes[i]!;
    }
  }
  return { like, steps: decoder.decode(scratch.subarray(0, size)), length };
}

/** The bytes that were packed. */
export function unpacked({ like, steps, length }: Packed): Uint8Array {
  encoder.encodeInto(steps, scratch);
  const bytes = new Uint8Array(length);
  let [at, from, size] = [0, 0, 0];
  const number = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 6) {
      const part = scratch[size++]!;
      value |= (part & 63) << shift;
      if (part < 64) return value;
    }
  };
  while (at < length) {
    from += number();
    const taken = number();
    bytes.set(like.subarray(from, from + taken), at);
    at += taken;
    from += taken;
    for (let left = number(); left > 0; left--) bytes[at++] = scratch[size++]!;
  }
  return bytes;
}

function put(size: number, value: number): number {
  let at = size;
  let left = value;
  for (; left > 63; left >>>= 6) scratch[at++] = 64 | (left & 63);
  scratch[at++] = left;
  return at;
}

/** Where both go on alike, each behind something of its own: at a quote, so that texts of other lengths are passed; or our end. */
function meeting(
  bytes: Uint8Array,
  at: number,
  like: Uint8Array,
  from: number,
): readonly [number, number] {
  let mine = at;
  for (let quotes = 0; quotes < quotesMax; quotes++, mine++) {
    mine = bytes.indexOf(quote, mine);
    if (mine < 0) break;
    const to = Math.min(from + aheadMax, like.length);
    for (let theirs = from; theirs < to; theirs++) {
      let same = 0;
      while (same < anchorBytes && bytes[mine + same] === like[theirs + same]) same++;
      // At the end of both there is less to compare.
      if (same === anchorBytes || mine + same === bytes.length) return [mine, theirs];
    }
  }
  return [bytes.length, from];
}
