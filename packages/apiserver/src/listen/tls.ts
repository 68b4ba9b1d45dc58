import { createSecureContext, type SecureContext, type TlsOptions } from 'node:tls';

/** A certificate with its chain, and its key; PEM. */
interface Shown {
  readonly certificate: string;
  readonly key: string;
}

/** What the listener shows, and whom it asks for. */
export interface ListenKeys extends Shown {
  /** PEM of the authorities whose client certificates are believed. */
  readonly clientAuthorities: string;
  /** Shown to clients that ask for one of their names, which may start with `*.`; the first counts. */
  readonly named?: readonly (Shown & { readonly names: readonly string[] })[] | undefined;
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3' | undefined;
  /** In OpenSSL's words; Node's own when absent. */
  readonly ciphers?: string | undefined;
}

/** Client certificates are welcome, and judged later. */
export const tlsOptions = (keys: ListenKeys): TlsOptions => ({
  cert: keys.certificate,
  key: keys.key,
  ca: keys.clientAuthorities,
  requestCert: true,
  rejectUnauthorized: false,
  ALPNProtocols: ['h2', 'http/1.1'],
  minVersion: keys.minVersion ?? 'TLSv1.2',
  ...(keys.ciphers && { ciphers: keys.ciphers }),
});

/** Chooses by the name that a client asks for: that name, else one whose first label is any, else the listener's own. */
export function namedContexts(keys: ListenKeys): (name: string) => SecureContext | undefined {
  const contexts = new Map<string, SecureContext>();
  for (const { certificate, key, names } of keys.named ?? []) {
    const context = createSecureContext(tlsOptions({ ...keys, certificate, key }));
    for (const name of names) if (!contexts.has(name)) contexts.set(name, context);
  }
  return (asked) => {
    const name = asked.toLowerCase();
    return contexts.get(name) ?? contexts.get(name.replace(/^[^.]*/, '*'));
  };
}
