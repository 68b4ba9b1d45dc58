import type { PublicKey, SigningKey } from './public-key.ts';

/** The registered claims; times are seconds since the epoch. */
export interface Claims {
  readonly iss?: string;
  readonly sub?: string;
  readonly aud?: string | readonly string[];
  readonly exp?: number;
  readonly nbf?: number;
  readonly iat?: number;
  readonly jti?: string;
}

const utf8 = new TextEncoder();
const alphabet = { alphabet: 'base64url', omitPadding: true } as const;
const encode = (value: unknown): string => utf8.encode(JSON.stringify(value)).toBase64(alphabet);
const bytesOf = (part: string): Uint8Array =>
  Uint8Array.fromBase64(part, { alphabet: 'base64url' });

export async function signJwt(claims: Claims, key: SigningKey): Promise<string> {
  const signed = `${encode({ alg: key.algorithm, kid: key.id })}.${encode(claims)}`;
  const signature = await key.sign(utf8.encode(signed));
  return `${signed}.${signature.toBase64(alphabet)}`;
}

/** The claims of a JWT, believed or not; undefined when the text is no JWT. */
export function claimsOf(token: string): Claims | undefined {
  const parts = token.split('.');
  if (parts.length !== 3) return undefined;
  return jsonPart(parts[1]!);
}

/** Whether one of `keys` signed the token. The key decides on the algorithm, never the token alone. */
export async function isSigned(token: string, keys: readonly PublicKey[]): Promise<boolean> {
  const [head = '', body = '', tail = ''] = token.split('.');
  const header = jsonPart(head);
  if (!header) return false;
  const named = keys.filter(({ id }) => id === header.kid);
  const signed = utf8.encode(`${head}.${body}`);
  let signature: Uint8Array;
  try {
    signature = bytesOf(tail);
  } catch {
    return false;
  }
  for (const key of named.length ? named : keys)
    if (key.algorithm === header.alg && (await key.verify(signature, signed))) return true;
  return false;
}

function jsonPart(part: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(
      new TextDecoder('utf-8', { fatal: true }).decode(bytesOf(part)),
    );
    return typeof value === 'object' && value !== null
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
