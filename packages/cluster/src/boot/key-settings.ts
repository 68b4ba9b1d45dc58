import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { type ProxyHeaders, usualProxyHeaders } from '@coxswain/apiserver/authn';
import type { KeyPair, Pki } from '@coxswain/apiserver/certificates';
import type { ListenKeys } from '@coxswain/apiserver/listen';
import type { World } from '@coxswain/base';
import { UsageError } from '../command/flags.ts';
import { Failure } from '../command/verb.ts';
import { followFile } from './follow-file.ts';
import { durationMs } from './go-duration.ts';
import { type KeyFlag, keyFiles } from './key-flags.ts';
import { list } from './own-flag.ts';
import { readPem } from './read-pem.ts';
import { cipherSuites } from './tls-choice.ts';

type Flags = Readonly<Partial<Record<KeyFlag, string>>>;

/** What the flags say of certificates and keys; undefined: the cluster's own. */
export interface KeySettings {
  readonly clientCa: string | undefined;
  readonly frontProxyCa: string | undefined;
  readonly proxyHeaders: ProxyHeaders;
  readonly proxyClient: KeyPair | undefined;
  readonly kubeletClient: KeyPair | undefined;
  readonly serving: KeyPair | undefined;
  readonly named: ListenKeys['named'];
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3';
  readonly ciphers: string | undefined;
  /** Signs tokens, PKCS #8; and public keys of those that are believed. */
  readonly accountKey: string | undefined;
  readonly accountKeys: readonly string[];
  readonly tokenLife: { readonly maxSeconds: number | undefined; readonly isExtended: boolean };
}

/** Reads the files that the flags name; what is wrong with them is told before anything is started. */
export async function keySettings(flags: Flags): Promise<KeySettings> {
  const accountKey = flags['service-account-signing-key-file'];
  const maxExpiration = flags['service-account-max-token-expiration'];
  const maxSeconds = maxExpiration === undefined ? undefined : durationMs(maxExpiration) / 1000;
  if (maxSeconds !== undefined && (maxSeconds < 3600 || maxSeconds > 2 ** 32))
    throw new UsageError(
      'the service-account-max-token-expiration must be between 1 hour and 2^32 seconds',
    );
  const suites = list(flags['tls-cipher-suites'] ?? '').map((name) => cipherSuites[name]!);
  return {
    clientCa: await bundleOf('client-ca-file', flags),
    frontProxyCa: await bundleOf('requestheader-client-ca-file', flags),
    proxyHeaders: proxyHeadersOf(flags),
    proxyClient: await pairOf('proxy-client-cert-file', 'proxy-client-key-file', flags),
    kubeletClient: await pairOf('kubelet-client-certificate', 'kubelet-client-key', flags),
    serving: await pairOf('tls-cert-file', 'tls-private-key-file', flags),
    named: await Promise.all((flags['tls-sni-cert-key']?.split(';') ?? []).map(namedPair)),
    minVersion: flags['tls-min-version'] === 'VersionTLS13' ? 'TLSv1.3' : 'TLSv1.2',
    ciphers: suites.length > 0 ? suites.join(':') : undefined,
    accountKey: accountKey && (await privateKeyOf(accountKey)),
    accountKeys: (
      await Promise.all(list(flags['service-account-key-file'] ?? '').map(publicKeysOf))
    ).flat(),
    tokenLife: {
      maxSeconds,
      isExtended: flags['service-account-extend-token-expiration'] !== 'false',
    },
  };
}

/** What the listener shows, and whom it asks for certificates of. */
export const listenKeys = (pki: Pki, keys: KeySettings): ListenKeys => ({
  ...(keys.serving ?? { certificate: pki.serving.certificate, key: pki.serving.key }),
  clientAuthorities: Object.values(authoritiesOf(pki, keys)).join(''),
  named: keys.named,
  minVersion: keys.minVersion,
  ciphers: keys.ciphers,
});

/** Who may vouch for clients and front proxies. The cluster's own clients stay, whoever else comes in. */
export const authoritiesOf = (
  pki: Pki,
  keys: KeySettings,
): { readonly clientCa: string; readonly frontProxyCa: string } => ({
  clientCa: `${keys.clientCa ?? ''}${pki.ca.certificate}`,
  frontProxyCa: keys.frontProxyCa ?? pki.frontProxyCa.certificate,
});

/** The key that signs tokens, and all whose tokens are believed. */
export const accountKeysOf = (
  pki: Pki,
  { accountKey, accountKeys }: KeySettings,
): { readonly key: string; readonly publicKeys: readonly string[] } => {
  const key = accountKey ?? pki.serviceAccount.key;
  const own = accountKey ? publicPem(accountKey) : pki.serviceAccount.publicKey;
  return { key, publicKeys: [...new Set([own, ...accountKeys])] };
};

/** Tells of the certificates anew when one of their files has changed; those that cannot be used change nothing. */
export function followKeys(
  flags: Flags,
  world: World,
  signal: AbortSignal,
  changed: (keys: KeySettings) => void,
): void {
  const log = world.log.named('certificates');
  const reread = (): void =>
    void keySettings(flags).then(
      (keys) => signal.aborted || changed(keys),
      (error: unknown) => log.error('changed certificates cannot be used', error),
    );
  const sni = flags['tls-sni-cert-key']?.split(';').flatMap((each) => filesOf(each).files) ?? [];
  const followed = keyFiles.filter((name) => !name.startsWith('service-account'));
  const files = [...sni, ...followed.flatMap((name) => flags[name as KeyFlag] ?? [])];
  for (const file of new Set(files)) {
    const watcher = followFile(file, world.clock, reread);
    signal.addEventListener('abort', () => watcher[Symbol.dispose](), { once: true });
  }
}

function proxyHeadersOf(flags: Flags): ProxyHeaders {
  const names = (flag: KeyFlag, usual: readonly string[]): readonly string[] => {
    const given = flags[flag];
    return given === undefined ? usual : list(given);
  };
  return {
    allowedNames: names('requestheader-allowed-names', usualProxyHeaders.allowedNames),
    username: names('requestheader-username-headers', usualProxyHeaders.username),
    uid: names('requestheader-uid-headers', usualProxyHeaders.uid),
    group: names('requestheader-group-headers', usualProxyHeaders.group),
    extraPrefixes: names('requestheader-extra-headers-prefix', usualProxyHeaders.extraPrefixes),
  };
}

async function bundleOf(flag: KeyFlag, flags: Flags): Promise<string | undefined> {
  const path = flags[flag];
  if (path === undefined) return undefined;
  const text = await readPem(flag, path);
  return usable(flag, path, () => {
    const blocks = text.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g);
    if (!blocks) throw new Error('it holds no certificate');
    return blocks.map((block) => new X509Certificate(block).toString()).join('');
  });
}

async function pairOf(
  certificateFlag: KeyFlag,
  keyFlag: KeyFlag,
  flags: Flags,
): Promise<KeyPair | undefined> {
  const [certificateFile, keyFile] = [flags[certificateFlag], flags[keyFlag]];
  if (certificateFile === undefined && keyFile === undefined) return undefined;
  if (certificateFile === undefined || keyFile === undefined)
    throw new UsageError(`--${certificateFlag} and --${keyFlag} go together`);
  return pairIn(certificateFlag, certificateFile, keyFile);
}

async function pairIn(flag: KeyFlag, certificateFile: string, keyFile: string): Promise<KeyPair> {
  const certificate = await readPem(flag, certificateFile);
  const key = await readPem(flag, keyFile);
  return usable(flag, certificateFile, () => {
    if (!new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key)))
      throw new Error(`the key in ${keyFile} is not its own`);
    return { certificate, key };
  });
}

/** `CERT,KEY:NAME,NAME`: by these names, or by those of the certificate. */
async function namedPair(given: string): Promise<NonNullable<ListenKeys['named']>[number]> {
  const { files, names } = filesOf(given);
  const pair = await pairIn('tls-sni-cert-key', files[0]!, files[1]!);
  return { ...pair, names: names.length > 0 ? names : namesIn(pair.certificate) };
}

const filesOf = (given: string): { files: readonly string[]; names: readonly string[] } => {
  const [files = '', names = ''] = given.split(':');
  return { files: files.split(','), names: names ? names.split(',') : [] };
};

/** Those that a client can ask for: the common name where it is a domain, and DNS names. */
function namesIn(pem: string): readonly string[] {
  const { subject, subjectAltName = '' } = new X509Certificate(pem);
  const common = /^CN=(.+)$/m.exec(subject)?.[1] ?? '';
  const isDomain =
    /^(\*|(\*\.)?[a-z0-9]([-a-z0-9.]*[a-z0-9])?)$/.test(common) && !/^[\d.]+$/.test(common);
  const others = [...subjectAltName.matchAll(/DNS:([^,\s]+)/g)].map(([, name]) => name!);
  return [...new Set([...(isDomain ? [common] : []), ...others])];
}

async function privateKeyOf(path: string): Promise<string> {
  const flag = 'service-account-signing-key-file';
  const text = await readPem(flag, path);
  return usable(flag, path, () => createPrivateKey(text).export({ format: 'pem', type: 'pkcs8' }));
}

/** All keys of a file: public ones, private ones, those of certificates. */
async function publicKeysOf(path: string): Promise<readonly string[]> {
  const flag = 'service-account-key-file';
  const text = await readPem(flag, path);
  return usable(flag, path, () =>
    [...text.matchAll(/-----BEGIN ([A-Z ]+)-----[\s\S]+?-----END \1-----/g)]
      .filter(([, label]) => label !== 'EC PARAMETERS')
      .map(([block]) => publicPem(block)),
  );
}

const publicPem = (pem: string): string =>
  createPublicKey(pem).export({ format: 'pem', type: 'spki' });

function usable<T>(flag: string, path: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new Failure(`cannot use --${flag} ${path}: ${(cause as Error).message}`, { cause });
  }
}
