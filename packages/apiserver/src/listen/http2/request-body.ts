import { tooLarge } from '../body.ts';

/** What a request brings, piece by piece: read whole, or handed on. Its reader pays by `consumed` for what it takes. */
export class RequestBody implements AsyncIterable<Uint8Array> {
  readonly #consumed: (bytes: number) => void;
  #pieces: Uint8Array[] = [];
  #isEnded = false;
  #failure: Error | undefined;
  #wake: (() => void) | undefined;

  constructor(consumed: (bytes: number) => void) {
    this.#consumed = consumed;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  push(piece: Uint8Array): void {
    this.#pieces.push(piece);
    this.#stir();
  }

  end(): void {
    this.#isEnded = true;
    this.#stir();
  }

  fail(error: Error): void {
    if (this.#isEnded) return;
    this.#failure ??= error;
    this.#stir();
  }

  /** The whole, of at most `bytesMax`; 413 when it is longer. */
  async read(bytesMax: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    let size = 0;
    for (;;) {
      for (const piece of this.#take()) {
        size += piece.length;
        parts.push(piece);
      }
      if (size > bytesMax) throw tooLarge(bytesMax);
      if (this.#failure) throw this.#failure;
      if (this.#isEnded) return parts.length === 1 ? parts[0]! : Buffer.concat(parts, size);
      await this.#more();
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
    for (;;) {
      yield* this.#take();
      if (this.#failure) throw this.#failure;
      if (this.#isEnded && this.#pieces.length === 0) return;
      if (this.#pieces.length === 0) await this.#more();
    }
  }

  /** Lets go of what nobody will read. */
  discard(): void {
    this.#take();
  }

  #take(): readonly Uint8Array[] {
    const pieces = this.#pieces;
    if (pieces.length === 0) return pieces;
    this.#pieces = [];
    this.#consumed(pieces.reduce((sum, piece) => sum + piece.length, 0));
    return pieces;
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #stir(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}
