import { ByteQueue } from '../connection/byte-queue.ts';
import type { SpdyHeaders } from './header-block.ts';

/** The other side gave the stream up, or the connection is gone. */
export class SpdyStreamClosed extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SpdyStreamClosed';
  }
}

/** What a stream needs of its session. */
export interface StreamLink {
  /** Sends within the peer's window; resolves when there is room for more. */
  data(bytes: Uint8Array, isFin: boolean): Promise<void>;
  reset(status: number): void;
  consumed(bytes: number): void;
  /** Both directions are done. */
  finished(): void;
}

/** One stream of a session: bytes both ways, each direction ending for itself. */
export class SpdyStream {
  readonly id: number;
  readonly headers: SpdyHeaders;
  /** What the peer sends, until it ends its direction or gives the stream up. */
  readonly input: ByteQueue;
  readonly #link: StreamLink;
  #isSent = false;
  #isReceived = false;
  #failure: Error | undefined;

  constructor(id: number, headers: SpdyHeaders, bufferBytesMax: number, link: StreamLink) {
    this.id = id;
    this.headers = headers;
    this.#link = link;
    this.input = new ByteQueue(bufferBytesMax, (bytes) => link.consumed(bytes));
  }

  /** Resolves when there is room for more. Rejects with SpdyStreamClosed when nobody takes it any longer. */
  async write(bytes: Uint8Array): Promise<void> {
    if (this.#failure) throw this.#failure;
    if (this.#isSent) throw new SpdyStreamClosed('write on closed stream');
    if (bytes.length > 0) await this.#link.data(bytes, false);
  }

  /** Ends our direction, after what was written. */
  async end(): Promise<void> {
    if (this.#isSent || this.#failure) return;
    this.#isSent = true;
    await this.#link.data(new Uint8Array(0), true);
    this.#check();
  }

  /** Gives the stream up in both directions. */
  reset(status: number): void {
    if (this.#isSent && this.#isReceived) return;
    this.#link.reset(status);
    this.close(new SpdyStreamClosed('stream reset'));
  }

  /** For the session: the peer's direction is done. */
  received(): void {
    this.#isReceived = true;
    this.input.end();
    this.#check();
  }

  /** For the session: nothing goes or comes any more. Reading ends as it does in Go: without an error. */
  close(failure: Error): void {
    this.#failure ??= failure;
    this.#isReceived = true;
    this.#isSent = true;
    this.input.end();
    this.#check();
  }

  #check(): void {
    if (this.#isSent && this.#isReceived) this.#link.finished();
  }
}
