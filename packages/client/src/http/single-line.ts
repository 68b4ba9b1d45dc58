import type { Socket } from 'node:net';
import { Unreachable, type WireAnswer, type WireRequest } from './wire.ts';

const headEnd = '\r\n\r\n';
const lineEnd = '\r\n';
/** The longest head of an answer, and the longest line before a chunk. */
const headBytesMax = 1024 * 1024;
const chunkLineMax = 4_096;

/**
 * One connection that carries one request after the other in HTTP/1.1, by a few lines of our own: Node's HTTP takes longer to load than a
 * short command runs.
 */
export class SingleLine implements Disposable {
  readonly #url: string;
  readonly #socket: Socket;
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);
  #isBusy = false;

  constructor(url: string, socket: Socket) {
    this.#url = url;
    this.#socket = socket;
    this.#chunks = socket.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer>;
    socket.on('error', () => {}); // whoever reads or writes is told
  }

  /** It can take a request now. */
  get isFree(): boolean {
    return !this.#isBusy && this.isOpen;
  }

  get isOpen(): boolean {
    const { destroyed, readableEnded, writable } = this.#socket;
    return !destroyed && !readableEnded && writable;
  }

  async send({ method, target, headers, body, signal }: WireRequest): Promise<WireAnswer> {
    signal.throwIfAborted();
    this.#isBusy = true;
    const stop = (): void => void this.#socket.destroy();
    signal.addEventListener('abort', stop, { once: true });
    const done = (): void => signal.removeEventListener('abort', stop);
    try {
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
      const length = body === undefined ? 0 : Buffer.byteLength(body);
      if (method !== 'GET') lines.push(`content-length: ${length}`);
      const host = new URL(this.#url).host;
      const head = [`${method} ${target} HTTP/1.1`, `host: ${host}`, ...lines].join(lineEnd);
      this.#socket.write(
        body instanceof Uint8Array
          ? Buffer.concat([Buffer.from(`${head}${headEnd}`), body])
          : `${head}${headEnd}${body ?? ''}`,
      );
      const answer = await this.#head();
      return { ...answer, body: this.#body(answer, done, signal) };
    } catch (error) {
      done();
      this[Symbol.dispose]();
      throw signal.aborted ? signal.reason : error;
    }
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  /** Further bytes after those that are left over; throws where the server sends no more. */
  async #more(): Promise<void> {
    const { value, done } = await this.#chunks.next();
    if (done) throw new Error('unexpected EOF');
    this.#rest = this.#rest.length > 0 ? Buffer.concat([this.#rest, value]) : value;
  }

  /** What stands before the next `end`, which is taken as well. */
  async #until(end: string, max: number): Promise<string> {
    for (;;) {
      const at = this.#rest.indexOf(end, 0, 'latin1');
      if (at >= 0) {
        const text = this.#rest.toString('latin1', 0, at);
        this.#rest = this.#rest.subarray(at + end.length);
        return text;
      }
      if (this.#rest.length > max) throw new Error('net/http: HTTP/1.x transport: too long a line');
      await this.#more();
    }
  }

  async #head(): Promise<Omit<WireAnswer, 'body'>> {
    for (;;) {
      const [first, ...lines] = (await this.#until(headEnd, headBytesMax)).split(lineEnd);
      const status = Number(/^HTTP\/1\.[01] (\d{3})\b/.exec(first!)?.[1] ?? 0);
      if (status === 0) throw new Unreachable(this.#url, new Error(`malformed HTTP response`));
      if (status < 200) continue; // there is more to come
      const headers = new Map<string, string>();
      for (const line of lines) {
        const colon = line.indexOf(':');
        const name = line.slice(0, colon).toLowerCase();
        const value = line.slice(colon + 1).trim();
        headers.set(name, headers.has(name) ? `${headers.get(name)}, ${value}` : value);
      }
      return { status, header: (name) => headers.get(name), headers: () => headers };
    }
  }

  /** Pieces of the body as they come; one that is not read to its end takes the connection with it. */
  async *#body(
    { status, header }: Omit<WireAnswer, 'body'>,
    done: () => void,
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array> {
    let isWhole = false;
    try {
      if (status !== 204 && status !== 304) yield* this.#content(header);
      isWhole = header('connection')?.toLowerCase() !== 'close';
    } catch (error) {
      throw signal.aborted ? signal.reason : error;
    } finally {
      done();
      if (isWhole) this.#isBusy = false;
      else this[Symbol.dispose]();
    }
  }

  async *#content(header: WireAnswer['header']): AsyncGenerator<Uint8Array> {
    const length = header('content-length');
    if (/\bchunked\b/i.test(header('transfer-encoding') ?? '')) yield* this.#chunked();
    else if (length !== undefined) yield* this.#bytes(Number(length));
    else yield* this.#toEnd();
  }

  async *#chunked(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const size = Number.parseInt(await this.#until(lineEnd, chunkLineMax), 16);
      if (!(size >= 0)) throw new Error('malformed chunked encoding');
      if (size === 0) break;
      yield* this.#bytes(size);
      await this.#until(lineEnd, chunkLineMax);
    }
    while ((await this.#until(lineEnd, headBytesMax)) !== '');
  }

  async *#bytes(count: number): AsyncGenerator<Uint8Array> {
    for (let left = count; left > 0;) {
      if (this.#rest.length === 0) await this.#more();
      const piece = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
  }

  async *#toEnd(): AsyncGenerator<Uint8Array> {
    yield this.#rest;
    this.#rest = Buffer.alloc(0);
    for (let next = await this.#chunks.next(); !next.done; next = await this.#chunks.next())
      yield next.value;
  }
}
