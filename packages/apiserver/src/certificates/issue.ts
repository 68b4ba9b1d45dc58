import {
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  X509Certificate,
} from 'node:crypto';
import { addressOctets } from './address.ts';
import {
  bitString,
  boolean,
  integer,
  objectId,
  octetString,
  sequence,
  set,
  tagged,
  time,
  utf8String,
} from './der.ts';
import { drawBytes, seededKey, seededSignature } from './seeded-key.ts';

/** A certificate and its private key, both PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

export interface CertificateRequest {
  readonly commonName: string;
  readonly organizations?: readonly string[] | undefined;
  readonly use: 'authority' | 'server' | 'client' | 'both';
  /** DNS names and IP addresses, told apart by their form. */
  readonly names?: readonly string[] | undefined;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** Made anew unless given: an authority is renewed under its old key, so that what it signed stays valid. */
  readonly key?: string | undefined;
  /** Where key, serial number and signature follow from a seed, what they are drawn from. */
  readonly random?: Chance | undefined;
}

/** Draws from [0, 1). */
export type Chance = () => number;

const ecdsaWithSha256 = sequence(objectId('1.2.840.10045.4.3.2'));
const rsaWithSha256 = sequence(objectId('1.2.840.113549.1.1.11'), tagged(0x05));

/** The certificate around `body`, which is given the algorithm that `key` signs by. An authority of others may have an RSA key. */
export function signed(
  body: (algorithm: Uint8Array) => Uint8Array,
  key: KeyObject,
  isSeeded: boolean,
): Uint8Array {
  const algorithm = key.asymmetricKeyType === 'rsa' ? rsaWithSha256 : ecdsaWithSha256;
  const content = body(algorithm);
  const signature = isSeeded ? seededSignature(content, key) : sign('sha256', content, key);
  return sequence(content, algorithm, bitString(signature));
}

const usageOf = {
  server: ['1.3.6.1.5.5.7.3.1'],
  client: ['1.3.6.1.5.5.7.3.2'],
  both: ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'],
} as const;

/** Makes a key (ECDSA P-256) and a certificate for it, signed by `issuer`, or by itself when there is none. */
export function issue(request: CertificateRequest, issuer?: KeyPair): KeyPair {
  const { random } = request;
  const key = request.key ? createPrivateKey(request.key) : drawKey(random);
  const spki = publicKeyOf(key);
  const subject = distinguishedName(request);
  const parent = issuer && new X509Certificate(issuer.certificate);
  const signer = issuer ? createPrivateKey(issuer.key) : key;
  const body = (algorithm: Uint8Array): Uint8Array =>
    sequence(
      tagged(0xa0, integer(Uint8Array.of(2))), // version 3
      integer(serialNumber(random)),
      algorithm,
      parent ? subjectOf(parent) : subject,
      sequence(time(request.notBeforeMs), time(request.notAfterMs)),
      subject,
      spki,
      tagged(0xa3, sequence(...extensions(request, spki, publicKeyOf(signer)))),
    );
  return {
    certificate: pem('CERTIFICATE', signed(body, signer, random !== undefined)),
    key: request.key ?? (key.export({ format: 'pem', type: 'pkcs8' }) as string),
  };
}

/** The public half, PEM (SPKI), of a private key in PEM. */
export function publicKeyPem(key: string): string {
  return pem('PUBLIC KEY', publicKeyOf(createPrivateKey(key)));
}

const drawKey = (random: Chance | undefined): KeyObject =>
  random ? seededKey(random) : generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

/** An ECDSA P-256 private key, PEM (PKCS #8): a fresh one, or the one that follows from `random`. */
export const newKey = (random?: Chance): string =>
  drawKey(random).export({ format: 'pem', type: 'pkcs8' }) as string;

function extensions(
  request: CertificateRequest,
  spki: Uint8Array,
  signerSpki: Uint8Array,
): readonly Uint8Array[] {
  const authority = request.use === 'authority';
  const keyUsage = authority ? Uint8Array.of(0xa6) : Uint8Array.of(0xa0); // signature + encipherment (+ sign certificates and lists)
  const list = [
    extension('2.5.29.15', bitString(keyUsage, authority ? 1 : 5), true),
    extension('2.5.29.19', authority ? sequence(boolean(true)) : sequence(), true),
    extension('2.5.29.14', octetString(keyId(spki))),
    extension('2.5.29.35', sequence(tagged(0x80, keyId(signerSpki)))),
  ];
  if (request.use !== 'authority')
    list.push(extension('2.5.29.37', sequence(...usageOf[request.use].map(objectId))));
  if (request.names?.length)
    list.push(extension('2.5.29.17', sequence(...request.names.map(generalName))));
  return list;
}

/** An extension, critical or not. */
export const extension = (id: string, value: Uint8Array, critical = false): Uint8Array =>
  sequence(objectId(id), ...(critical ? [boolean(true)] : []), octetString(value));

function generalName(name: string): Uint8Array {
  const address = addressOctets(name);
  return address ? tagged(0x87, address) : tagged(0x82, new TextEncoder().encode(name));
}

function distinguishedName({ commonName, organizations = [] }: CertificateRequest): Uint8Array {
  const attribute = (id: string, value: string): Uint8Array =>
    set(sequence(objectId(id), utf8String(value)));
  return sequence(
    ...organizations.map((organization) => attribute('2.5.4.10', organization)),
    attribute('2.5.4.3', commonName),
  );
}

/** The subject of a certificate that we made: the value after serial, algorithm, issuer and validity. */
export function subjectOf(certificate: X509Certificate): Uint8Array {
  const { raw } = certificate;
  let at = contentAt(raw, contentAt(raw, 0)); // into the certificate, into its body
  for (let skipped = 0; skipped < 5; skipped++) at = endOf(raw, at);
  return raw.subarray(at, endOf(raw, at));
}

/** Where the content of the DER value at `at` begins and ends. */
export function header(
  der: Uint8Array,
  at: number,
): { readonly content: number; readonly end: number } {
  const first = der[at + 1]!;
  if (first < 0x80) return { content: at + 2, end: at + 2 + first };
  const octets = first & 0x7f;
  let size = 0;
  for (let index = 0; index < octets; index++) size = size * 256 + der[at + 2 + index]!;
  return { content: at + 2 + octets, end: at + 2 + octets + size };
}

const contentAt = (der: Uint8Array, at: number): number => header(der, at).content;
const endOf = (der: Uint8Array, at: number): number => header(der, at).end;

const subjectKeyIdOid = objectId('2.5.29.14');

/** What `certificate` calls its key, if it does: an authority of others may count it in its own way. */
export function subjectKeyId(certificate: X509Certificate): Uint8Array | undefined {
  const { raw } = certificate;
  const at = raw.indexOf(subjectKeyIdOid);
  if (at < 0) return undefined;
  const id = header(raw, contentAt(raw, at + subjectKeyIdOid.length));
  return raw.subarray(id.content, id.end);
}

/** The public half as SubjectPublicKeyInfo. */
export const publicKeyOf = (key: KeyObject): Uint8Array => {
  const jwk = key.export({ format: 'jwk' }) as { readonly x: string; readonly y: string };
  const point = Buffer.concat([
    Buffer.of(4),
    Buffer.from(jwk.x, 'base64url'),
    Buffer.from(jwk.y, 'base64url'),
  ]);
  const algorithm = sequence(objectId('1.2.840.10045.2.1'), objectId('1.2.840.10045.3.1.7'));
  return sequence(algorithm, bitString(point));
};

/** RFC 7093 method 1: the first 160 bits of the SHA-256 of the key. */
export const keyId = (spki: Uint8Array): Uint8Array =>
  createHash('sha256').update(spki.subarray(-65)).digest().subarray(0, 20);

/** A random positive serial number. */
export const serialNumber = (random?: Chance): Uint8Array => {
  const bytes = random ? drawBytes(random, 16) : randomBytes(16);
  bytes[0]! &= 0x7f;
  return bytes;
};

/** PEM of `der` under `label`. */
export function pem(label: string, der: Uint8Array): string {
  const lines = Buffer.from(der)
    .toString('base64')
    .replaceAll(/.{64}(?=.)/g, '$&\n');
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}
