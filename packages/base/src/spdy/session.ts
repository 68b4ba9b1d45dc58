import type { ByteConnection } from '../connection/connection.ts';
import { encodeFrame } from './encode-frame.ts';
import { FrameReader } from './frame-reader.ts';
import { type Frame, resetStatus, settingIds, SpdyProtocolError } from './frame.ts';
import {
  decodeHeaders,
  encodeHeaders,
  type HeaderCompression,
  type SpdyHeaders,
} from './header-block.ts';
import { SendWindow } from './send-window.ts';
import { SpdyStream, SpdyStreamClosed } from './stream.ts';

export interface SpdyOptions {
  readonly role: 'client' | 'server';
  readonly compression: HeaderCompression;
  /** Takes the streams that the peer opens; throws to refuse one. Without it all are refused. */
  readonly onStream?: (stream: SpdyStream) => void;
}

/** How much of one stream is held unread before the session stops reading; also the window that peers are granted. */
export const streamBufferBytesMax: number = 1024 * 1024;
/** Longest payload of a data frame that is sent. */
const dataBytesMax = 64 * 1024;
/** Most streams that a peer may have open. */
const streamsMax = 10_000;

/**
 * Streams over one connection, from either side. Peers that keep windows (they say so with SETTINGS or WINDOW_UPDATE) are
 * sent no more than their windows allow; the Go implementation keeps none, and is held back by not reading.
 */
export class SpdySession {
  readonly #connection: ByteConnection;
  readonly #options: SpdyOptions;
  readonly #streams = new Map<number, SpdyStream>();
  readonly #windows = new SendWindow();
  readonly #replies = new Map<number, PromiseWithResolvers<void>>();
  readonly #pings = new Map<number, () => void>();
  readonly #unacknowledged = new Map<number, number>();
  readonly #end = Promise.withResolvers<void>();
  #writing: Promise<void> = Promise.resolve();
  #nextStreamId: number;
  #nextPingId: number;
  #lastPeerId = 0;
  #keepsWindows = false;
  #isClosed = false;

  constructor(connection: ByteConnection, options: SpdyOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#nextStreamId = options.role === 'client' ? 1 : 2;
    this.#nextPingId = this.#nextStreamId;
    const window = { flags: 0, id: settingIds.initialWindowSize, value: streamBufferBytesMax };
    this.#send({ type: 'settings', settings: [window] });
    void this.#run();
  }

  /** Resolves when the connection is gone, whoever closed it. */
  get closed(): Promise<void> {
    return this.#end.promise;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Opens a stream; resolves when the peer has replied. Rejects with SpdyStreamClosed when it refuses. */
  async open(headers: SpdyHeaders): Promise<SpdyStream> {
    if (this.#isClosed) throw new SpdyStreamClosed('connection closed');
    const streamId = this.#nextStreamId;
    this.#nextStreamId += 2;
    const stream = this.#add(streamId, headers);
    const replied = Promise.withResolvers<void>();
    this.#replies.set(streamId, replied);
    this.#sendHeaders(headers, (block) => ({
      ...{ type: 'synStream', streamId, associatedId: 0, priority: 0 },
      ...{ isFin: false, isUnidirectional: false, block },
    }));
    await replied.promise;
    return stream;
  }

  /** Resolves when the peer answers. Rejects with SpdyStreamClosed when it is gone. */
  async ping(): Promise<void> {
    const id = this.#nextPingId;
    this.#nextPingId += 2;
    const answered = new Promise<void>((resolve) => this.#pings.set(id, resolve));
    this.#send({ type: 'ping', id });
    await Promise.race([answered, this.closed]);
    this.#pings.delete(id);
    if (this.#isClosed) throw new SpdyStreamClosed('connection closed');
  }

  /** Says goodbye, sends what was written, and closes. */
  end(): void {
    if (this.#isClosed) return;
    this.#send({ type: 'goAway', lastStreamId: this.#lastPeerId, status: 0 });
    void this.#writing.finally(() => this.#connection.end());
  }

  destroy(error?: Error): void {
    this.#connection.destroy(error);
    this.#close(error);
  }

  async #run(): Promise<void> {
    const reader = new FrameReader();
    try {
      await this.#read(reader, this.#connection.head);
      for await (const chunk of this.#connection.input)
        if (!(await this.#read(reader, chunk))) break;
      this.#connection.end();
      this.#close();
    } catch (error) {
      this.destroy(error as Error);
    }
  }

  /** False when the peer has said goodbye. */
  async #read(reader: FrameReader, chunk: Uint8Array): Promise<boolean> {
    for (const frame of reader.read(chunk)) {
      if (frame.type === 'goAway') return false;
      await this.#handle(frame);
    }
    return !this.#isClosed;
  }

  async #handle(frame: Frame): Promise<void> {
    switch (frame.type) {
      case 'synStream':
        return this.#accept(frame);
      case 'synReply': {
        // Every block goes through the one context, whether its stream is still there or not.
        await this.#options.compression.inflate(frame.block);
        this.#replies.get(frame.streamId)?.resolve();
        this.#replies.delete(frame.streamId);
        if (frame.isFin) this.#streams.get(frame.streamId)?.received();
        return;
      }
      case 'headers':
        await this.#options.compression.inflate(frame.block);
        if (frame.isFin) this.#streams.get(frame.streamId)?.received();
        return;
      case 'data':
        return this.#receive(frame);
      case 'rstStream':
        this.#streams.get(frame.streamId)?.close(new SpdyStreamClosed('stream reset'));
        return;
      case 'ping':
        return this.#pong(frame.id);
      case 'windowUpdate':
        this.#keepsWindows = true;
        return this.#windows.grow(frame.streamId, frame.delta);
      case 'settings':
        this.#keepsWindows = true;
        for (const { id, value } of frame.settings)
          if (id === settingIds.initialWindowSize) this.#windows.start(value);
        return;
      case 'goAway':
    }
  }

  async #accept(frame: Extract<Frame, { type: 'synStream' }>): Promise<void> {
    const { streamId } = frame;
    const headers = decodeHeaders(await this.#options.compression.inflate(frame.block));
    const isTheirs = streamId % 2 === (this.#options.role === 'client' ? 0 : 1);
    if (!isTheirs || streamId <= this.#lastPeerId || this.#streams.size >= streamsMax) {
      this.#send({ type: 'rstStream', streamId, status: resetStatus.protocolError });
      return;
    }
    this.#lastPeerId = streamId;
    const stream = this.#add(streamId, headers);
    if (frame.isFin) stream.received();
    try {
      if (!this.#options.onStream) throw new SpdyProtocolError('no streams are taken here');
      this.#sendHeaders({}, (block) => ({ type: 'synReply', streamId, isFin: false, block }));
      this.#options.onStream(stream);
    } catch {
      stream.reset(resetStatus.refusedStream);
    }
  }

  /** Waits while the stream's buffer is full: that holds back a peer that keeps no windows. */
  async #receive(frame: Extract<Frame, { type: 'data' }>): Promise<void> {
    const stream = this.#streams.get(frame.streamId);
    if (!stream) return;
    const isFull = !stream.input.push(frame.data);
    if (frame.isFin) stream.received();
    else if (isFull) await stream.input.room();
  }

  #pong(id: number): void {
    const isOurs = id % 2 === (this.#options.role === 'client' ? 1 : 0);
    if (!isOurs) return this.#send({ type: 'ping', id });
    this.#pings.get(id)?.();
  }

  #add(id: number, headers: SpdyHeaders): SpdyStream {
    const stream = new SpdyStream(id, headers, streamBufferBytesMax, {
      data: (bytes, isFin) => this.#sendData(id, bytes, isFin),
      reset: (status) => this.#send({ type: 'rstStream', streamId: id, status }),
      consumed: (bytes) => this.#acknowledge(id, bytes),
      finished: () => this.#remove(id),
    });
    this.#streams.set(id, stream);
    return stream;
  }

  #remove(id: number): void {
    this.#streams.delete(id);
    this.#windows.remove(id);
    this.#unacknowledged.delete(id);
    this.#replies.get(id)?.reject(new SpdyStreamClosed('stream reset'));
    this.#replies.delete(id);
  }

  /**
   * Grants the peer what was read, in steps of half a window; but only one that keeps windows. To any other it says nothing,
   * and what reaches a server that has closed already makes the kernel drop what that server has still sent us.
   */
  #acknowledge(id: number, bytes: number): void {
    const delta = (this.#unacknowledged.get(id) ?? 0) + bytes;
    const isDue = delta >= streamBufferBytesMax / 2 && this.#keepsWindows && this.#streams.has(id);
    this.#unacknowledged.set(id, isDue ? 0 : delta);
    if (isDue) this.#send({ type: 'windowUpdate', streamId: id, delta });
  }

  async #sendData(streamId: number, bytes: Uint8Array, isFin: boolean): Promise<void> {
    let at = 0;
    do {
      const wanted = Math.min(bytes.length - at, dataBytesMax);
      const granted = wanted === 0 ? 0 : await this.#windows.take(streamId, wanted);
      if (this.#isClosed || (granted === 0 && wanted > 0))
        throw new SpdyStreamClosed('connection closed');
      const data = bytes.subarray(at, at + granted);
      at += granted;
      await this.#queue(() =>
        this.#connection.write(
          encodeFrame({ type: 'data', streamId, isFin: isFin && at === bytes.length, data }),
        ),
      );
    } while (at < bytes.length);
  }

  #send(frame: Frame): void {
    void this.#queue(() => this.#connection.write(encodeFrame(frame)));
  }

  #sendHeaders(headers: SpdyHeaders, frameOf: (block: Uint8Array) => Frame): void {
    void this.#queue(async () => {
      const block = await this.#options.compression.deflate(encodeHeaders(headers));
      await this.#connection.write(encodeFrame(frameOf(block)));
    });
  }

  /**
   * Frames go out one after another: compression depends on what was sent before. A peer that takes no more may have said
   * something before: the session ends when that is read.
   */
  #queue(job: () => Promise<void>): Promise<void> {
    const done = this.#writing.then(() => (this.#isClosed ? undefined : job()));
    this.#writing = done.catch((error: Error) => this.#connection.destroy(error));
    return this.#writing;
  }

  #close(cause?: Error): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const failure = new SpdyStreamClosed('connection closed', { cause });
    for (const stream of [...this.#streams.values()]) stream.close(failure);
    this.#windows.close();
    void this.#writing.finally(() => this.#options.compression.close());
    this.#end.resolve();
  }
}
