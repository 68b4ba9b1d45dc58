import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { get } from 'node:http';

const isThere = spawnSync('kubectl', ['version', '--client']).status === 0;
if (!isThere && process.env['CI'] === 'true') throw new Error('kubectl is not installed');

/** Why kubectl cannot be run; false when it can. */
export const withoutKubectl: string | false = isThere ? false : 'kubectl is not installed';

export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Kubectl {
  start(args: readonly string[], env?: Readonly<Record<string, string>>): ChildProcess;
  /** Resolves when it has ended. */
  run(
    args: readonly string[],
    input?: string | Uint8Array,
    env?: Readonly<Record<string, string>>,
  ): Promise<Run>;
}

export function kubectlOf({ kubeconfig }: { readonly kubeconfig: string }): Kubectl {
  const start: Kubectl['start'] = (args, env = {}) =>
    spawn('kubectl', ['--kubeconfig', kubeconfig, ...args], { env: { ...process.env, ...env } });
  return {
    start,
    async run(args, input = '', env = {}) {
      const child = start(args, env);
      let stdout = '';
      let stderr = '';
      child.stdout!.on('data', (chunk) => (stdout += chunk));
      child.stderr!.on('data', (chunk) => (stderr += chunk));
      child.stdin!.on('error', () => {}); // it may end before it has read all
      child.stdin!.end(input);
      const [code] = (await once(child, 'close')) as [number | null];
      return { code, stdout, stderr };
    },
  };
}

/** Both ways in which kubectl speaks. */
export const ways: readonly { readonly name: string; readonly env: Record<string, string> }[] = [
  { name: 'websockets', env: {} },
  {
    name: 'SPDY',
    env: {
      KUBECTL_REMOTE_COMMAND_WEBSOCKETS: 'false',
      KUBECTL_PORT_FORWARD_WEBSOCKETS: 'false',
    },
  },
];

/** What a server on a port of the loopback answers to `GET path`. */
export function fetched(port: number, path = '/'): Promise<string> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path, agent: false }, (answer) => {
      let text = '';
      answer.on('data', (chunk) => (text += chunk));
      answer.on('end', () => resolve(text));
    }).on('error', reject);
  });
}

/** The local port that a starting port-forward tells. */
export function forwardedPort(child: ChildProcess): Promise<number> {
  let told = '';
  return new Promise((resolve, reject) => {
    child.stderr!.on('data', (chunk) => (told += chunk));
    child.stdout!.on('data', (chunk) => {
      told += chunk;
      const port = /127\.0\.0\.1:(\d+)/.exec(told)?.[1];
      if (port) resolve(Number(port));
    });
    child.on('close', () => reject(new Error(`kubectl port-forward has ended: ${told}`)));
  });
}
