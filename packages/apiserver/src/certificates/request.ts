import { createPrivateKey, createPublicKey, verify, X509Certificate } from 'node:crypto';
import { bitString, integer, objectId, sequence, tagged, time } from './der.ts';
import {
  type Chance,
  extension,
  header,
  type KeyPair,
  pem,
  serialNumber,
  signed,
  subjectKeyId,
  subjectOf,
} from './issue.ts';

/** What a certificate signing request (PKCS #10) asks to be called. */
export interface RequestedNames {
  readonly commonName: string;
  readonly organizations: readonly string[];
  readonly dnsNames: number;
  readonly addresses: number;
  readonly emails: number;
  readonly uris: number;
}

/** Signs requests of others with the key of one authority. */
export interface RequestAuthority {
  /** What a PEM request asks for. Throws an Error for what is no request, or one not signed by its own key. */
  readonly read: (request: string) => RequestedNames;
  /** The certificate, PEM. Usages are those of a CertificateSigningRequest; no later than the authority itself. */
  readonly sign: (
    request: string,
    wanted: { readonly usages: readonly string[]; notBeforeMs: number; notAfterMs: number },
  ) => string;
}

/** `random`: what serial numbers and signatures follow from, where they follow from a seed. */
export const requestAuthority = (ca: KeyPair, random?: Chance): RequestAuthority => ({
  read: (request) => namesOf(parse(request)),
  sign(text, { usages, notBeforeMs, notAfterMs }) {
    const { subject, spki, altNames } = parse(text);
    const parent = new X509Certificate(ca.certificate);
    const parentId = subjectKeyId(parent);
    const key = createPrivateKey(ca.key);
    const endMs = Math.min(notAfterMs, Date.parse(parent.validTo));
    const extensions = [
      ...usageExtensions(usages),
      extension('2.5.29.19', sequence(), true),
      ...(parentId ? [extension('2.5.29.35', sequence(tagged(0x80, parentId)))] : []),
      ...(altNames ? [extension('2.5.29.17', altNames)] : []),
    ];
    const body = (algorithm: Uint8Array): Uint8Array =>
      sequence(
        tagged(0xa0, integer(Uint8Array.of(2))), // version 3
        integer(serialNumber(random)),
        algorithm,
        subjectOf(parent),
        sequence(time(notBeforeMs), time(endMs)),
        subject,
        spki,
        tagged(0xa3, sequence(...extensions)),
      );
    return pem('CERTIFICATE', signed(body, key, random !== undefined));
  },
});

interface Parsed {
  readonly subject: Uint8Array;
  readonly spki: Uint8Array;
  readonly altNames: Uint8Array | undefined; // GeneralNames
}

/** The values inside the constructed value at `at`, each whole. */
function children(der: Uint8Array, at = 0): readonly Uint8Array[] {
  const { content, end } = header(der, at);
  const found: Uint8Array[] = [];
  for (let next = content; next < end;) {
    const { end: after } = header(der, next);
    if (after > end || after <= next) throw new Error('malformed certificate request');
    found.push(der.subarray(next, after));
    next = after;
  }
  return found;
}

const contentOf = (der: Uint8Array): Uint8Array => {
  const { content, end } = header(der, 0);
  return der.subarray(content, end);
};
const isSame = (a: Uint8Array | undefined, b: Uint8Array): boolean =>
  a !== undefined && Buffer.compare(a, b) === 0;

const hashes: readonly (readonly [id: string, hash: string | null])[] = [
  ['1.2.840.10045.4.3.2', 'sha256'],
  ['1.2.840.10045.4.3.3', 'sha384'],
  ['1.2.840.10045.4.3.4', 'sha512'],
  ['1.2.840.113549.1.1.11', 'sha256'],
  ['1.2.840.113549.1.1.12', 'sha384'],
  ['1.2.840.113549.1.1.13', 'sha512'],
  ['1.3.101.112', null],
];

function parse(text: string): Parsed {
  const armoured = /-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----([\s\S]+?)-----END/.exec(text);
  if (!armoured) throw new Error('PEM block type must be CERTIFICATE REQUEST');
  const der = Buffer.from(armoured[1]!.replaceAll(/\s/g, ''), 'base64');
  const [body, algorithm, signature] = children(der);
  const [, subject, spki, attributes] = body ? children(body) : [];
  if (!body || !algorithm || !signature || !subject || !spki)
    throw new Error('malformed certificate request');
  const [algorithmId] = children(algorithm);
  const known = hashes.find(([id]) => isSame(algorithmId, objectId(id)));
  if (!known) throw new Error('the request is signed by an algorithm that is not known');
  const key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
  if (!verify(known[1], body, key, contentOf(signature).subarray(1)))
    throw new Error('the request is not signed by its own key');
  return { subject, spki, altNames: attributes && altNamesIn(attributes) };
}

const extensionRequest = objectId('1.2.840.113549.1.9.14');
const altNameId = objectId('2.5.29.17');

function altNamesIn(attributes: Uint8Array): Uint8Array | undefined {
  for (const attribute of children(attributes)) {
    const [id, values] = children(attribute);
    if (!isSame(id, extensionRequest) || !values) continue;
    for (const extensions of children(values))
      for (const one of children(extensions)) {
        const parts = children(one);
        if (isSame(parts[0], altNameId)) return contentOf(parts.at(-1)!);
      }
  }
  return undefined;
}

function namesOf({ subject, altNames }: Parsed): RequestedNames {
  const attributes = children(subject)
    .flatMap((set) => children(set))
    .map((pair) => children(pair));
  const valuesOf = (id: string): readonly string[] =>
    attributes
      .filter(([type]) => isSame(type, objectId(id)))
      .map(([, value]) => new TextDecoder().decode(contentOf(value!)));
  const tags = altNames ? children(altNames).map(([tag]) => tag) : [];
  const count = (tag: number): number => tags.filter((each) => each === tag).length;
  return {
    commonName: valuesOf('2.5.4.3').at(-1) ?? '',
    organizations: valuesOf('2.5.4.10'),
    emails: count(0x81),
    dnsNames: count(0x82),
    uris: count(0x86),
    addresses: count(0x87),
  };
}

/** By bit of KeyUsage, the first the most significant. */
const keyUsages: readonly (readonly string[])[] = [
  ['signing', 'digital signature'],
  ['content commitment'],
  ['key encipherment'],
  ['data encipherment'],
  ['key agreement'],
  ['cert sign'],
  ['crl sign'],
  ['encipher only'],
];
const purposes: Readonly<Record<string, string>> = {
  any: '2.5.29.37.0',
  'server auth': '1.3.6.1.5.5.7.3.1',
  'client auth': '1.3.6.1.5.5.7.3.2',
  'code signing': '1.3.6.1.5.5.7.3.3',
  'email protection': '1.3.6.1.5.5.7.3.4',
  's/mime': '1.3.6.1.5.5.7.3.4',
  'ipsec end system': '1.3.6.1.5.5.7.3.5',
  'ipsec tunnel': '1.3.6.1.5.5.7.3.6',
  'ipsec user': '1.3.6.1.5.5.7.3.7',
  timestamping: '1.3.6.1.5.5.7.3.8',
  'ocsp signing': '1.3.6.1.5.5.7.3.9',
};

function usageExtensions(usages: readonly string[]): readonly Uint8Array[] {
  let bits = 0;
  for (const [at, names] of keyUsages.entries())
    if (names.some((name) => usages.includes(name))) bits |= 0x80 >> at;
  const unused = bits === 0 ? 0 : 31 - Math.clz32(bits & -bits);
  const named = usages.flatMap((usage) => (purposes[usage] ? [objectId(purposes[usage])] : []));
  return [
    ...(bits ? [extension('2.5.29.15', bitString(Uint8Array.of(bits), unused), true)] : []),
    ...(named.length ? [extension('2.5.29.37', sequence(...named))] : []),
  ];
}
