/** Writes the few shapes of ASN.1 DER that certificates are made of. */

/** One DER value: tag, length, content. */
export function tagged(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  const length = lengthOctets(size);
  const out = new Uint8Array(1 + length.length + size);
  out[0] = tag;
  out.set(length, 1);
  let at = 1 + length.length;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function lengthOctets(size: number): readonly number[] {
  if (size < 0x80) return [size];
  const octets: number[] = [];
  for (let left = size; left > 0; left >>>= 8) octets.unshift(left & 0xff);
  return [0x80 | octets.length, ...octets];
}

const text = new TextEncoder();

export const sequence = (...parts: readonly Uint8Array[]): Uint8Array => tagged(0x30, ...parts);
export const set = (...parts: readonly Uint8Array[]): Uint8Array => tagged(0x31, ...parts);
export const octetString = (bytes: Uint8Array): Uint8Array => tagged(0x04, bytes);
export const utf8String = (value: string): Uint8Array => tagged(0x0c, text.encode(value));
export const boolean = (value: boolean): Uint8Array =>
  tagged(0x01, Uint8Array.of(value ? 0xff : 0));

/** A BIT STRING of whole octets, or with `unused` bits at its end. */
export const bitString = (bytes: Uint8Array, unused = 0): Uint8Array =>
  tagged(0x03, Uint8Array.of(unused), bytes);

/** An INTEGER from its big-endian magnitude: never negative, no octet more than needed. */
export function integer(magnitude: Uint8Array): Uint8Array {
  const first = magnitude.findIndex((octet) => octet !== 0);
  const digits = first < 0 ? Uint8Array.of(0) : magnitude.subarray(first);
  return digits[0]! & 0x80 ? tagged(0x02, Uint8Array.of(0), digits) : tagged(0x02, digits);
}

/** An OBJECT IDENTIFIER from its dotted form. */
export function objectId(dotted: string): Uint8Array {
  const [first, second, ...rest] = dotted.split('.').map(Number);
  const octets: number[] = [first! * 40 + second!];
  for (const arc of rest) {
    const digits = [arc & 0x7f];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128))
      digits.unshift((left & 0x7f) | 0x80);
    octets.push(...digits);
  }
  return tagged(0x06, Uint8Array.from(octets));
}

/** UTCTime until 2049, GeneralizedTime from 2050, as RFC 5280 asks; whole seconds. */
export function time(ms: number): Uint8Array {
  const stamp = new Date(ms).toISOString().replaceAll(/[-:T]|\.\d+/g, '');
  return Number(stamp.slice(0, 4)) < 2050
    ? tagged(0x17, text.encode(stamp.slice(2)))
    : tagged(0x18, text.encode(stamp));
}
