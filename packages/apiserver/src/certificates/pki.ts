import { X509Certificate } from 'node:crypto';
import type { Clock } from '@coxswain/base';
import { addressOctets } from './address.ts';
import { type CertificateRequest, issue, type KeyPair, newKey, publicKeyPem } from './issue.ts';
import { type PkiFolder, pkiFolder, readPair, writePair } from './store.ts';

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
const authorityLifeMs = 3650 * dayMs;
const leafLifeMs = 365 * dayMs;
/** Certificates are good from a little before they are made, for clients whose clocks lag. */
const skewMs = 5 * 60 * 1000;

/** Names of the API server inside every cluster, and of this machine. */
const standingNames = [
  ...['kubernetes', 'kubernetes.default', 'kubernetes.default.svc'],
  ...['kubernetes.default.svc.cluster.local', 'localhost', '127.0.0.1', '::1'],
];

type Leaf = Pick<CertificateRequest, 'commonName' | 'organizations' | 'use' | 'names'>;

/**
 * All keys and certificates of a cluster, from the folder, made where missing, renewed where less than a third of their life is
 * left, where their names do not fit any more, or where another authority signed them. Nothing is written when all is well.
 */
export function ensurePki(dir: string, wanted: PkiWanted, clock: Clock): Pki {
  const folder = pkiFolder(dir);
  const renewed: string[] = [];
  const nowMs = clock.now();
  const authority = (name: string, commonName: string): KeyPair =>
    ensureAuthority(folder, name, commonName, nowMs, renewed);
  const ca = authority('ca', 'kubernetes');
  const frontProxyCa = authority('front-proxy-ca', 'front-proxy-ca');
  const leaf = (name: string, want: Leaf, signer = ca): KeyPair =>
    ensureLeaf(folder, name, want, signer, nowMs, renewed);
  const client = (name: string, commonName: string, ...organizations: readonly string[]): KeyPair =>
    leaf(name, { commonName, organizations, use: 'client' });
  const nodeNames = wanted.nodes.flatMap(({ name, addresses }) => [name, ...addresses]);
  const names = [...new Set([...standingNames, ...wanted.names, ...nodeNames])];
  return {
    ca,
    frontProxyCa,
    serviceAccount: ensureServiceAccountKey(folder, renewed),
    serving: leaf('apiserver', { commonName: 'kube-apiserver', use: 'server', names }),
    admin: client('admin', 'kubernetes-admin', 'system:masters'),
    controllerManager: client('controller-manager', 'system:kube-controller-manager'),
    scheduler: client('scheduler', 'system:kube-scheduler'),
    proxy: client('kube-proxy', 'system:kube-proxy', 'system:node-proxier'),
    kubeletClient: client(
      'apiserver-kubelet-client',
      'kube-apiserver-kubelet-client',
      'system:masters',
    ),
    frontProxyClient: leaf(
      'front-proxy-client',
      { commonName: 'front-proxy-client', use: 'client' },
      frontProxyCa,
    ),
    nodes: Object.fromEntries(
      wanted.nodes.map((node) => [
        node.name,
        {
          client: client(`nodes/${node.name}-client`, `system:node:${node.name}`, 'system:nodes'),
          serving: leaf(`nodes/${node.name}-serving`, servingOfNode(node)),
        },
      ]),
    ),
    renewed,
  };
}

const servingOfNode = ({ name, addresses }: PkiNode): Leaf => ({
  commonName: `system:node:${name}`,
  organizations: ['system:nodes'],
  use: 'server',
  names: [name, ...addresses],
});

function ensureAuthority(
  folder: PkiFolder,
  name: string,
  commonName: string,
  nowMs: number,
  renewed: string[],
): KeyPair {
  const found = readPair(folder, name);
  if (found && hasLife(new X509Certificate(found.certificate), nowMs)) return found;
  const pair = issue({
    commonName,
    use: 'authority',
    names: [commonName],
    notBeforeMs: nowMs - skewMs,
    notAfterMs: nowMs + authorityLifeMs,
    key: found?.key,
  });
  writePair(folder, name, pair);
  renewed.push(name);
  return pair;
}

function ensureLeaf(
  folder: PkiFolder,
  name: string,
  want: Leaf,
  signer: KeyPair,
  nowMs: number,
  renewed: string[],
): KeyPair {
  const found = readPair(folder, name);
  if (found && fits(new X509Certificate(found.certificate), want, signer, nowMs)) return found;
  const pair = issue(
    { ...want, notBeforeMs: nowMs - skewMs, notAfterMs: nowMs + leafLifeMs },
    signer,
  );
  writePair(folder, name, pair);
  renewed.push(name);
  return pair;
}

function ensureServiceAccountKey(folder: PkiFolder, renewed: string[]): Pki['serviceAccount'] {
  const found = folder.read('sa.key');
  const key = found ?? newKey();
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
