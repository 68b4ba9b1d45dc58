import { createECDH, createHash, createHmac, createPrivateKey, type KeyObject } from 'node:crypto';
import { integer, sequence } from './der.ts';

/** The order of P-256's group. */
const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const width = 32;

const numberOf = (bytes: Uint8Array): bigint => BigInt(`0x${bytes.toHex()}`);
const bytesOf = (number: bigint): Uint8Array =>
  Uint8Array.fromHex(number.toString(16).padStart(2 * width, '0'));
const modulo = (number: bigint): bigint => ((number % order) + order) % order;

/** The inverse of `number` modulo the order, which is prime: Euclid's way. */
function inverse(number: bigint): bigint {
  let [a, b, x, y] = [modulo(number), order, 1n, 0n];
  while (a > 1n) {
    const quotient = b / a;
    [a, b, x, y] = [b - quotient * a, a, y - quotient * x, x];
  }
  return modulo(x);
}

/** A number below the order, drawn from `random`. */
export function drawBytes(random: () => number, length: number = width): Uint8Array {
  return Uint8Array.from({ length }, () => Math.floor(random() * 256));
}

/**
 * A P-256 key that follows from `random` alone, so that a seed gives the same certificates each time. Only for clusters that
 * nobody else can reach: whoever knows the seed knows the key.
 */
export function seededKey(random: () => number): KeyObject {
  const secret = bytesOf(modulo(numberOf(drawBytes(random)) - 1n) + 1n);
  const pair = createECDH('prime256v1');
  pair.setPrivateKey(secret);
  const point = pair.getPublicKey();
  const text = (bytes: Uint8Array): string =>
    bytes.toBase64({ alphabet: 'base64url', omitPadding: true });
  return createPrivateKey({
    format: 'jwk',
    key: {
      ...{ kty: 'EC', crv: 'P-256', d: text(secret) },
      ...{ x: text(point.subarray(1, 1 + width)), y: text(point.subarray(1 + width)) },
    },
  });
}

/** ECDSA over the SHA-256 of `data`, whose number used once follows from key and data: the same each time. */
function seededNumbers(data: Uint8Array, key: KeyObject): readonly [r: Uint8Array, s: Uint8Array] {
  const { d = '' } = key.export({ format: 'jwk' });
  const secret = Uint8Array.fromBase64(d, { alphabet: 'base64url' });
  const digest = createHash('sha256').update(data).digest();
  for (let round = 0; ; round++) {
    const drawn = createHmac('sha256', secret).update(digest).update(String(round)).digest();
    const once = numberOf(drawn);
    if (once === 0n || once >= order) continue;
    const point = createECDH('prime256v1');
    point.setPrivateKey(bytesOf(once));
    const r = modulo(numberOf(point.getPublicKey().subarray(1, 1 + width)));
    const s = modulo(inverse(once) * (numberOf(digest) + r * numberOf(secret)));
    if (r !== 0n && s !== 0n) return [bytesOf(r), bytesOf(s)];
  }
}

/** A signature as certificates carry it. */
export const seededSignature = (data: Uint8Array, key: KeyObject): Uint8Array =>
  sequence(...seededNumbers(data, key).map(integer));

/** A signature as a JWT carries it, by a key in PEM. */
export const seededJwtSignature = (data: Uint8Array, key: string): Uint8Array =>
  Buffer.concat(seededNumbers(data, createPrivateKey(key)));
