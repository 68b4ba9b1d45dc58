import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Transformer } from './transformer.ts';

const nonceBytes = 12;
const tagBytes = 16;
const blockBytes = 16;
const tooShort = 'the stored data was shorter than the required size';

const bits = (secret: Uint8Array): 128 | 192 | 256 => (secret.length * 8) as 128 | 192 | 256;

/** AES in Galois/counter mode, bound to the key of the object: nonce, sealed bytes, tag. */
export const aesGcm = (name: string, secret: Uint8Array): Transformer => ({
  prefix: `k8s:enc:aesgcm:v1:${name}:`,
  seal(value, key) {
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv(`aes-${bits(secret)}-gcm`, secret, nonce);
    cipher.setAAD(Buffer.from(key));
    return Buffer.concat([nonce, cipher.update(value), cipher.final(), cipher.getAuthTag()]);
  },
  open(stored, key) {
    if (stored.length < nonceBytes + tagBytes) throw new Error(tooShort);
    const nonce = stored.subarray(0, nonceBytes);
    const cipher = createDecipheriv(`aes-${bits(secret)}-gcm`, secret, nonce);
    cipher.setAAD(Buffer.from(key));
    cipher.setAuthTag(stored.subarray(stored.length - tagBytes));
    const sealed = stored.subarray(nonceBytes, stored.length - tagBytes);
    try {
      return Buffer.concat([cipher.update(sealed), cipher.final()]);
    } catch (cause) {
      throw new Error('cipher: message authentication failed', { cause });
    }
  },
});

/** AES in chained blocks with PKCS #7 padding: the first block, then the sealed ones. */
export const aesCbc = (name: string, secret: Uint8Array): Transformer => ({
  prefix: `k8s:enc:aescbc:v1:${name}:`,
  seal(value) {
    const first = randomBytes(blockBytes);
    const cipher = createCipheriv(`aes-${bits(secret)}-cbc`, secret, first);
    return Buffer.concat([first, cipher.update(value), cipher.final()]);
  },
  open(stored) {
    if (stored.length < blockBytes) throw new Error(tooShort);
    if (stored.length % blockBytes !== 0)
      throw new Error('the stored data is not a multiple of the block size');
    const first = stored.subarray(0, blockBytes);
    const cipher = createDecipheriv(`aes-${bits(secret)}-cbc`, secret, first);
    try {
      return Buffer.concat([cipher.update(stored.subarray(blockBytes)), cipher.final()]);
    } catch (cause) {
      throw new Error('invalid padding on input', { cause });
    }
  },
});
