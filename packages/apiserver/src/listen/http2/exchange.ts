import type { HeaderValues } from './hpack-encoder.ts';
import { RequestBody } from './request-body.ts';
import type { RequestHead } from './request-head.ts';

/** What an exchange asks of its connection. */
export interface Carrier {
  head(exchange: Exchange, status: number, ...headers: readonly HeaderValues[]): void;
  /** There is something to send, or the end to tell. */
  send(exchange: Exchange): void;
  consumed(exchange: Exchange, bytes: number): void;
  /** Ends both ways at once. */
  cut(exchange: Exchange): void;
}

/** One request and its answer: a stream of HTTP/2. */
export class Exchange {
  readonly id: number;
  readonly head: RequestHead;
  readonly body: RequestBody;
  /** What may still be sent, and may still come, before the other side must give more. */
  sendWindow: number;
  receiveWindow: number;
  /** Bytes of the body that were read and not yet given back to the window. */
  unreturned = 0;
  /** Bytes of the body that have come, to be held against content-length. */
  received = 0;
  /** Called once when nobody waits for the answer any longer. */
  onGone: (() => void) | undefined;
  /** Bytes sent of the answer: whether it goes on. */
  sent = 0;
  /** Looks whether it goes on, while something waits. */
  stalled: Disposable | undefined;
  readonly #carrier: Carrier;
  #pieces: (readonly Uint8Array[])[] = [];
  #piece = 0; // of the first row
  #offset = 0; // in that piece
  #queued = 0;
  #isEnding = false;
  #isDone = false;
  #wake: (() => void) | undefined;

  constructor(
    id: number,
    head: RequestHead,
    carrier: Carrier,
    sendWindow: number,
    receiveWindow: number,
  ) {
    this.id = id;
    this.head = head;
    this.#carrier = carrier;
    this.sendWindow = sendWindow;
    this.receiveWindow = receiveWindow;
    this.body = new RequestBody((bytes) => carrier.consumed(this, bytes));
  }

  /** Bytes that wait to be sent. */
  get queued(): number {
    return this.#queued;
  }

  /** Whether nothing follows what is queued. */
  get isEnding(): boolean {
    return this.#isEnding;
  }

  /** Nothing is sent any longer: the answer is whole, or cut off. */
  get isDone(): boolean {
    return this.#isDone;
  }

  respond(status: number, ...headers: readonly HeaderValues[]): void {
    if (!this.#isDone) this.#carrier.head(this, status, ...headers);
  }

  /** Queues the pieces, which must not change until they are sent. */
  write(pieces: readonly Uint8Array[]): void {
    if (this.#isDone || this.#isEnding) return;
    this.#queue(pieces);
    if (this.#queued > 0) this.#carrier.send(this);
  }

  end(pieces: readonly Uint8Array[] = []): void {
    if (this.#isDone || this.#isEnding) return;
    this.#queue(pieces);
    this.#isEnding = true;
    this.#carrier.send(this);
  }

  /** Resolves when all that was queued is sent, or nothing more will be. */
  drained(): Promise<void> {
    if (this.#queued === 0 || this.#isDone) return Promise.resolve();
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  /** Ends what cannot be finished: the client must not take it for whole. */
  destroy(): void {
    if (!this.#isDone) this.#carrier.cut(this);
  }

  /** Moves the next `bytes` of what waits into `out`. */
  take(out: Buffer, at: number, bytes: number): void {
    this.#queued -= bytes;
    this.sent += bytes;
    let to = at;
    for (let left = bytes; left > 0;) {
      const row = this.#pieces[0]!;
      const piece = row[this.#piece]!;
      const length = Math.min(piece.length - this.#offset, left);
      const isWhole = length === piece.length;
      out.set(isWhole ? piece : piece.subarray(this.#offset, this.#offset + length), to);
      to += length;
      left -= length;
      this.#offset += length;
      if (this.#offset === piece.length) this.#next(row);
    }
    if (this.#queued === 0) this.#stir();
  }

  /** The whole answer is on its way. */
  finish(): void {
    this.#isDone = true;
    this.#release();
  }

  /** The other side has left, or broken off. */
  gone(why: Error): void {
    this.body.fail(why);
    if (this.#isDone) return;
    this.#isDone = true;
    this.#release();
    this.onGone?.();
  }

  #queue(pieces: readonly Uint8Array[]): void {
    let bytes = 0;
    for (const piece of pieces) bytes += piece.length;
    if (bytes === 0) return;
    this.#pieces.push(pieces);
    this.#queued += bytes;
  }

  #next(row: readonly Uint8Array[]): void {
    this.#offset = 0;
    if (++this.#piece < row.length) return;
    this.#pieces.shift();
    this.#piece = 0;
  }

  #release(): void {
    this.#pieces = [];
    this.#queued = 0;
    this.stalled?.[Symbol.dispose]();
    this.stalled = undefined;
    this.#stir();
  }

  #stir(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}
