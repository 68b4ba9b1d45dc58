/** Upstream's own binaries, where `UPSTREAM` names their folder, and servers started from them. */
import { existsSync } from 'node:fs';
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { findProgram } from './machine.ts';
import { mustRun, Running } from './run.ts';
import { until } from './wait.ts';

const folder = process.env['UPSTREAM'];

/** Full path of one of upstream's programs; undefined where `UPSTREAM` does not hold it. */
export function upstreamProgram(name: string): string | undefined {
  const path = folder === undefined ? undefined : join(folder, name);
  return path !== undefined && existsSync(path) ? path : undefined;
}

/** Why nothing can be compared with upstream here; undefined when it can. */
export function whyNoUpstream(...programs: readonly string[]): string | undefined {
  if (folder === undefined) return 'UPSTREAM names no folder with upstream binaries';
  const missing = programs.filter((name) => !upstreamProgram(name));
  if (programs.includes('kube-apiserver') && !etcd()) missing.push('etcd');
  return missing.length === 0 ? undefined : `UPSTREAM lacks ${missing.join(', ')}`;
}

const etcd = (): string | undefined => upstreamProgram('etcd') ?? findProgram('etcd');

/** The token of an administrator on either side of a comparison. */
export const adminToken = 'conformance-admin';

export interface UpstreamWish {
  /** Address that it listens on and tells others. */
  readonly address?: string;
  readonly flags?: readonly string[];
}

const readyDeadlineMs = 180_000;

/** Ports that are free now; asked for at once, so that they differ. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve) => {
          const server = createServer().listen(0, '127.0.0.1', () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}

/** An upstream kube-apiserver over an etcd of its own. Disposed of, it leaves nothing. */
export class UpstreamServer implements AsyncDisposable {
  readonly folder: string;
  readonly url: string;
  /** Where its objects are. */
  readonly etcdUrl: string;
  readonly #programs: Running[] = [];

  private constructor(folder: string, url: string, etcdUrl: string) {
    this.folder = folder;
    this.url = url;
    this.etcdUrl = etcdUrl;
  }

  static async start(wish: UpstreamWish = {}): Promise<UpstreamServer> {
    const { address = '127.0.0.1' } = wish;
    const [port, client, peer] = await freePorts(3);
    const place = await realpath(await mkdtemp(join(tmpdir(), 'cox-upstream-')));
    const own = `http://127.0.0.1:${client}`;
    const server = new UpstreamServer(place, `https://${address}:${port}`, own);
    try {
      await writeKeys(place);
      const between = `http://127.0.0.1:${peer}`;
      server.#run(etcd()!, [
        ...['--data-dir', join(place, 'etcd'), '--log-level', 'error'],
        ...['--listen-client-urls', own, '--advertise-client-urls', own],
        ...['--listen-peer-urls', between, '--initial-advertise-peer-urls', between],
        ...['--initial-cluster', `default=${between}`],
      ]);
      server.#run(upstreamProgram('kube-apiserver')!, [
        ...['--etcd-servers', own, '--secure-port', String(port), '--bind-address', address],
        ...(address === '127.0.0.1' ? [] : ['--advertise-address', address]),
        ...serverFlags(place),
        ...(wish.flags ?? []),
      ]);
      await writeFile(server.kubeconfig, kubeconfigText(server.url), { mode: 0o600 });
      const core = server.config().makeApiClient(CoreV1Api);
      await until(
        'upstream answers',
        readyDeadlineMs,
        async () => (await core.readNamespace({ name: 'default' })).metadata?.uid,
        () => server.log(),
      );
      return server;
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
  }

  get kubeconfig(): string {
    return join(this.folder, 'kubeconfig');
  }

  config(): KubeConfig {
    const config = new KubeConfig();
    config.loadFromFile(this.kubeconfig);
    return config;
  }

  /** Of its authority, service account keys and the like. */
  file(name: string): string {
    return join(this.folder, name);
  }

  log(): string {
    return this.#programs.map(({ err }) => err.slice(-3000)).join('\n---\n');
  }

  #run(program: string, args: readonly string[]): void {
    this.#programs.push(new Running([program, ...args], { cwd: this.folder }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const program of this.#programs.toReversed()) await program[Symbol.asyncDispose]();
    await rm(this.folder, { recursive: true, force: true });
  }
}

const serverFlags = (place: string): readonly string[] => {
  const file = (name: string): string => join(place, name);
  return [
    ...['--cert-dir', file('certs'), '--client-ca-file', file('ca.crt')],
    ...['--token-auth-file', file('tokens.csv')],
    ...['--service-account-key-file', file('sa.pub')],
    ...['--service-account-signing-key-file', file('sa.key')],
    ...['--service-account-issuer', 'https://kubernetes.default.svc.cluster.local'],
    ...['--service-cluster-ip-range', '10.96.0.0/16', '--authorization-mode', 'Node,RBAC'],
    ...['--enable-admission-plugins', 'NodeRestriction', '--allow-privileged=true'],
    ...['--kubelet-preferred-address-types', 'InternalIP'],
    ...['--kubelet-client-certificate', file('client.crt')],
    ...['--kubelet-client-key', file('client.key')],
  ];
};

/** Keys and certificates as an administrator makes them. */
async function writeKeys(place: string): Promise<void> {
  const openssl = (...args: readonly string[]): Promise<string> =>
    mustRun(['openssl', ...args], { cwd: place });
  const fresh = ['-newkey', 'rsa:2048', '-nodes'];
  await openssl('genrsa', '-out', 'sa.key', '2048');
  await openssl('rsa', '-in', 'sa.key', '-pubout', '-out', 'sa.pub');
  await openssl(
    ...['req', '-x509', ...fresh, '-keyout', 'ca.key', '-out', 'ca.crt', '-subj', '/CN=upstream'],
  );
  const subject = ['-subj', '/O=system:masters/CN=kube-apiserver-kubelet-client'];
  await openssl('req', ...fresh, '-keyout', 'client.key', '-out', 'client.csr', ...subject);
  await writeFile(join(place, 'client.ext'), 'extendedKeyUsage=clientAuth\n');
  await openssl(
    ...['x509', '-req', '-in', 'client.csr', '-CA', 'ca.crt', '-CAkey', 'ca.key'],
    ...['-CAcreateserial', '-out', 'client.crt', '-extfile', 'client.ext'],
  );
  await writeFile(join(place, 'tokens.csv'), `${adminToken},admin,admin,"system:masters"\n`);
}

const kubeconfigText = (url: string): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'upstream', cluster: { server: url, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'admin', user: { token: adminToken } }],
    contexts: [{ name: 'upstream', context: { cluster: 'upstream', user: 'admin' } }],
    'current-context': 'upstream',
  });
