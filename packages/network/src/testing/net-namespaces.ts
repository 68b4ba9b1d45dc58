import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { RunInNode } from '../run-in-node.ts';

/** A little network of namespaces on this machine: a client outside, a node, pods on the node's bridge. */
export interface Rig extends AsyncDisposable {
  readonly runInNode: RunInNode;
  /** Calls `to` so many times from a namespace: what each call was answered, or its error code. */
  call(from: string, to: string, options?: CallOptions): Promise<readonly string[]>;
  /** A connection that stays open: every line it is sent comes back behind the server's name. */
  connect(from: string, to: string): Promise<Line>;
}

export interface CallOptions {
  readonly times?: number;
  readonly over?: 'tcp' | 'udp';
  /** The address, and for UDP the port, to speak from. */
  readonly address?: string;
  readonly port?: number;
}

export interface Line extends AsyncDisposable {
  readonly greeting: string;
  ask(text: string): Promise<string>;
}

export const clientAddress = '192.168.77.1';
export const nodeAddress = '192.168.77.2';
export const podRange = '10.244.0.0/16';
export const podAddress = (pod: string): string => `10.244.1.1${pod.slice(1)}`;
const tcpPort = 8080;
const udpPort = 8053;

/** Why this machine cannot run such a network; undefined when it can. */
export async function whyNoNamespaces(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'not root';
  const tries = await Promise.allSettled([
    run('nft', ['--version']),
    run('ip', ['-V']),
    run('conntrack', ['--version']),
    run('ip', ['netns', 'list']),
  ]);
  const failed = tries.find((one) => one.status === 'rejected');
  return failed && String(failed.reason);
}

function run(program: string, args: readonly string[], input?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(program, args, (error, stdout, stderr) =>
      error
        ? reject(new Error(`${program} ${args.join(' ')}: ${stderr || error.message}`))
        : resolve(stdout),
    );
    child.stdin!.end(input);
  });
}

/** Answers every connection and datagram with its name and the address it was called from; then echoes. */
const server = `
const [name, tcp, udp] = process.argv.slice(1);
const said = new (require('node:events'))();
require('node:net').createServer((socket) => {
  socket.on('error', () => {});
  socket.write(name + ' ' + socket.remoteAddress + '\\n');
  socket.on('data', (data) => socket.write(name + ' ' + data));
}).listen(Number(tcp), '0.0.0.0', () => said.emit('up'));
const datagrams = require('node:dgram').createSocket('udp4');
datagrams.on('message', (_, from) => datagrams.send(name + ' ' + from.address, from.port, from.address));
said.once('up', () => datagrams.bind(Number(udp), '0.0.0.0', () => console.log('up')));
`;

const caller = `
const [host, port, times, over, address, local] = process.argv.slice(1);
const limitMs = 1500;
const tcp = () => new Promise((resolve) => {
  const socket = require('node:net').connect({ host, port: Number(port), ...(address && { localAddress: address }) });
  const end = (answer) => { clearTimeout(timer); socket.destroy(); resolve(answer); };
  const timer = setTimeout(() => end('TIMEOUT'), limitMs);
  socket.on('error', (error) => end(error.code));
  socket.on('data', (data) => end(String(data).trim()));
});
const udp = () => new Promise((resolve) => {
  const socket = require('node:dgram').createSocket('udp4');
  const end = (answer) => { clearTimeout(timer); socket.close(() => resolve(answer)); };
  const timer = setTimeout(() => end('TIMEOUT'), limitMs);
  socket.on('error', (error) => end(error.code));
  socket.on('message', (data) => end(String(data)));
  socket.bind(Number(local), address || undefined, () => socket.connect(Number(port), host, () => socket.send('x')));
});
(async () => {
  const answers = [];
  for (let time = 0; time < Number(times); time++) answers.push(await (over === 'udp' ? udp : tcp)());
  console.log(JSON.stringify(answers));
})();
`;

const liner = `
const [host, port] = process.argv.slice(1);
const socket = require('node:net').connect(Number(port), host);
socket.on('error', (error) => console.log(error.code));
socket.pipe(process.stdout);
process.stdin.pipe(socket);
`;

/** Lays the network; everything in it has names of its own, and goes when it is disposed. */
export async function layNetwork(pods: readonly string[]): Promise<Rig> {
  const id = `coxnet${process.pid}`;
  const names = ['client', 'node', ...pods];
  const netns = (name: string): string => `${id}-${name}`;
  const within = (name: string): string[] => ['netns', 'exec', netns(name)];
  const servers: ChildProcess[] = [];
  const tearDown = async (): Promise<void> => {
    for (const one of servers) {
      one.kill('SIGKILL');
      if (one.exitCode === null && one.signalCode === null) await once(one, 'exit');
    }
    for (const name of names) await run('ip', ['netns', 'delete', netns(name)]).catch(() => {});
  };
  const node = (program: string, args: readonly string[], input?: string): Promise<string> =>
    run('ip', [...within('node'), program, ...args], input);
  try {
    for (const name of names) await run('ip', ['netns', 'add', netns(name)]);
    await layLinks(netns, pods);
    await node('sysctl', ['-qw', 'net.ipv4.ip_forward=1']);
    await node('sysctl', ['-qw', 'net.ipv4.icmp_ratelimit=0']); // every refusal is to arrive
    for (const pod of pods) {
      const args = [process.execPath, '-e', server, pod, String(tcpPort), String(udpPort)];
      const child = spawn('ip', [...within(pod), ...args], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      servers.push(child);
      await once(child.stdout!, 'data');
    }
  } catch (error) {
    await tearDown();
    throw error;
  }
  return {
    runInNode: node,
    async call(from, to, { times = 1, over = 'tcp', address = '', port = 0 } = {}) {
      const [host, toPort] = to.split(':');
      const args = [host!, toPort!, String(times), over, address, String(port)];
      return JSON.parse(
        await run('ip', [...within(from), process.execPath, '-e', caller, ...args]),
      ) as string[];
    },
    async connect(from, to) {
      const args = [...within(from), process.execPath, '-e', liner, ...to.split(':')];
      const child = spawn('ip', args, { stdio: ['pipe', 'pipe', 'inherit'] });
      const next = async (): Promise<string> => {
        const [data] = (await once(child.stdout, 'data')) as [Buffer];
        return String(data).trim();
      };
      return {
        greeting: await next(),
        ask(text) {
          const answer = next();
          child.stdin.write(text);
          return answer;
        },
        async [Symbol.asyncDispose]() {
          child.kill('SIGKILL');
          await once(child, 'exit');
        },
      };
    },
    [Symbol.asyncDispose]: tearDown,
  };
}

async function layLinks(netns: (name: string) => string, pods: readonly string[]): Promise<void> {
  const batch = (name: string, lines: readonly string[]): Promise<string> =>
    run('ip', ['-n', netns(name), '-batch', '-'], lines.join('\n'));
  await batch('node', [
    `link add eth0 type veth peer name eth0 netns ${netns('client')}`,
    `address add ${nodeAddress}/24 dev eth0`,
    'link add cni0 type bridge',
    'address add 10.244.1.1/24 dev cni0',
    ...pods.flatMap((pod) => [
      `link add ${pod} type veth peer name eth0 netns ${netns(pod)}`,
      `link set ${pod} master cni0 up`,
      `link set ${pod} type bridge_slave hairpin on`,
    ]),
    ...['lo', 'eth0', 'cni0'].map((link) => `link set ${link} up`),
    `route add default via ${clientAddress}`,
  ]);
  await batch('client', [
    `address add ${clientAddress}/24 dev eth0`,
    'link set lo up',
    'link set eth0 up',
    `route add default via ${nodeAddress}`,
  ]);
  for (const pod of pods)
    await batch(pod, [
      `address add ${podAddress(pod)}/24 dev eth0`,
      'link set lo up',
      'link set eth0 up',
      'route add default via 10.244.1.1',
    ]);
}
