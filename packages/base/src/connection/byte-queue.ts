/**
 * Bytes from one party to one other, in order. Whoever puts more than `bytesMax` into it waits until the other has read;
 * the reader is an async iteration, and one that breaks it off lets everything further fall.
 */
export class ByteQueue implements AsyncIterable<Uint8Array> {
  readonly bytesMax: number;
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  #isEnded = false;
  #isDiscarding = false;
  #error: Error | undefined;
  #wantBytes: (() => void) | undefined;
  #wantRoom: (() => void)[] = [];
  readonly #consumed: ((bytes: number) => void) | undefined;

  /** `consumed` hears of every byte that was read or fell. */
  constructor(bytesMax: number, consumed?: (bytes: number) => void) {
    this.bytesMax = bytesMax;
    this.#consumed = consumed;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get isFull(): boolean {
    return this.#bytes >= this.bytesMax;
  }

  /** Adds `chunk` whether there is room or not. False when the queue is full now. */
  push(chunk: Uint8Array): boolean {
    if (chunk.length === 0 || this.#isEnded) return !this.isFull;
    if (this.#isDiscarding) {
      this.#consumed?.(chunk.length);
      return true;
    }
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    this.#wakeReader();
    return !this.isFull;
  }

  /** Adds `chunk`, and resolves when there is room again. */
  async put(chunk: Uint8Array): Promise<void> {
    if (!this.push(chunk)) await this.room();
  }

  /** Resolves when there is room. */
  async room(): Promise<void> {
    while (this.isFull && !this.#isEnded && !this.#isDiscarding)
      await new Promise<void>((resolve) => this.#wantRoom.push(resolve));
  }

  /** Nothing more comes; what is in it can still be read. */
  end(): void {
    this.#isEnded = true;
    this.#wakeReader();
    this.#wakeWriters();
  }

  /** Nothing more comes; the reader gets `error` after what is in it. */
  fail(error: Error): void {
    if (this.#isEnded) return;
    this.#error = error;
    this.end();
  }

  /** Lets fall what is in it, and everything further. */
  discard(): void {
    this.#isDiscarding = true;
    const bytes = this.#bytes;
    this.#chunks = [];
    this.#bytes = 0;
    if (bytes > 0) this.#consumed?.(bytes);
    this.#wakeWriters();
    this.#wakeReader();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
    try {
      for (;;) {
        const chunk = this.#chunks.shift();
        if (chunk) {
          this.#bytes -= chunk.length;
          this.#consumed?.(chunk.length);
          if (!this.isFull) this.#wakeWriters();
          yield chunk;
        } else if (this.#isEnded || this.#isDiscarding) {
          if (this.#error && !this.#isDiscarding) throw this.#error;
          return;
        } else {
          await new Promise<void>((resolve) => {
            this.#wantBytes = resolve;
          });
        }
      }
    } finally {
      this.discard();
    }
  }

  #wakeReader(): void {
    const wake = this.#wantBytes;
    this.#wantBytes = undefined;
    wake?.();
  }

  #wakeWriters(): void {
    for (const wake of this.#wantRoom.splice(0)) wake();
  }
}
