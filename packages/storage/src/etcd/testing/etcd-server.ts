import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Whether Debian's etcd-server, or another one, is on the path. Where CI runs, it must be. */
export const hasEtcd: boolean =
  process.env['CI'] !== undefined || spawnSync('etcd', ['--version']).status === 0;

/** An etcd of one member in a folder of its own. */
export interface EtcdServer extends AsyncDisposable {
  readonly url: string;
  stop(): Promise<void>;
  start(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** `more` are further flags; with certificates, it serves TLS. */
export async function startEtcd(more: Readonly<Record<string, string>> = {}): Promise<EtcdServer> {
  const folder = await mkdtemp(join(tmpdir(), 'cox-etcd-'));
  const url = `${more['cert-file'] ? 'https' : 'http'}://127.0.0.1:${await freePort()}`;
  const health = `http://127.0.0.1:${await freePort()}`;
  const peer = `http://127.0.0.1:${await freePort()}`;
  const flags = {
    'data-dir': folder,
    'listen-client-urls': url,
    'advertise-client-urls': url,
    'listen-peer-urls': peer,
    'initial-advertise-peer-urls': peer,
    'initial-cluster': `default=${peer}`,
    'max-txn-ops': '20000',
    'log-level': 'error',
    'listen-metrics-urls': health,
    ...more,
  };
  const args = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
  const run = async (): Promise<() => Promise<void>> => {
    const child = spawn('etcd', args, { stdio: 'ignore' });
    const ended = once(child, 'exit');
    while (child.exitCode === null && !(await isHealthy(health)))
      await new Promise((resolve) => setTimeout(resolve, 20));
    if (child.exitCode !== null) throw new Error(`etcd ended with ${child.exitCode}`);
    return async () => {
      child.kill('SIGKILL');
      await ended;
    };
  };
  let end = await run();
  return {
    url,
    stop: () => end(),
    async start() {
      end = await run();
    },
    async [Symbol.asyncDispose]() {
      await end();
      await rm(folder, { recursive: true });
    },
  };
}

const isHealthy = (url: string): Promise<boolean> =>
  fetch(`${url}/health`).then(
    async (answer) => answer.ok && (await answer.text()).includes('true'),
    () => false,
  );
