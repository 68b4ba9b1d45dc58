import { type PublicKey, publicKey, rawSignature } from './public-key.ts';
import { type Certificate, parseCertificate, parseCertificates } from './x509.ts';

const clientAuth = '1.3.6.1.5.5.7.3.2';
const anyUsage = '2.5.29.37.0';
/** What the DER signature algorithms are called in JWTs; only pairs that a key of ours can check. */
const algorithms: Readonly<Record<string, string>> = {
  '1.2.840.10045.4.3.2': 'ES256',
  '1.2.840.10045.4.3.3': 'ES384',
  '1.2.840.113549.1.1.11': 'RS256',
};

interface Authority {
  readonly name: Uint8Array;
  readonly key: Promise<PublicKey>;
}

/**
 * Tells client certificates that one of our authorities signed and that are good now. A connection hands the same bytes with
 * every request, so a signature is checked once for each connection; the time, each time.
 */
export class ClientTrust {
  #authorities: readonly Authority[];
  #signed = new WeakMap<Uint8Array, Promise<Certificate | undefined>>();

  /** Of a bundle in PEM. */
  constructor(bundle: string) {
    this.#authorities = authoritiesOf(bundle);
  }

  /** Believes those of another bundle from now on, also on open connections. */
  change(bundle: string): void {
    this.#authorities = authoritiesOf(bundle);
    this.#signed = new WeakMap();
  }

  /** The certificate when it is trusted; undefined when another authority signed it; throws when it is ours and not good. */
  async check(der: Uint8Array, nowMs: number): Promise<Certificate | undefined> {
    let signed = this.#signed.get(der);
    if (!signed) this.#signed.set(der, (signed = this.#checkSignature(parseCertificate(der))));
    const certificate = await signed;
    if (!certificate) return undefined;
    const { notBeforeMs, notAfterMs, usages } = certificate;
    if (!(nowMs >= notBeforeMs && nowMs <= notAfterMs))
      throw new Error('x509: certificate has expired or is not yet valid');
    if (usages && !usages.includes(clientAuth) && !usages.includes(anyUsage))
      throw new Error('x509: certificate specifies an incompatible key usage');
    return certificate;
  }

  async #checkSignature(certificate: Certificate): Promise<Certificate | undefined> {
    for (const { name, key } of this.#authorities) {
      if (!sameBytes(name, certificate.issuer)) continue;
      const authority = await key;
      if (algorithms[certificate.signatureAlgorithm] !== authority.algorithm) continue;
      const signature = rawSignature(authority, certificate.signature);
      if (await authority.verify(signature, certificate.signedPart)) return certificate;
    }
    return undefined;
  }
}

const authoritiesOf = (bundle: string): readonly Authority[] =>
  parseCertificates(bundle).map(({ subject, publicKey: spki }) => {
    const key = publicKey(spki);
    key.catch(() => {}); // told to whom it would have vouched for
    return { name: subject, key };
  });

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((octet, index) => octet === b[index]);
