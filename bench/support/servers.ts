/** API servers to put a load on: ours alone, and upstream's with its etcd, each in a folder of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@coxswain/base';
import { loadKubeconfig } from '@coxswain/client/http';
import type { Target } from './load.ts';

const cox = new URL('../../cox', import.meta.url).pathname;
const startMaxMs = 60_000;

export interface BenchServer extends AsyncDisposable {
  readonly target: Target;
  readonly pids: readonly number[];
  /** From its start to its first answer that it is ready. */
  readonly readyMs: number;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

/** Waits until /readyz says so. */
async function answering({ url, token, certificate: cert, key }: Target): Promise<void> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const deadline = systemClock.now() + startMaxMs;
  while (systemClock.now() < deadline) {
    const status = await new Promise<number>((resolve) => {
      const options = { cert, key, headers, rejectUnauthorized: false };
      const asked = request(`${url}/readyz`, options, (answer) => {
        answer.resume();
        resolve(answer.statusCode!);
      });
      asked.on('error', () => resolve(0)).end();
    });
    if (status === 200) return;
    await systemClock.sleep(50);
  }
  throw new Error(`${url} was not ready in time`);
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

/** `cox serve apiserver` with its store on disk; in an etcd of its own where `binaries` says where that may be. */
export async function ourServer(binaries?: string): Promise<BenchServer> {
  const folder = await mkdtemp(join(tmpdir(), 'cox-bench-api-'));
  const args = ['serve', 'apiserver', '--data', folder, '--port', '0'];
  const etcd = binaries === undefined ? undefined : await startEtcd(binaries, folder);
  if (etcd) args.push('--etcd-servers', etcd.url);
  const fromMs = systemClock.now();
  const child = spawn(cox, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  await new Promise<void>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`cox serve apiserver ended: ${code} ${said}`)));
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.includes('serving at')) resolve();
    });
  });
  const file = join(folder, 'kubeconfig');
  const { url, ca, certificate, key } = await loadKubeconfig(file, { clock: systemClock });
  const target = { url, ca, certificate, key };
  await answering(target);
  const readyMs = systemClock.now() - fromMs;
  return {
    target,
    pids: [child.pid!, ...(etcd ? [etcd.child.pid!] : [])],
    readyMs,
    async [Symbol.asyncDispose]() {
      await ended(child);
      if (etcd) await ended(etcd.child);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** One that runs already, under a profiler for example; it is left running. */
export async function runningServer(kubeconfig: string): Promise<BenchServer> {
  const { url, ca, certificate, key } = await loadKubeconfig(kubeconfig, { clock: systemClock });
  const target = { url, ca, certificate, key };
  return { target, pids: [], readyMs: Number.NaN, async [Symbol.asyncDispose]() {} };
}

/** An etcd from the folder `binaries`, or else the one on the path. */
async function startEtcd(
  binaries: string,
  folder: string,
): Promise<{ readonly url: string; readonly child: ChildProcess }> {
  const [client, peer] = await Promise.all([freePort(), freePort()]);
  const url = `http://127.0.0.1:${client}`;
  const peerUrl = `http://127.0.0.1:${peer}`;
  const own = join(binaries, 'etcd');
  const child = run(binaries !== '' && existsSync(own) ? own : 'etcd', {
    'data-dir': join(folder, 'etcd'),
    'listen-client-urls': url,
    'advertise-client-urls': url,
    'listen-peer-urls': peerUrl,
    'initial-advertise-peer-urls': peerUrl,
    'initial-cluster': `default=${peerUrl}`,
  });
  return { url, child };
}

const run = (program: string, flags: Readonly<Record<string, string | number>>): ChildProcess =>
  spawn(
    program,
    Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`),
    { stdio: 'ignore' },
  );

/** kube-apiserver and etcd from the folder `binaries`, with the admission and authorisation that ours has. */
export async function upstreamServer(binaries: string): Promise<BenchServer> {
  const folder = await mkdtemp(join(tmpdir(), 'cox-bench-upstream-'));
  const secure = await freePort();
  const token = 'bench';
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const keyFile = join(folder, 'sa.key');
  await writeFile(keyFile, keys.privateKey.export({ type: 'pkcs8', format: 'pem' }));
  await writeFile(join(folder, 'tokens.csv'), `${token},bench,bench,system:masters\n`);
  const fromMs = systemClock.now();
  const etcd = await startEtcd(binaries, folder);
  const server = run(join(binaries, 'kube-apiserver'), {
    'etcd-servers': etcd.url,
    'cert-dir': join(folder, 'certificates'),
    'bind-address': '127.0.0.1',
    'secure-port': secure,
    'token-auth-file': join(folder, 'tokens.csv'),
    'authorization-mode': 'Node,RBAC',
    'enable-admission-plugins': 'NodeRestriction',
    'service-account-issuer': 'https://kubernetes.default.svc',
    'service-account-key-file': keyFile,
    'service-account-signing-key-file': keyFile,
  });
  const target: Target = { url: `https://127.0.0.1:${secure}`, token, insecure: true };
  await answering(target);
  const readyMs = systemClock.now() - fromMs;
  return {
    target,
    pids: [server.pid!, etcd.child.pid!],
    readyMs,
    async [Symbol.asyncDispose]() {
      await ended(server);
      await ended(etcd.child);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
