/** What SPDY/3.1 grants before anything was said. */
const initialBytes = 64 * 1024;

/**
 * How much each stream may still send. Nothing is held back until the peer has shown, by a setting or an update, that it
 * keeps windows at all; what was sent before that counts from then on.
 */
export class SendWindow {
  #isKept = false;
  #initial = initialBytes;
  #isClosed = false;
  readonly #sent = new Map<number, number>();
  readonly #granted = new Map<number, number>();
  readonly #waiting = new Map<number, ((isGone: boolean) => void)[]>();

  /** The peer grants `initial` bytes to each stream. */
  start(initial: number): void {
    this.#isKept = true;
    this.#initial = initial;
    for (const id of [...this.#waiting.keys()]) this.#wake(id);
  }

  /** The peer grants `delta` more to stream `id`; it is one that keeps windows. */
  grow(id: number, delta: number): void {
    this.#isKept = true;
    this.#granted.set(id, (this.#granted.get(id) ?? 0) + delta);
    this.#wake(id);
  }

  /** Resolves to how much of `wanted` may be sent now, waiting until that is not nothing; 0 when the stream is gone. */
  async take(id: number, wanted: number): Promise<number> {
    for (;;) {
      if (this.#isClosed) return 0;
      const sent = this.#sent.get(id) ?? 0;
      const left = this.#isKept ? this.#initial + (this.#granted.get(id) ?? 0) - sent : wanted;
      const granted = Math.min(wanted, left);
      if (granted > 0) {
        this.#sent.set(id, sent + granted);
        return granted;
      }
      const isGone = await new Promise<boolean>((resolve) => this.#wait(id, resolve));
      if (isGone) return 0;
    }
  }

  /** Stream `id` is gone; whoever waits for it gets nothing. */
  remove(id: number): void {
    this.#sent.delete(id);
    this.#granted.delete(id);
    this.#wake(id, true);
  }

  close(): void {
    this.#isClosed = true;
    for (const id of [...this.#waiting.keys()]) this.#wake(id, true);
  }

  #wait(id: number, resolve: (isGone: boolean) => void): void {
    const waiters = this.#waiting.get(id);
    if (waiters) waiters.push(resolve);
    else this.#waiting.set(id, [resolve]);
  }

  #wake(id: number, isGone = false): void {
    const waiters = this.#waiting.get(id) ?? [];
    this.#waiting.delete(id);
    for (const resolve of waiters) resolve(isGone);
  }
}
