import { createSocket } from 'node:dgram';
import { readFile } from 'node:fs/promises';
import { connect, isIPv6 } from 'node:net';
import type { Clock } from '@coxswain/base';

const attemptTimeoutMs = 2_000;
/** Servers asked, one after the other. */
const serversMax = 3;

export interface NameServer {
  readonly address: string;
  readonly port: number;
}

/** The machine's own name servers; none where it has no such file. */
export async function machineNameServers(file = '/etc/resolv.conf'): Promise<NameServer[]> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const lines = [...text.matchAll(/^\s*nameserver\s+(\S+)/gm)];
  return lines.slice(0, serversMax).map(([, address]) => ({ address: address!, port: 53 }));
}

/** Hands `query` on to the first server that answers; undefined when none does. */
export async function forward(
  query: Uint8Array,
  servers: readonly NameServer[],
  over: 'udp' | 'tcp',
  clock: Clock,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  for (const server of servers) {
    const limit = new AbortController();
    using _timer = clock.after(attemptTimeoutMs, () => limit.abort());
    const ends = AbortSignal.any([signal, limit.signal]);
    const answer = await (over === 'udp' ? askUdp : askTcp)(query, server, ends);
    if (answer || signal.aborted) return answer;
  }
  return undefined;
}

type Ask = (
  query: Uint8Array,
  server: NameServer,
  signal: AbortSignal,
) => Promise<Uint8Array | undefined>;

const askUdp: Ask = (query, { address, port }, signal) =>
  new Promise((resolve) => {
    const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
    let open = true;
    const end = (answer?: Uint8Array): void => {
      if (open) socket.close();
      open = false;
      resolve(answer);
    };
    socket.on('error', () => end());
    socket.on('message', (answer) => {
      if (answer[0] === query[0] && answer[1] === query[1]) end(answer); // the same id
    });
    signal.addEventListener('abort', () => end(), { once: true });
    // Connected, so that nobody else can answer.
    socket.connect(port, address, () => open && socket.send(query));
  });

const askTcp: Ask = (query, { address, port }, signal) =>
  new Promise((resolve) => {
    const socket = connect({ host: address, port, signal });
    const pieces: Buffer[] = [];
    socket.on('data', (piece) => {
      pieces.push(piece as Buffer);
      const all = Buffer.concat(pieces);
      if (all.length < 2 || all.length < 2 + all.readUInt16BE(0)) return;
      socket.destroy();
      resolve(all.subarray(2, 2 + all.readUInt16BE(0)));
    });
    socket.on('error', () => resolve(undefined));
    socket.on('close', () => resolve(undefined));
    const head = Buffer.alloc(2);
    head.writeUInt16BE(query.byteLength);
    socket.write(Buffer.concat([head, query]));
  });
