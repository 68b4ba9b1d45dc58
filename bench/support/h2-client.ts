/**
 * An HTTP/2 client that takes as little of the machine as it can, since it shares the processors with the server that it
 * measures: Node's own takes several times as much.
 */
import { once } from 'node:events';
import { nextTick } from 'node:process';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { FrameReader } from '../../packages/apiserver/src/listen/http2/frame-reader.ts';
import { flag, frameType, preface } from '../../packages/apiserver/src/listen/http2/frames.ts';
import { HpackDecoder } from '../../packages/apiserver/src/listen/http2/hpack-decoder.ts';
import {
  setting,
  settingsOf,
  settingsPayload,
} from '../../packages/apiserver/src/listen/http2/settings.ts';

/** What a request is told of its answer. */
export interface Hears {
  readonly head?: (status: string) => void;
  readonly data?: (chunk: Buffer) => void;
  /** The answer is whole; false when it was cut off. */
  readonly end: (isWhole: boolean) => void;
}

/** So much may come before it is given back: everything that a load gets, or nearly. */
const windowBytes = 2 ** 30;
/** The first index of the table that a connection fills. */
const firstIndex = 62;
const frameMax = 16_384;

const text = (value: string): Buffer => {
  const bytes = Buffer.from(value, 'latin1');
  const { length } = bytes;
  const head = length < 127 ? [length] : [127, ((length - 127) & 127) | 128, (length - 127) >>> 7];
  return Buffer.concat([Buffer.from(head), bytes]);
};

const frame = (type: number, flags: number, id: number, payload: Uint8Array): Buffer => {
  const bytes = Buffer.allocUnsafe(9 + payload.length);
  bytes.writeUIntBE(payload.length, 0, 3);
  bytes[3] = type;
  bytes[4] = flags;
  bytes.writeUInt32BE(id, 5);
  bytes.set(payload, 9);
  return bytes;
};

const number = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

export class H2Client {
  readonly #socket: TLSSocket;
  /** What all requests have: named once, and by their places in the table after that. */
  readonly #common: readonly (readonly [name: string, value: string])[];
  readonly #decoder = new HpackDecoder();
  readonly #reader = new FrameReader(Buffer.alloc(0));
  readonly #hears = new Map<number, Hears>();
  readonly #waiting: (() => void)[] = [];
  #nextId = 1;
  #out: Buffer[] = [];
  #sendWindow = 65_535;
  #got = 0;
  #block: Buffer[] = [];

  constructor(
    url: string,
    tls: ConnectionOptions,
    method: string,
    headers: Readonly<Record<string, string>>,
  ) {
    const { hostname, port, host } = new URL(url);
    const head = { ':method': method, ':scheme': 'https', ':authority': host };
    this.#common = Object.entries({ ...head, ...headers });
    this.#socket = connect({
      ...{ host: hostname, port: Number(port), ALPNProtocols: ['h2'] },
      ...tls,
    });
    this.#socket.setNoDelay(true);
    this.#socket.on('data', (chunk: Buffer) => this.#reader.read(chunk, this.#frame));
    this.#socket.on('close', () => {
      for (const hears of this.#hears.values()) hears.end(false);
    });
    const settings = settingsPayload([[setting.initialWindowSize, windowBytes]]);
    this.#write(Buffer.concat([preface, frame(frameType.settings, 0, 0, settings)]));
    this.#write(frame(frameType.windowUpdate, 0, 0, number(windowBytes)));
  }

  async connected(): Promise<void> {
    await once(this.#socket, 'secureConnect');
  }

  request(path: string, body: string | undefined, hears: Hears): void {
    const bytes = body === undefined ? undefined : Buffer.from(body);
    const size = bytes?.length ?? 0;
    if (size > this.#sendWindow) {
      this.#waiting.push(() => this.request(path, body, hears));
      return;
    }
    this.#sendWindow -= size;
    const id = this.#nextId;
    this.#nextId += 2;
    this.#hears.set(id, hears);
    const isEnd = bytes ? 0 : flag.endStream;
    this.#write(frame(frameType.headers, flag.endHeaders | isEnd, id, this.#head(path, id === 1)));
    for (let at = 0; bytes && at < size; at += frameMax) {
      const isLast = at + frameMax >= size;
      const part = bytes.subarray(at, at + frameMax);
      this.#write(frame(frameType.data, isLast ? flag.endStream : 0, id, part));
    }
  }

  close(): void {
    this.#hears.clear();
    this.#socket.destroy();
  }

  #head(path: string, isFirst: boolean): Buffer {
    const common = this.#common.map(([name, value], at) =>
      isFirst
        ? Buffer.concat([Buffer.of(0x40), text(name), text(value)])
        : Buffer.of(0x80 | (firstIndex + this.#common.length - 1 - at)),
    );
    const [pseudo, plain] = [common.slice(0, 3), common.slice(3)];
    return Buffer.concat([...pseudo, Buffer.of(0x04), text(path), ...plain]);
  }

  readonly #frame = (type: number, flags: number, id: number, payload: Buffer): void => {
    if (type === frameType.data) this.#data(id, payload);
    else if (type === frameType.headers || type === frameType.continuation) {
      this.#block.push(payload);
      if (!(flags & flag.endHeaders)) return;
      const [status] = this.#decoder.decode(Buffer.concat(this.#block));
      this.#block = [];
      if (status?.name === ':status') this.#hears.get(id)?.head?.(status.value);
    } else if (type === frameType.windowUpdate && id === 0) this.#more(payload.readUInt32BE(0));
    else if (type === frameType.reset) this.#end(id, false);
    else if (type === frameType.ping && !(flags & flag.ack))
      this.#write(frame(frameType.ping, flag.ack, 0, payload));
    else if (type === frameType.settings && !(flags & flag.ack)) {
      Array.from(settingsOf(payload)); // bodies here are shorter than any stream's window
      this.#write(frame(frameType.settings, flag.ack, 0, Buffer.alloc(0)));
    }
    const mayEnd = type === frameType.data || type === frameType.headers;
    if (mayEnd && flags & flag.endStream) this.#end(id, true);
  };

  #data(id: number, payload: Buffer): void {
    this.#hears.get(id)?.data?.(payload);
    this.#got += payload.length;
    if (this.#got < windowBytes / 2) return;
    this.#write(frame(frameType.windowUpdate, 0, 0, number(this.#got)));
    this.#got = 0;
  }

  #end(id: number, isWhole: boolean): void {
    const hears = this.#hears.get(id);
    this.#hears.delete(id);
    hears?.end(isWhole);
  }

  #more(bytes: number): void {
    this.#sendWindow += bytes;
    for (const go of this.#waiting.splice(0)) go();
  }

  #write(bytes: Buffer): void {
    this.#out.push(bytes);
    if (this.#out.length > 1) return;
    nextTick(() => {
      if (!this.#socket.destroyed) this.#socket.write(Buffer.concat(this.#out));
      this.#out = [];
    });
  }
}
