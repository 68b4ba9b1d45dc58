import { type ClientHttp2Session, connect, constants } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import type { Clock } from '@coxswain/base';
import { Unreachable, type WireAnswer, type WireRequest } from './wire.ts';

/** A connection that stays silent so long is asked for a sign of life, and given up without an answer. */
const idleMs = 30_000;
const pingMs = 15_000;
/** What a server that names no limit is trusted with. */
const streamsDefault = 100;
const windowBytes = 8 * 1024 * 1024;

/** One HTTP/2 connection with many streams. Once it is closing it takes no new stream, and lets the running ones end. */
export class Session implements Disposable {
  readonly #http2: ClientHttp2Session;
  readonly #url: string;
  readonly #clock: Clock;
  #streams = 0;
  #closing = false;
  #ping: Disposable | undefined;

  constructor(url: string, socket: TLSSocket, clock: Clock) {
    this.#url = url;
    this.#clock = clock;
    this.#http2 = connect(url, {
      createConnection: () => socket,
      settings: { enablePush: false, initialWindowSize: windowBytes },
    });
    const close = (): void => {
      this.#closing = true;
    };
    this.#http2.on('goaway', close);
    this.#http2.on('close', () => {
      close();
      this.#ping?.[Symbol.dispose]();
    });
    this.#http2.on('error', close); // each stream reports it to its caller
    this.#http2.setLocalWindowSize(windowBytes);
    this.#watchLife();
  }

  /** It takes a further stream. */
  get hasRoom(): boolean {
    if (!this.usable) return false;
    const limit = this.#http2.remoteSettings.maxConcurrentStreams ?? streamsDefault;
    return this.#streams < Math.min(limit, 2 ** 31);
  }

  get usable(): boolean {
    return !this.#closing && !this.#http2.closed && !this.#http2.destroyed;
  }

  send(request: WireRequest): Promise<WireAnswer> {
    const { resolve, reject, promise } = Promise.withResolvers<WireAnswer>();
    const stream = this.#http2.request(
      { ':method': request.method, ':path': request.target, ...request.headers },
      { endStream: request.body === undefined },
    );
    this.#streams++;
    const stop = (): void => {
      reject(request.signal.reason);
      stream.close(constants.NGHTTP2_CANCEL);
    };
    request.signal.addEventListener('abort', stop, { once: true });
    stream.on('error', (error) => reject(this.#failure(error)));
    stream.on('close', () => {
      this.#streams--;
      request.signal.removeEventListener('abort', stop);
      reject(this.#failure(new Error(`stream closed with code ${stream.rstCode}`)));
    });
    stream.on('response', (headers) =>
      resolve({
        status: headers[':status'] ?? 0,
        header: (name) => headers[name]?.toString(),
        headers: () =>
          Object.entries(headers)
            .filter(([name]) => !name.startsWith(':'))
            .map(([name, value]) => [name, String(value)] as const),
        body: stream,
      }),
    );
    if (request.body !== undefined) stream.end(request.body);
    return promise;
  }

  [Symbol.dispose](): void {
    this.#closing = true;
    this.#http2.destroy();
  }

  /** Before an answer's head the server may have acted, unless it said that it did not. */
  #failure(error: Error & { code?: string }): Error {
    const refused =
      error.code === 'ERR_HTTP2_GOAWAY_SESSION' ||
      error.code === 'ERR_HTTP2_INVALID_SESSION' ||
      error.message.includes('NGHTTP2_REFUSED_STREAM') ||
      error.message.includes(`code ${constants.NGHTTP2_REFUSED_STREAM}`);
    return refused ? new Unreachable(this.#url, error) : error;
  }

  #watchLife(): void {
    this.#ping = this.#clock.after(idleMs, () => {
      if (this.#http2.destroyed) return;
      const giveUp = this.#clock.after(pingMs, () => {
        this.#closing = true;
        this.#http2.destroy(new Error('the connection gives no sign of life'));
      });
      this.#ping = giveUp;
      this.#http2.ping((error) => {
        giveUp[Symbol.dispose]();
        if (!error) this.#watchLife();
      });
    });
  }
}
