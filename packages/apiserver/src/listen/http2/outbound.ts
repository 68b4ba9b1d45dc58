import { nextTick } from 'node:process';
import type { Duplex } from 'node:stream';
import type { Clock } from '@coxswain/base';
import type { Exchange } from './exchange.ts';
import {
  defaultFrameMax,
  defaultWindow,
  type ErrorCode,
  flag,
  frameHeadBytes,
  frameType,
} from './frames.ts';

/** Bytes of one write to the socket, beyond which bodies wait for the next. */
const writeBytesMax = 256 * 1024;
/** What a connection begins with, and the most that it keeps of each of its two buffers while nothing is sent. */
const smallBytes = 4096;
const keptBytesMax = 64 * 1024;
/** Frames of one answer in a row, while others wait too. */
const framesInRow = 4;
/** The longest frame that we make, where the peer would take longer ones. */
const frameMax = 64 * 1024;

/**
 * All that a connection sends: frames of one turn of the loop go in one write. While it is under way the next is gathered;
 * bodies stay with their exchanges until the windows and the write have room for them.
 */
export class Outbound {
  sendWindow: number = defaultWindow;
  peerFrameMax: number = defaultFrameMax;
  readonly #socket: Duplex;
  readonly #clock: Clock;
  readonly #stallMs: number;
  readonly #sending = new Set<Exchange>();
  readonly #whole: (exchange: Exchange) => void;
  #buffer: Buffer = Buffer.allocUnsafeSlow(smallBytes);
  #other: Buffer | undefined;
  #at = 0;
  #isScheduled = false;
  #isWriting = false;
  #isLast = false;

  /** `whole` hears of each exchange whose end was sent. */
  constructor(socket: Duplex, clock: Clock, stallMs: number, whole: (exchange: Exchange) => void) {
    this.#socket = socket;
    this.#clock = clock;
    this.#stallMs = stallMs;
    this.#whole = whole;
  }

  /** Adds a frame with `payload`. */
  frame(type: number, flags: number, id: number, payload: Uint8Array): void {
    this.#room(frameHeadBytes + payload.length);
    this.#head(type, flags, id, payload.length);
    this.#buffer.set(payload, this.#at);
    this.#at += payload.length;
    this.flush();
  }

  headers(id: number, block: Uint8Array, isEnd: boolean): void {
    const end = isEnd ? flag.endStream : 0;
    const max = this.peerFrameMax;
    if (block.length <= max) {
      this.frame(frameType.headers, end | flag.endHeaders, id, block);
      return;
    }
    this.frame(frameType.headers, end, id, block.subarray(0, max));
    for (let at = max; at < block.length; at += max) {
      const isLast = at + max >= block.length;
      const part = block.subarray(at, at + max);
      this.frame(frameType.continuation, isLast ? flag.endHeaders : 0, id, part);
    }
  }

  reset(id: number, code: ErrorCode): void {
    this.numbers(frameType.reset, id, code);
  }

  /** A frame of 32-bit numbers. */
  numbers(type: number, id: number, ...values: readonly number[]): void {
    this.#room(frameHeadBytes + values.length * 4);
    this.#head(type, 0, id, values.length * 4);
    for (const value of values) this.#at = this.#buffer.writeUInt32BE(value, this.#at);
    this.flush();
  }

  /** Sends what `exchange` has queued as far as there is room now, and the rest when there is. */
  send(exchange: Exchange): void {
    this.#sending.add(exchange);
    this.flush();
  }

  forget(exchange: Exchange): void {
    this.#sending.delete(exchange);
  }

  /** Nothing follows what is there: the socket ends after it. */
  end(): void {
    this.#isLast = true;
    this.flush();
  }

  /** Writes at the end of this turn; at once when the one before is done. */
  flush(): void {
    if (this.#isScheduled || this.#isWriting) return;
    this.#isScheduled = true;
    nextTick(() => {
      this.#isScheduled = false;
      this.#write();
    });
  }

  #write(): void {
    if (this.#isWriting || this.#socket.destroyed) return;
    if (this.#sending.size > 0) this.#pump();
    for (const exchange of this.#sending) this.#watch(exchange);
    if (this.#at === 0) return this.#rest();
    const full = this.#buffer;
    const bytes = full.subarray(0, this.#at);
    this.#buffer = this.#other ?? Buffer.allocUnsafeSlow(smallBytes);
    this.#other = undefined;
    this.#at = 0;
    this.#isWriting = true;
    this.#socket.write(bytes, () => {
      this.#isWriting = false;
      this.#other = full;
      this.#write();
    });
  }

  /** Nothing is to be sent: what long answers needed is let go. */
  #rest(): void {
    if (this.#isLast) this.#socket.end();
    if (this.#sending.size > 0) return;
    if (this.#buffer.length > keptBytesMax) this.#buffer = Buffer.allocUnsafeSlow(smallBytes);
    if (this.#other && this.#other.length > keptBytesMax) this.#other = undefined;
  }

  /** Moves bodies into the buffer, one exchange after the other, as far as all windows allow. */
  #pump(): void {
    for (const exchange of this.#sending) {
      let frames = 0;
      while (frames < framesInRow && this.#body(exchange)) frames++;
      if (frames === framesInRow) {
        // The others first.
        this.#sending.delete(exchange);
        this.#sending.add(exchange);
      }
      if (this.#at >= writeBytesMax) return;
    }
  }

  /** One frame of a body; false when it has nothing more, or may send nothing more. */
  #body(exchange: Exchange): boolean {
    const { queued, isEnding } = exchange;
    const allowed = Math.min(this.sendWindow, exchange.sendWindow, this.peerFrameMax, frameMax);
    const bytes = Math.max(0, Math.min(queued, allowed));
    if (bytes === 0 && (queued > 0 || !isEnding)) {
      if (queued === 0) this.#sending.delete(exchange);
      return false;
    }
    const isEnd = isEnding && bytes === queued;
    this.#room(frameHeadBytes + bytes);
    this.#head(frameType.data, isEnd ? flag.endStream : 0, exchange.id, bytes);
    exchange.take(this.#buffer, this.#at, bytes);
    this.#at += bytes;
    this.sendWindow -= bytes;
    exchange.sendWindow -= bytes;
    if (bytes < queued) return true;
    this.#sending.delete(exchange);
    if (isEnd) this.#whole(exchange);
    return false;
  }

  /** Cuts off an exchange of which nothing was sent for long; all of them, when the socket takes nothing. */
  #watch(exchange: Exchange): void {
    if (exchange.stalled) return;
    const { sent } = exchange;
    exchange.stalled = this.#clock.after(this.#stallMs, () => {
      exchange.stalled = undefined;
      if (exchange.queued === 0 || exchange.isDone) return;
      if (exchange.sent > sent) this.#watch(exchange);
      else if (this.#isWriting) this.#socket.destroy();
      else exchange.destroy();
    });
  }

  #head(type: number, flags: number, id: number, length: number): void {
    const buffer = this.#buffer;
    let at = this.#at;
    buffer[at++] = length >>> 16;
    buffer[at++] = length >>> 8;
    buffer[at++] = length;
    buffer[at++] = type;
    buffer[at++] = flags;
    buffer[at++] = id >>> 24;
    buffer[at++] = id >>> 16;
    buffer[at++] = id >>> 8;
    buffer[at++] = id;
    this.#at = at;
  }

  #room(bytes: number): void {
    const wanted = this.#at + bytes;
    if (wanted <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(
      Math.max(wanted, Math.min(this.#buffer.length * 4, writeBytesMax + frameMax)),
    );
    larger.set(this.#buffer.subarray(0, this.#at));
    this.#buffer = larger;
  }
}
