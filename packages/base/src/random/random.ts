/** A seeded source of chance: [0, 1), the same sequence for the same seed (sfc32). */
export function seededRandom(seed: number): () => number {
  let a = 0x9e3779b9 ^ seed;
  let b = 0x243f6a88;
  let c = 0xb7e15162;
  let counter = 1;
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let round = 0; round < 12; round++) next();
  return next;
}

/** The machine's chance, for a cluster without a seed. */
export const systemRandom: () => number = () => {
  if (nextWord === words.length) {
    crypto.getRandomValues(words);
    nextWord = 0;
  }
  return words[nextWord++]! / 2 ** 32;
};

/** Drawn in stock: asking the system for every word costs more than all that uses it. */
const words = new Uint32Array(4096);
let nextWord = words.length;

/** Every byte in hex digits: a request draws several identities. */
const hex: readonly string[] = Array.from({ length: 256 }, (_, i) =>
  i.toString(16).padStart(2, '0'),
);

/** 32 bits in hex digits. */
const word = (bits: number): string =>
  hex[bits >>> 24]! + hex[(bits >>> 16) & 255]! + hex[(bits >>> 8) & 255]! + hex[bits & 255]!;

/** A version 4 UUID drawn from `random`. */
export function uuid(random: () => number): string {
  const draw = (): number => (random() * 2 ** 32) >>> 0;
  const a = word(draw());
  const b = word((draw() & 0xffff0fff) | 0x4000);
  const c = word((draw() & 0x3fffffff) | 0x80000000);
  // Joined into one piece: an object with a text that is still two halves is written slowly as JSON.
  return [a, b.slice(0, 4), b.slice(4), c.slice(0, 4), c.slice(4) + word(draw())].join('-');
}

/** `length` characters of Kubernetes' safe alphabet (no vowels, no 0, 1 or 3), as generateName appends them. */
export function randomSuffix(random: () => number, length = 5): string {
  const alphabet = 'bcdfghjklmnpqrstvwxz2456789';
  return Array.from({ length }, () => alphabet[Math.floor(random() * alphabet.length)]).join('');
}
