import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { Clock, Log } from '@coxswain/base';
import {
  type Answer,
  decode,
  type DecodedPacket,
  encode,
  type Packet,
  TRUNCATED_RESPONSE,
} from 'dns-packet';
import { answerOf, openAlias, reply, servfail } from './answer.ts';
import { forward, type NameServer } from './forward.ts';
import type { Names } from './names.ts';

export interface DnsServerOptions {
  readonly address: string;
  readonly port: number; // 0: any free one
  readonly domain: string;
  readonly names: Names;
  readonly forwarders: readonly NameServer[];
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
}

const udpBytesMax = 512;
const forwardsMax = 1000;
const tcpIdleMs = 10_000;

/** The cluster's name server over UDP and TCP on one port; closed with `await using`. */
export class DnsServer implements AsyncDisposable {
  readonly #options: DnsServerOptions;
  readonly #udp: UdpSocket;
  readonly #tcp: Server;
  readonly #connections = new Set<Socket>();
  readonly #ended = new AbortController();
  #forwards = 0;

  private constructor(options: DnsServerOptions) {
    this.#options = options;
    this.#udp = createSocket(options.address.includes(':') ? 'udp6' : 'udp4');
    this.#tcp = createServer((socket) => this.#serveTcp(socket));
  }

  static async open(options: DnsServerOptions): Promise<DnsServer> {
    const server = new DnsServer(options);
    server.#tcp.listen(options.port, options.address);
    await once(server.#tcp, 'listening');
    server.#udp.bind(server.port, options.address);
    await once(server.#udp, 'listening');
    server.#udp.on('message', (query, from) => {
      void server.#answer(query, 'udp').then((answer) => {
        if (answer && !server.#ended.signal.aborted)
          server.#udp.send(answer, from.port, from.address);
      });
    });
    server.#udp.on('error', (error) => options.log.error('udp socket failed', error));
    return server;
  }

  get port(): number {
    return (this.#tcp.address() as { port: number }).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort();
    this.#udp.close();
    for (const connection of this.#connections) connection.destroy();
    this.#tcp.close();
    await once(this.#tcp, 'close');
  }

  /** The bytes to answer with; undefined for what is no question. */
  async #answer(bytes: Buffer, over: 'udp' | 'tcp'): Promise<Uint8Array | undefined> {
    const { names, domain, random, log } = this.#options;
    const query = readQuery(bytes);
    if (!query) return undefined;
    try {
      const own = answerOf(query, names, domain, random);
      if (!own) return (await this.#ask(bytes, over)) ?? encode(reply(query, servfail));
      const alias = openAlias(own);
      if (alias !== undefined) own.answers!.push(...(await this.#addressesOf(alias, query, over)));
      return over === 'udp' ? fitted(query, own) : encode(own);
    } catch (error) {
      log.error('question not answered', error);
      return encode(reply(query, servfail));
    }
  }

  /** What the world outside knows about a name that one of ours stands for; nothing when it does not say. */
  async #addressesOf(name: string, query: DecodedPacket, over: 'udp' | 'tcp'): Promise<Answer[]> {
    const type = query.questions![0]!.type;
    const { id = 0, flags = 0 } = query;
    const asked = encode({ type: 'query', id, flags: flags & 0x100, questions: [{ name, type }] });
    const answer = await this.#ask(Buffer.from(asked), over);
    return (answer && decode(Buffer.from(answer)).answers) ?? [];
  }

  async #ask(query: Buffer, over: 'udp' | 'tcp'): Promise<Uint8Array | undefined> {
    if (this.#forwards >= forwardsMax) return undefined;
    this.#forwards++;
    try {
      const { forwarders, clock } = this.#options;
      return await forward(query, forwarders, over, clock, this.#ended.signal);
    } finally {
      this.#forwards--;
    }
  }

  #serveTcp(socket: Socket): void {
    this.#connections.add(socket);
    let rest: Buffer = Buffer.alloc(0);
    let idle = this.#options.clock.after(tcpIdleMs, () => socket.destroy());
    socket.on('data', (piece) => {
      idle[Symbol.dispose]();
      idle = this.#options.clock.after(tcpIdleMs, () => socket.destroy());
      rest = Buffer.concat([rest, piece as Buffer]);
      while (rest.length >= 2 && rest.length >= 2 + rest.readUInt16BE(0)) {
        const query = rest.subarray(2, 2 + rest.readUInt16BE(0));
        rest = rest.subarray(2 + query.length);
        void this.#answer(query, 'tcp').then((answer) => {
          if (answer) socket.write(withLength(answer));
        });
      }
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      idle[Symbol.dispose]();
      this.#connections.delete(socket);
    });
  }
}

function readQuery(bytes: Buffer): DecodedPacket | undefined {
  try {
    const packet = decode(bytes);
    return packet.type === 'query' ? packet : undefined;
  } catch {
    return undefined; // not DNS: nobody to answer
  }
}

/** Over UDP an answer has the room that the client said (EDNS), else 512 bytes; too long, it says so and is asked again by TCP. */
function fitted(query: DecodedPacket, answer: Packet): Uint8Array {
  const bytes = encode(answer);
  const edns = query.additionals?.find((record) => record.type === 'OPT');
  const room =
    edns && 'udpPayloadSize' in edns ? Math.max(udpBytesMax, edns.udpPayloadSize) : udpBytesMax;
  if (bytes.byteLength <= room) return bytes;
  return encode({ ...answer, flags: (answer.flags ?? 0) | TRUNCATED_RESPONSE, answers: [] });
}

function withLength(bytes: Uint8Array): Buffer {
  const head = Buffer.alloc(2);
  head.writeUInt16BE(bytes.byteLength);
  return Buffer.concat([head, bytes]);
}
