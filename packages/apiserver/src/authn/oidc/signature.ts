/** A public key as a JWKS holds it. */
export interface Jwk {
  readonly kty?: string;
  readonly kid?: string;
  readonly crv?: string;
  readonly n?: string;
  readonly e?: string;
  readonly x?: string;
  readonly y?: string;
}

/** What WebCrypto takes for a key in that form. */
type KeyData = Awaited<ReturnType<typeof crypto.subtle.exportKey>> & { kty: string };

interface Algorithm {
  readonly keyType: 'EC' | 'RSA';
  readonly import: Parameters<SubtleCrypto['importKey']>[2];
  readonly use: Parameters<SubtleCrypto['verify']>[0];
}

const rsa = (bits: number): Algorithm => ({
  keyType: 'RSA',
  import: { name: 'RSASSA-PKCS1-v1_5', hash: `SHA-${bits}` },
  use: { name: 'RSASSA-PKCS1-v1_5' },
});
const pss = (bits: number): Algorithm => ({
  keyType: 'RSA',
  import: { name: 'RSA-PSS', hash: `SHA-${bits}` },
  use: { name: 'RSA-PSS', saltLength: bits / 8 } as Algorithm['use'],
});
const ec = (bits: number, namedCurve: string): Algorithm => ({
  keyType: 'EC',
  import: { name: 'ECDSA', namedCurve },
  use: { name: 'ECDSA', hash: `SHA-${bits}` },
});

/** How JWTs may be signed; the names are upstream's, in its order. */
export const signingAlgorithms: Readonly<Record<string, Algorithm>> = {
  ...{ ES256: ec(256, 'P-256'), ES384: ec(384, 'P-384'), ES512: ec(512, 'P-521') },
  ...{ PS256: pss(256), PS384: pss(384), PS512: pss(512) },
  ...{ RS256: rsa(256), RS384: rsa(384), RS512: rsa(512) },
};

/** A JWT, read but not believed. */
export interface ReadJwt {
  readonly algorithm: string;
  readonly keyId: string;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly signed: Uint8Array<ArrayBuffer>;
  readonly signature: Uint8Array<ArrayBuffer>;
}

const bytes = (part: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.fromBase64(part, { alphabet: 'base64url' });
const json = (part: string): Readonly<Record<string, unknown>> => {
  const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes(part)));
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error('a part of a JWT must be an object');
  return value as Readonly<Record<string, unknown>>;
};
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Undefined: this is no JWT. */
export function readJwt(token: string): ReadJwt | undefined {
  const [head = '', body = '', tail = '', ...more] = token.split('.');
  if (!tail || more.length > 0) return undefined;
  try {
    const { alg, kid } = json(head);
    return {
      ...{ algorithm: text(alg), keyId: text(kid), claims: json(body) },
      signed: new TextEncoder().encode(`${head}.${body}`),
      signature: bytes(tail),
    };
  } catch {
    return undefined; // whatever is wrong in it, it is no JWT
  }
}

/** Whether one of `keys` signed the token; a token that names its key is checked by that key alone. */
export async function isSignedBy(keys: readonly Jwk[], jwt: ReadJwt): Promise<boolean> {
  const algorithm = signingAlgorithms[jwt.algorithm];
  if (!algorithm) return false;
  for (const jwk of keys) {
    if (jwk.kty !== algorithm.keyType || (jwt.keyId && jwk.kid !== jwt.keyId)) continue;
    const { kty, crv, n, e, x, y } = jwk;
    const plain = (kty === 'EC' ? { kty, crv, x, y } : { kty, n, e }) as KeyData;
    const isGood = await crypto.subtle
      .importKey('jwk', plain, algorithm.import, false, ['verify'])
      .then((key) => crypto.subtle.verify(algorithm.use, key, jwt.signature, jwt.signed))
      .catch(() => false); // a key on another curve, or none: it has not signed this
    if (isGood) return true;
  }
  return false;
}
