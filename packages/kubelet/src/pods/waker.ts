import type { Clock } from '@coxswain/base';

/** Lets one loop sleep until something wakes it; wakes that come while it is up are kept as one. */
export class Waker implements Disposable {
  readonly #clock: Clock;
  #isWoken = false;
  #resolve: (() => void) | undefined;
  #timer: Disposable | undefined;
  #atMs = Infinity;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  wake(): void {
    this.#isWoken = true;
    this.#resolve?.();
  }

  /** Wakes at `ms` at the latest; of several instants the soonest counts, until the next sleep ends. */
  wakeAt(ms: number): void {
    if (ms >= this.#atMs || !Number.isFinite(ms)) return;
    this.#timer?.[Symbol.dispose]();
    this.#atMs = ms;
    this.#timer = this.#clock.after(ms - this.#clock.now(), () => {
      this.#timer = undefined;
      this.#atMs = Infinity;
      this.wake();
    });
  }

  /** Resolves when woken, or when `signal` aborts. Timers set before are forgotten then. */
  async sleep(signal: AbortSignal): Promise<void> {
    if (!this.#isWoken && !signal.aborted)
      await new Promise<void>((resolve) => {
        this.#resolve = (): void => {
          signal.removeEventListener('abort', this.#resolve!);
          resolve();
        };
        signal.addEventListener('abort', this.#resolve, { once: true });
      });
    this.#resolve = undefined;
    this.#isWoken = false;
    this[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
    this.#atMs = Infinity;
  }
}
