import type { ProxyHeaders } from '../authn/front-proxy.ts';
import { parseCertificate, pemBytes } from '../authn/x509.ts';
import type { ConfigData, KeptConfigMap } from './keep-config-maps.ts';

/** Whom servers behind this one may believe. */
export interface ExtensionTrust {
  /** Bundles in PEM. */
  readonly clientCa: string;
  readonly frontProxyCa: string;
  readonly headers: ProxyHeaders;
}

/** Tells servers behind this one whom to trust, together with what other servers of this cluster have told. */
export const extensionAuthentication = (
  trust: () => ExtensionTrust,
  now: () => number,
): KeptConfigMap => ({
  name: 'extension-apiserver-authentication',
  makeEveryMs: 0,
  data: (held = {}) => {
    const { clientCa, frontProxyCa, headers } = trust();
    const bundle = (key: string, own: string): ConfigData => {
      const text = joinedBundle(`${held[key] ?? ''}\n${own}`, now());
      return text ? { [key]: text } : {};
    };
    const list = (key: string, own: readonly string[]): ConfigData => ({
      [key]: JSON.stringify([...new Set([...listOf(held[key]), ...own])]),
    });
    const uids = list('requestheader-uid-headers', headers.uid);
    return {
      ...bundle('client-ca-file', clientCa),
      ...list('requestheader-username-headers', headers.username),
      ...(uids['requestheader-uid-headers'] !== '[]' && uids),
      ...list('requestheader-group-headers', headers.group),
      ...list('requestheader-extra-headers-prefix', headers.extraPrefixes),
      ...bundle('requestheader-client-ca-file', frontProxyCa),
      ...list('requestheader-allowed-names', headers.allowedNames),
    };
  },
});

/** Since when the use of tokens without an end is noted: what the cleaner of such tokens counts from. */
export const legacyTokenTracking = (now: () => number): KeptConfigMap => ({
  name: 'kube-apiserver-legacy-service-account-token-tracking',
  // As upstream: servers that disagree on it shall not fight.
  makeEveryMs: 30 * 60_000,
  data: (held) =>
    isDay(held?.['since']) ? held! : { ...held, since: new Date(now()).toISOString().slice(0, 10) },
});

const isDay = (text: string | undefined): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text ?? '') && !Number.isNaN(Date.parse(text!));

function listOf(text: string | undefined): readonly string[] {
  const list: unknown = text ? JSON.parse(text) : [];
  return Array.isArray(list) ? list.map(String) : [];
}

/** Each certificate once, without those whose time is over. */
function joinedBundle(pem: string, nowMs: number): string {
  const blocks = new Map<string, string>();
  for (const [block] of pem.matchAll(
    /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g,
  )) {
    const der = pemBytes(block);
    if (parseCertificate(der).notAfterMs >= nowMs) blocks.set(der.toBase64(), block);
  }
  return [...blocks.values()].map((block) => `${block}\n`).join('');
}
