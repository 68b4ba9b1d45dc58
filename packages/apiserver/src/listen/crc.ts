/** The polynomial of gzip's checksum, bits reversed. */
const polynomial = 0xedb88320;

/** The checksum of two texts in a row, by theirs and the second one's length. */
export function joinedCrc(first: number, second: number, secondBytes: number): number {
  // Multiplies `first` by x to the 8 times `secondBytes` in the field of the polynomial.
  let power = squared(squared(squared(0x40000000))); // x^8
  let moved = first;
  for (let left = secondBytes; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) moved = times(power, moved);
    power = squared(power);
  }
  return (moved ^ second) >>> 0;
}

const squared = (a: number): number => times(a, a);

/** The product in the field: bit 31 is x to the 0. */
function times(a: number, b: number): number {
  let product = 0;
  let shifted = b;
  for (let bit = 31; bit >= 0; bit--) {
    if ((a >>> bit) & 1) product ^= shifted;
    shifted = shifted & 1 ? (shifted >>> 1) ^ polynomial : shifted >>> 1;
  }
  return product >>> 0;
}
