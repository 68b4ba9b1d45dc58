import {
  childrenOf,
  contentOf,
  type Der,
  objectIdOf,
  readDer,
  textOf,
  timeOf,
  wholeOf,
} from '@coxswain/api/der';

/** What authentication needs of a certificate. */
export interface Certificate {
  readonly der: Uint8Array;
  /** The part that is signed, by whom (the name, encoded), how, and the signature. */
  readonly signedPart: Uint8Array;
  readonly issuer: Uint8Array;
  readonly signatureAlgorithm: string;
  readonly signature: Uint8Array;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** The name, encoded, and its attributes in their order: object identifier and text. */
  readonly subject: Uint8Array;
  readonly attributes: readonly (readonly [id: string, text: string])[];
  readonly publicKey: Uint8Array;
  /** Extended key usages; undefined when the certificate does not restrict them. */
  readonly usages: readonly string[] | undefined;
}

const extendedKeyUsage = '2.5.29.37';

/** Reads a certificate; throws when it is none. Says nothing of whether to trust it. */
export function parseCertificate(der: Uint8Array): Certificate {
  const [body, algorithm, signature] = childrenOf(readDer(der));
  const parts = childrenOf(body!).filter(({ tag }) => tag !== 0xa0); // without the version
  const [, , issuer, validity, subject, publicKey] = parts;
  const [notBefore, notAfter] = childrenOf(validity!);
  return {
    der,
    signedPart: wholeOf(body!),
    issuer: wholeOf(issuer!),
    signatureAlgorithm: objectIdOf(childrenOf(algorithm!)[0]!),
    signature: contentOf(signature!).subarray(1),
    notBeforeMs: timeOf(notBefore!),
    notAfterMs: timeOf(notAfter!),
    subject: wholeOf(subject!),
    attributes: attributesOf(subject!),
    publicKey: wholeOf(publicKey!),
    usages: usagesOf(parts.find(({ tag }) => tag === 0xa3)),
  };
}

/** The certificates of a PEM text. */
export const parseCertificates = (pem: string): readonly Certificate[] =>
  [...pem.matchAll(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END/g)].map(([block]) =>
    parseCertificate(pemBytes(block)),
  );

/** The bytes of the first block of a PEM text. */
export function pemBytes(pem: string): Uint8Array<ArrayBuffer> {
  const body = /-----BEGIN [A-Z0-9 ]+-----([\s\S]+?)-----END/.exec(pem)?.[1];
  if (!body) throw new Error('no PEM block');
  return Uint8Array.fromBase64(body);
}

export const attributesOf = (name: Der): Certificate['attributes'] =>
  childrenOf(name)
    .flatMap(childrenOf)
    .map((attribute) => {
      const [id, value] = childrenOf(attribute);
      return [objectIdOf(id!), textOf(value!)] as const;
    });

function usagesOf(extensions: Der | undefined): readonly string[] | undefined {
  for (const extension of extensions ? childrenOf(childrenOf(extensions)[0]!) : []) {
    const parts = childrenOf(extension);
    if (objectIdOf(parts[0]!) === extendedKeyUsage)
      return childrenOf(readDer(contentOf(parts.at(-1)!))).map(objectIdOf);
  }
  return undefined;
}
