import { randomBytes } from 'node:crypto';
import { xsalsa20poly1305 } from '@noble/ciphers/salsa.js';
import type { Transformer } from './transformer.ts';

const nonceBytes = 24;

/** NaCl's secret box: XSalsa20 and Poly1305; nonce, then the box. */
export const secretbox = (name: string, secret: Uint8Array): Transformer => ({
  prefix: `k8s:enc:secretbox:v1:${name}:`,
  seal(value) {
    const nonce = randomBytes(nonceBytes);
    return Buffer.concat([nonce, xsalsa20poly1305(secret, nonce).encrypt(value)]);
  },
  open(stored) {
    if (stored.length < nonceBytes)
      throw new Error('the stored data was shorter than the required size');
    const nonce = stored.subarray(0, nonceBytes);
    try {
      return xsalsa20poly1305(secret, nonce).decrypt(stored.subarray(nonceBytes));
    } catch (cause) {
      throw new Error('invalid tag', { cause });
    }
  },
});
