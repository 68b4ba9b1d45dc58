/** Inputs made from good ones by a seed: bytes changed, cut, doubled, spliced, and words that decoders trip over put in. */

/** mulberry32: the same numbers in [0, 1) for the same seed. */
export function chanceOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const words = [
  ...['{', '}', '[', ']', '"', '\\u0000', '\\ud800', ':', ',', '-', '1e999', '-0', '0x1F', 'null'],
  ...[
    'true',
    '~',
    '&a',
    '*a',
    '!!binary ',
    '|\n',
    '>-\n',
    '? ',
    '- ',
    '\t',
    '\n',
    '\r\n',
    '\ufeff',
  ],
  ...['__proto__', 'constructor', '$patch', '$setElementOrder/', '/-', '~1', 'metadata', 'in ('],
  ...['==', '!=', '&&', '||', '?.', 'all(', 'has(', "b'\\x", '9223372036854775808', '1u', '%', '*'],
  ...['\u0000', '\u2028', '😀', '9'.repeat(40), 'a'.repeat(200), '['.repeat(200), '('.repeat(200)],
].map((word) => Buffer.from(word));

const lengthMax = 4096;

/** One input after the other, from `seeds`. */
export function mutator(seeds: readonly Uint8Array[], seed: number): () => Uint8Array {
  const chance = chanceOf(seed);
  const below = (limit: number): number => Math.floor(chance() * limit);
  const pick = <T>(from: readonly T[]): T => from[below(from.length)]!;
  const change = (bytes: Buffer): Buffer => {
    const at = below(bytes.length + 1);
    switch (below(7)) {
      case 0: {
        if (bytes.length > 0) bytes[below(bytes.length)] = below(256);
        return bytes;
      }
      case 1:
        return Buffer.concat([bytes.subarray(0, at), pick(words), bytes.subarray(at)]);
      case 2:
        return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + below(16))]);
      case 3: {
        const end = at + below(32);
        return Buffer.concat([bytes.subarray(0, end), bytes.subarray(at)]);
      }
      case 4: {
        const other = pick(seeds);
        const cut = below(other.length + 1);
        return Buffer.concat([bytes.subarray(0, at), other.subarray(cut)]);
      }
      case 5: {
        if (bytes.length > 0) bytes[below(bytes.length)]! ^= 1 << below(8);
        return bytes;
      }
      default:
        return bytes.subarray(0, at);
    }
  };
  return () => {
    let bytes: Buffer = Buffer.from(pick(seeds));
    for (let changes = 1 + below(4); changes > 0; changes--) bytes = change(bytes);
    return bytes.subarray(0, lengthMax);
  };
}
