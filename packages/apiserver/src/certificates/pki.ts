import { X509Certificate } from 'node:crypto';
import type { Clock } from '@coxswain/base';
import { addressOctets } from './address.ts';
import {
  type CertificateRequest,
  type Chance,
  issue,
  type KeyPair,
  newKey,
  publicKeyPem,
} from './issue.ts';
import { memoryFolder, type PkiFolder, pkiFolder, readPair, writePair } from './store.ts';

export interface PkiNode {
  readonly name: string;
  readonly addresses: readonly string[];
}

/** What the certificates must be good for, beside the names that every cluster has. */
export interface PkiWanted {
  /** Names and addresses by which clients may reach the API server: host name, listen addresses, the service's IP. */
  readonly names: readonly string[];
  readonly nodes: readonly PkiNode[];
}

export interface NodePki {
  readonly client: KeyPair;
  readonly serving: KeyPair;
}

export interface Pki {
  readonly ca: KeyPair;
  readonly frontProxyCa: KeyPair;
  /** Signs and verifies service account tokens; PEM. */
  readonly serviceAccount: { readonly key: string; readonly publicKey: string };
  readonly serving: KeyPair;
  readonly admin: KeyPair;
  readonly controllerManager: KeyPair;
  readonly scheduler: KeyPair;
  readonly proxy: KeyPair;
  /** With which the API server calls kubelets. */
  readonly kubeletClient: KeyPair;
  /** With which the API server calls aggregated servers. */
  readonly frontProxyClient: KeyPair;
  readonly nodes: Readonly<Record<string, NodePki>>;
  /** Names of the files that were made or renewed by this call. */
  readonly renewed: readonly string[];
}

const dayMs = 24 * 60 * 60 * 1000;

/** How long certificates are good. */
export interface Lives {
  readonly authorityMs: number;
  readonly leafMs: number;
  /** From how long before they are made they are good: clients' clocks may lag. */
  readonly skewMs: number;
}

const usual: Lives = { authorityMs: 3650 * dayMs, leafMs: 365 * dayMs, skewMs: 5 * 60 * 1000 };
/** For clusters whose time leaps, by a clock that their clients do not share: nobody is locked out by a leap. */
export const lasting: Lives = {
  ...{ authorityMs: 36_500 * dayMs, leafMs: 36_500 * dayMs },
  skewMs: 3650 * dayMs,
};

/** Names of the API server inside every cluster, and of this machine. */
const standingNames = [
  ...['kubernetes', 'kubernetes.default', 'kubernetes.default.svc'],
  ...['kubernetes.default.svc.cluster.local', 'localhost', '127.0.0.1', '::1'],
];

type Leaf = Pick<CertificateRequest, 'commonName' | 'organizations' | 'use' | 'names'>;

/** Where certificates come from, and what goes for new ones. */
interface Making {
  readonly folder: PkiFolder;
  readonly nowMs: number;
  readonly lives: Lives;
  readonly random?: Chance | undefined;
  readonly renewed: string[];
}

/**
 * All keys and certificates of a cluster, from the folder, made where missing, renewed where less than a third of their life is
 * left, where their names do not fit any more, or where another authority signed them. Nothing is written when all is well.
 */
export function ensurePki(dir: string, wanted: PkiWanted, clock: Clock, lives: Lives = usual): Pki {
  const making = { folder: pkiFolder(dir), nowMs: clock.now(), lives, renewed: [] };
  return { ...madeOf(making, wanted) };
}

/**
 * The same for a cluster that is gone with its process: in memory, each made when first asked for. With `random` all of them
 * follow from a seed, for a cluster that nobody can reach from outside.
 */
export const passingPki = (wanted: PkiWanted, nowMs: number, random?: Chance): Pki =>
  madeOf({ folder: memoryFolder(), nowMs, lives: lasting, random, renewed: [] }, wanted);

/** Every part, made when it is first read. */
function madeOf(making: Making, wanted: PkiWanted): Pki {
  const once = (name: string, signer: () => KeyPair, want: Leaf): KeyPair =>
    ensureLeaf(making, name, want, signer());
  const ca = lazily(() => ensureAuthority(making, 'ca', 'kubernetes'));
  const frontProxyCa = lazily(() => ensureAuthority(making, 'front-proxy-ca', 'front-proxy-ca'));
  const client = (name: string, commonName: string, ...organizations: readonly string[]) =>
    lazily(() => once(name, ca, { commonName, organizations, use: 'client' }));
  const nodeNames = wanted.nodes.flatMap(({ name, addresses }) => [name, ...addresses]);
  const names = [...new Set([...standingNames, ...wanted.names, ...nodeNames])];
  const parts: { readonly [K in keyof Pki]: () => Pki[K] } = {
    ...{ ca, frontProxyCa },
    serviceAccount: lazily(() => ensureServiceAccountKey(making)),
    serving: lazily(() =>
      once('apiserver', ca, { commonName: 'kube-apiserver', use: 'server', names }),
    ),
    admin: client('admin', 'kubernetes-admin', 'system:masters'),
    controllerManager: client('controller-manager', 'system:kube-controller-manager'),
    scheduler: client('scheduler', 'system:kube-scheduler'),
    proxy: client('kube-proxy', 'system:kube-proxy', 'system:node-proxier'),
    kubeletClient: client(
      ...(['apiserver-kubelet-client', 'kube-apiserver-kubelet-client', 'system:masters'] as const),
    ),
    frontProxyClient: lazily(() =>
      once('front-proxy-client', frontProxyCa, { commonName: 'front-proxy-client', use: 'client' }),
    ),
    nodes: lazily(() =>
      Object.fromEntries(
        wanted.nodes.map((node) => [
          node.name,
          {
            client: client(
              ...([`nodes/${node.name}-client`, `system:node:${node.name}`] as const),
              'system:nodes',
            )(),
            serving: once(`nodes/${node.name}-serving`, ca, servingOfNode(node)),
          },
        ]),
      ),
    ),
    renewed: () => making.renewed,
  };
  const properties = Object.entries(parts).map(([name, get]) => [name, { get, enumerable: true }]);
  return Object.defineProperties({}, Object.fromEntries(properties)) as Pki;
}

function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

const servingOfNode = ({ name, addresses }: PkiNode): Leaf => ({
  commonName: `system:node:${name}`,
  organizations: ['system:nodes'],
  use: 'server',
  names: [name, ...addresses],
});

function ensureAuthority(making: Making, name: string, commonName: string): KeyPair {
  const { folder, nowMs, lives, random, renewed } = making;
  const found = readPair(folder, name);
  if (found && hasLife(new X509Certificate(found.certificate), nowMs)) return found;
  const pair = issue({
    commonName,
    use: 'authority',
    names: [commonName],
    notBeforeMs: nowMs - lives.skewMs,
    notAfterMs: nowMs + lives.authorityMs,
    key: found?.key,
    random,
  });
  writePair(folder, name, pair);
  renewed.push(name);
  return pair;
}

function ensureLeaf(making: Making, name: string, want: Leaf, signer: KeyPair): KeyPair {
  const { folder, nowMs, lives, random, renewed } = making;
  const found = readPair(folder, name);
  if (found && fits(new X509Certificate(found.certificate), want, signer, nowMs)) return found;
  const pair = issue(
    { ...want, notBeforeMs: nowMs - lives.skewMs, notAfterMs: nowMs + lives.leafMs, random },
    signer,
  );
  writePair(folder, name, pair);
  renewed.push(name);
  return pair;
}

function ensureServiceAccountKey({ folder, random, renewed }: Making): Pki['serviceAccount'] {
  const found = folder.read('sa.key');
  const key = found ?? newKey(random);
  const publicKey = publicKeyPem(key);
  if (!found) {
    folder.write('sa.key', key);
    folder.write('sa.pub', publicKey);
    renewed.push('sa');
  }
  return { key, publicKey };
}

function fits(certificate: X509Certificate, want: Leaf, signer: KeyPair, nowMs: number): boolean {
  return (
    hasLife(certificate, nowMs) &&
    sameNames(certificate, want.names ?? []) &&
    certificate.verify(new X509Certificate(signer.certificate).publicKey)
  );
}

/** Whether a third of its life or more is still to come. */
function hasLife(certificate: X509Certificate, nowMs: number): boolean {
  const from = certificate.validFromDate.getTime();
  const until = certificate.validToDate.getTime();
  return nowMs >= from && until - nowMs >= (until - from) / 3;
}

function sameNames(certificate: X509Certificate, wanted: readonly string[]): boolean {
  const held = (certificate.subjectAltName ?? '')
    .split(', ')
    .filter(Boolean)
    .map((entry) => entry.replace(/^(DNS|IP Address):/, ''));
  const canonical = (names: readonly string[]): string =>
    [...new Set(names.map((name) => addressOctets(name)?.join('.') ?? name))].toSorted().join(' ');
  return canonical(held) === canonical(wanted);
}
