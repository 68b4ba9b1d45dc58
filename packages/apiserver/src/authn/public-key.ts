import { sha256 } from '@noble/hashes/sha2.js';
import { childrenOf, contentOf, objectIdOf, readDer } from '@coxswain/api/der';
import { pemBytes } from './x509.ts';

/** The members of a public JSON Web Key: those of RSA, or of a curve. */
type Jwk = Readonly<Partial<Record<'kty' | 'crv' | 'x' | 'y' | 'n' | 'e', string>>>;
type Algorithm = Parameters<SubtleCrypto['verify']>[0];

/** A public key that checks signatures of one algorithm. */
export interface PublicKey {
  /** ES256, ES384, RS256: how a JWT names what this key checks. */
  readonly algorithm: string;
  /** SHA-256 of the key in SPKI form, as upstream derives key ids. */
  readonly id: string;
  /** The key as others read it. */
  jwk(): Promise<Jwk>;
  /** The signature is raw (r and s side by side), as in a JWT. */
  verify(signature: Uint8Array, data: Uint8Array): Promise<boolean>;
}

interface KeySort {
  readonly jwt: string;
  readonly import: Parameters<SubtleCrypto['importKey']>[2];
  readonly use: Algorithm;
  readonly width: number;
}

const curves: Readonly<Record<string, KeySort>> = {
  '1.2.840.10045.3.1.7': {
    jwt: 'ES256',
    import: { name: 'ECDSA', namedCurve: 'P-256' },
    use: { name: 'ECDSA', hash: 'SHA-256' },
    width: 32,
  },
  '1.3.132.0.34': {
    jwt: 'ES384',
    import: { name: 'ECDSA', namedCurve: 'P-384' },
    use: { name: 'ECDSA', hash: 'SHA-384' },
    width: 48,
  },
};
const rsa: KeySort = {
  jwt: 'RS256',
  import: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  use: { name: 'RSASSA-PKCS1-v1_5' },
  width: 0,
};

/** The sort of a key, by the AlgorithmIdentifier that SPKI and PKCS #8 share. */
function sortOf(identifier: ReturnType<typeof readDer>): KeySort {
  const [algorithm, curve] = childrenOf(identifier);
  if (objectIdOf(algorithm!) === '1.2.840.113549.1.1.1') return rsa;
  const sort = curve?.tag === 0x06 ? curves[objectIdOf(curve)] : undefined;
  if (!sort) throw new Error('a key must be RSA, or ECDSA on P-256 or P-384');
  return sort;
}

export async function publicKey(spki: Uint8Array): Promise<PublicKey> {
  const sort = sortOf(childrenOf(readDer(spki))[0]!);
  const bytes = new Uint8Array(spki);
  const key = await crypto.subtle.importKey('spki', bytes, sort.import, true, ['verify']);
  return {
    algorithm: sort.jwt,
    id: sha256(bytes).toBase64({ alphabet: 'base64url', omitPadding: true }),
    jwk: () => crypto.subtle.exportKey('jwk', key) as Promise<Jwk>,
    verify: (signature, data) =>
      crypto.subtle.verify(sort.use, key, new Uint8Array(signature), new Uint8Array(data)),
  };
}

/** The raw form of a signature as certificates carry it: ECDSA's two numbers side by side, RSA's as it is. */
export function rawSignature({ algorithm }: PublicKey, signature: Uint8Array): Uint8Array {
  if (algorithm === 'RS256') return signature;
  const width = algorithm === 'ES384' ? 48 : 32;
  const raw = new Uint8Array(2 * width);
  for (const [index, number] of childrenOf(readDer(signature)).entries()) {
    const digits = contentOf(number);
    const significant = digits.subarray(Math.max(0, digits.length - width));
    raw.set(significant, (index + 1) * width - significant.length);
  }
  return raw;
}

/** A private key that signs JWTs. */
export interface SigningKey {
  readonly algorithm: string;
  readonly id: string;
  sign(data: Uint8Array): Promise<Uint8Array>;
}

/** From PEM: the private key (PKCS #8), and its public half for the key id. */
export async function signingKey(privatePem: string, publicPem: string): Promise<SigningKey> {
  const bytes = pemBytes(privatePem);
  const sort = sortOf(childrenOf(readDer(bytes))[1]!);
  const key = await crypto.subtle.importKey('pkcs8', bytes, sort.import, false, ['sign']);
  const { id } = await publicKey(pemBytes(publicPem));
  return {
    algorithm: sort.jwt,
    id,
    sign: async (data) =>
      new Uint8Array(await crypto.subtle.sign(sort.use, key, new Uint8Array(data))),
  };
}
