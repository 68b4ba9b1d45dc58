import type { Duplex } from 'node:stream';
import type { Clock } from '@coxswain/base';
import { type Carrier, Exchange } from './exchange.ts';
import {
  ConnectionError,
  defaultWindow,
  errorCode,
  type ErrorCode,
  flag,
  frameType,
  StreamError,
  unpadded,
  windowMax,
} from './frames.ts';
import { FrameReader, type SeeFrame } from './frame-reader.ts';
import { HpackDecoder } from './hpack-decoder.ts';
import { headersBlock, type HeaderValues } from './hpack-encoder.ts';
import { Outbound } from './outbound.ts';
import { Patience } from './patience.ts';
import { bytesOf, headOf, isPseudo } from './request-head.ts';
import { setting, settingsOf, settingsPayload } from './settings.ts';

export interface ConnectionOptions {
  readonly clock: Clock;
  /** How long a client may read nothing of what waits for it. */
  readonly stallMs: number;
  readonly onExchange: (exchange: Exchange) => void;
  /** Hears of a failure that is no fault of the peer's; the connection ends by it. */
  readonly onFault: (error: unknown) => void;
}

const streamsMax = 1000;
/** Bytes of a body that may come before somebody reads them: of one exchange, and of all together. */
const streamWindow = 2 ** 20;
const connectionWindow = 4 * 2 ** 20;
/** Bytes of a request's head, long selectors included, as in Go; encoded it is hardly longer. */
const headBytesMax = 2 ** 20;
/** Exchanges whose late frames are no fault of the peer's. */
const rememberedMax = 256;

const greeting = settingsPayload([
  [setting.maxConcurrentStreams, streamsMax],
  [setting.initialWindowSize, streamWindow],
  [setting.maxHeaderListSize, headBytesMax],
]);
const left = new Error('the client has left');
const forbidden = (message: string): ConnectionError =>
  new ConnectionError(errorCode.protocol, message);
const hasEnded = (): ConnectionError =>
  new ConnectionError(errorCode.streamClosed, 'headers of a stream that has ended');
const wrongSize = (message: string): ConnectionError =>
  new ConnectionError(errorCode.frameSize, message);

/** One connection of HTTP/2, the server's side. */
export class Connection implements Carrier {
  readonly #socket: Duplex;
  readonly #options: ConnectionOptions;
  readonly #out: Outbound;
  readonly #patience: Patience;
  readonly #decoder = new HpackDecoder();
  readonly #exchanges = new Map<number, Exchange>();
  readonly #cut = new Set<number>(); // those that we have ended before the client had
  readonly #reader = new FrameReader();
  #block: { id: number; flags: number; parts: Buffer[]; bytes: number } | undefined;
  #lastId = 0;
  #peerWindow = defaultWindow; // of new exchanges
  #receiveWindow = connectionWindow;
  #unreturned = 0;
  #isGreeted = false;
  #isClosing = false;

  constructor(socket: Duplex, options: ConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#patience = new Patience(options.clock);
    this.#out = new Outbound(socket, options.clock, options.stallMs, (exchange) =>
      this.#finished(exchange),
    );
    this.#out.frame(frameType.settings, 0, 0, greeting);
    this.#out.numbers(frameType.windowUpdate, 0, connectionWindow - defaultWindow);
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('close', () => this.#leave());
  }

  /** Takes no new exchanges; ends when those that are there are done. */
  close(): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#out.numbers(frameType.goAway, 0, this.#lastId, errorCode.none);
    if (this.#exchanges.size === 0) this.#out.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  head(exchange: Exchange, status: number, ...headers: readonly HeaderValues[]): void {
    this.#out.headers(exchange.id, headersBlock(status, ...headers), false);
  }

  send(exchange: Exchange): void {
    this.#out.send(exchange);
  }

  consumed(exchange: Exchange, bytes: number): void {
    this.#return(bytes);
    if (exchange.body.isEnded || exchange.isDone) return;
    exchange.unreturned += bytes;
    if (exchange.unreturned * 2 <= streamWindow) return;
    this.#out.numbers(frameType.windowUpdate, exchange.id, exchange.unreturned);
    exchange.receiveWindow += exchange.unreturned;
    exchange.unreturned = 0;
  }

  cut(exchange: Exchange): void {
    this.#reset(exchange, errorCode.internal);
  }

  #receive(chunk: Buffer): void {
    try {
      this.#reader.read(chunk, this.#frame);
    } catch (error) {
      this.#fail(error);
    }
  }

  readonly #frame: SeeFrame = (type, flags, id, payload) => {
    if (this.#block && (type !== frameType.continuation || this.#block.id !== id))
      throw forbidden('a block of headers is not finished');
    if (!this.#isGreeted && type !== frameType.settings) throw forbidden('the settings come first');
    switch (type) {
      case frameType.data:
        return this.#data(flags, id, payload);
      case frameType.headers:
        return this.#headers(flags, id, payload);
      case frameType.continuation:
        this.#patience.strain();
        return this.#addToBlock(payload, flags);
      case frameType.priority:
        return this.#priority(id, payload);
      case frameType.reset:
        return this.#peerReset(id, payload);
      case frameType.settings:
        return this.#settings(flags, id, payload);
      case frameType.pushPromise:
        throw forbidden('a client may not push');
      case frameType.ping:
        return this.#ping(flags, id, payload);
      case frameType.goAway:
        if (id !== 0) throw forbidden('a frame of the connection names a stream');
        return;
      case frameType.windowUpdate:
        return this.#windowUpdate(id, payload);
      default:
        this.#patience.strain(); // unknown ones are to be ignored
    }
  };

  #data(flags: number, id: number, payload: Buffer): void {
    if (id === 0 || id > this.#lastId) throw forbidden('data of no stream');
    const bytes = payload.length;
    this.#receiveWindow -= bytes;
    if (this.#receiveWindow < 0)
      throw new ConnectionError(errorCode.flowControl, 'more data than the window holds');
    const exchange = this.#exchanges.get(id);
    if (!exchange || exchange.body.isEnded) {
      this.#return(bytes);
      return this.#late(id, exchange);
    }
    exchange.receiveWindow -= bytes;
    if (exchange.receiveWindow < 0) return this.#reset(exchange, errorCode.flowControl);
    const data = unpadded(payload, flags);
    this.#return(bytes - data.length);
    exchange.received += data.length;
    const isEnd = (flags & flag.endStream) !== 0;
    const { length } = exchange.head;
    if (
      length !== undefined &&
      (exchange.received > length || (isEnd && exchange.received < length))
    )
      return this.#reset(exchange, errorCode.protocol);
    if (data.length > 0) exchange.body.push(data);
    else if (!isEnd) this.#patience.strain();
    if (isEnd) this.#ended(exchange);
  }

  /** A frame that came after the end: a fault, unless it had left before the peer knew. */
  #late(id: number, exchange: Exchange | undefined): void {
    if (this.#cut.has(id)) return;
    this.#patience.strain();
    if (exchange) this.#reset(exchange, errorCode.streamClosed);
    else this.#out.reset(id, errorCode.streamClosed);
  }

  #headers(flags: number, id: number, payload: Buffer): void {
    if (id % 2 === 0) throw forbidden('a stream of a client has an odd number');
    let block = unpadded(payload, flags);
    if (flags & flag.priority) {
      if (block.length < 5) throw wrongSize('a frame is too short');
      if ((block.readUInt32BE(0) & windowMax) === id) throw forbidden('a stream depends on itself');
      block = block.subarray(5);
    }
    this.#block = { id, flags, parts: [], bytes: 0 };
    this.#addToBlock(block, flags);
  }

  #addToBlock(part: Buffer, flags: number): void {
    const block = this.#block;
    if (!block) throw forbidden('a continuation of nothing');
    block.parts.push(part);
    block.bytes += part.length;
    if (block.bytes > headBytesMax)
      throw new ConnectionError(errorCode.enhanceYourCalm, 'a block of headers is too long');
    if (!(flags & flag.endHeaders)) return;
    this.#block = undefined;
    const whole = block.parts.length === 1 ? block.parts[0]! : Buffer.concat(block.parts);
    this.#request(block.id, (block.flags & flag.endStream) !== 0, whole);
  }

  #request(id: number, isEnd: boolean, block: Buffer): void {
    const fields = this.#decoder.decode(block);
    const known = this.#exchanges.get(id);
    if (known)
      return this.#trailers(
        known,
        isEnd,
        fields.some(({ standing }) => standing !== 'plain'),
      );
    if (id <= this.#lastId) {
      if (this.#cut.has(id)) return;
      throw hasEnded();
    }
    this.#lastId = id;
    if (this.#isClosing) return;
    if (this.#exchanges.size >= streamsMax) {
      this.#patience.strain();
      return this.#out.reset(id, errorCode.refused);
    }
    try {
      const isTooLong = bytesOf(fields) > headBytesMax;
      const head = headOf(isTooLong ? fields.filter(isPseudo) : fields);
      if (isEnd && head.length) throw new StreamError(errorCode.protocol, 'the body is missing');
      const exchange = new Exchange(id, head, this, this.#peerWindow, streamWindow);
      this.#exchanges.set(id, exchange);
      if (isEnd) exchange.body.end();
      if (!isTooLong) return this.#options.onExchange(exchange);
      exchange.respond(431);
      exchange.end();
    } catch (error) {
      if (!(error instanceof StreamError)) throw error;
      this.#patience.strain();
      this.#remember(id);
      this.#out.reset(id, error.code);
    }
  }

  #trailers(exchange: Exchange, isEnd: boolean, isMalformed: boolean): void {
    if (exchange.body.isEnded) throw hasEnded();
    const { length } = exchange.head;
    if (!isEnd || isMalformed || (length !== undefined && exchange.received !== length))
      return this.#reset(exchange, errorCode.protocol);
    this.#ended(exchange);
  }

  #priority(id: number, payload: Buffer): void {
    this.#patience.strain();
    if (id === 0) throw forbidden('a priority of no stream');
    if (payload.length !== 5) return this.#resetId(id, errorCode.frameSize);
    if ((payload.readUInt32BE(0) & windowMax) === id) this.#resetId(id, errorCode.protocol);
  }

  #peerReset(id: number, payload: Buffer): void {
    if (payload.length !== 4) throw wrongSize('a reset of 4 octets');
    if (id === 0 || id > this.#lastId) throw forbidden('a reset of no stream');
    this.#patience.strain();
    const exchange = this.#exchanges.get(id);
    if (!exchange) return;
    this.#forget(exchange);
    exchange.gone(left);
  }

  #settings(flags: number, id: number, payload: Buffer): void {
    if (id !== 0) throw forbidden('a frame of the connection names a stream');
    const isAck = (flags & flag.ack) !== 0;
    if (isAck && payload.length > 0) throw wrongSize('an acknowledgement is empty');
    this.#patience.strain();
    this.#isGreeted = true;
    if (isAck) return;
    for (const [name, value] of settingsOf(payload)) {
      if (name === setting.maxFrameSize) this.#out.peerFrameMax = value;
      if (name !== setting.initialWindowSize) continue;
      const more = value - this.#peerWindow;
      this.#peerWindow = value;
      for (const exchange of this.#exchanges.values()) this.#widen(exchange, more);
    }
    this.#out.frame(frameType.settings, flag.ack, 0, Buffer.alloc(0));
  }

  #ping(flags: number, id: number, payload: Buffer): void {
    if (id !== 0) throw forbidden('a frame of the connection names a stream');
    if (payload.length !== 8) throw wrongSize('a ping of 8 octets');
    this.#patience.strain();
    if (!(flags & flag.ack)) this.#out.frame(frameType.ping, flag.ack, 0, payload);
  }

  #windowUpdate(id: number, payload: Buffer): void {
    if (payload.length !== 4) throw wrongSize('an update of 4 octets');
    const more = payload.readUInt32BE(0) & windowMax;
    if (id > this.#lastId) throw forbidden('a window of no stream');
    const exchange = this.#exchanges.get(id);
    if (id !== 0 && !exchange) return; // it has ended meanwhile
    if (more === 0) {
      if (exchange) return this.#reset(exchange, errorCode.protocol);
      throw forbidden('a window grows by nothing');
    }
    if (exchange) return this.#widen(exchange, more);
    this.#out.sendWindow += more;
    if (this.#out.sendWindow > windowMax)
      throw new ConnectionError(errorCode.flowControl, 'a window is too large');
    this.#out.flush();
  }

  #widen(exchange: Exchange, more: number): void {
    exchange.sendWindow += more;
    if (exchange.sendWindow > windowMax) return this.#reset(exchange, errorCode.flowControl);
    if (exchange.queued > 0) this.#out.send(exchange);
  }

  /** Gives bytes back to the window of the connection, many at once. */
  #return(bytes: number): void {
    this.#unreturned += bytes;
    if (this.#unreturned * 2 <= connectionWindow) return;
    this.#out.numbers(frameType.windowUpdate, 0, this.#unreturned);
    this.#receiveWindow += this.#unreturned;
    this.#unreturned = 0;
  }

  /** The request is whole. */
  #ended(exchange: Exchange): void {
    exchange.body.end();
    if (exchange.isDone) this.#forget(exchange);
  }

  /** The answer is whole. Who still sends is told that nobody reads it. */
  #finished(exchange: Exchange): void {
    exchange.finish();
    this.#patience.restore();
    if (!exchange.body.isEnded) {
      this.#remember(exchange.id);
      this.#out.reset(exchange.id, errorCode.none);
    }
    exchange.body.fail(left);
    this.#forget(exchange);
  }

  #reset(exchange: Exchange, code: ErrorCode): void {
    this.#remember(exchange.id);
    this.#forget(exchange);
    this.#out.reset(exchange.id, code);
    exchange.gone(left);
  }

  #resetId(id: number, code: ErrorCode): void {
    const exchange = this.#exchanges.get(id);
    if (exchange) this.#reset(exchange, code);
    else this.#out.reset(id, code);
  }

  #remember(id: number): void {
    this.#cut.add(id);
    if (this.#cut.size > rememberedMax) this.#cut.delete(this.#cut.values().next().value!);
  }

  #forget(exchange: Exchange): void {
    if (!this.#exchanges.delete(exchange.id)) return;
    this.#out.forget(exchange);
    exchange.body.discard();
    if (this.#isClosing && this.#exchanges.size === 0) this.#out.end();
  }

  #fail(error: unknown): void {
    const isPeers = error instanceof ConnectionError;
    this.#isClosing = true;
    this.#out.numbers(frameType.goAway, 0, this.#lastId, isPeers ? error.code : errorCode.internal);
    this.#socket.removeAllListeners('data');
    this.#socket.resume();
    this.#leave();
    this.#out.end();
    if (!isPeers) this.#options.onFault(error);
  }

  #leave(): void {
    for (const exchange of [...this.#exchanges.values()]) {
      this.#forget(exchange);
      exchange.gone(left);
    }
  }
}
