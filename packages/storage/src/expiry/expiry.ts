import type { Clock } from '@coxswain/base';

/** Removes what is due at `nowMs`; answers when the next entry is due, undefined when none will be. */
export type Sweep = (nowMs: number) => Promise<number | undefined>;

/** Shortest time between two sweeps, so that many expiries go into one commit. */
const sweepGapMs = 1000;

/** Sweeps when an entry is due: at once where that is rare, else once a second. */
export class Expiry {
  readonly #clock: Clock;
  readonly #sweep: Sweep;
  readonly #failed: (error: unknown) => void;
  #timer: Disposable | undefined;
  #timerMs = Infinity;
  #sweptMs = -Infinity;
  #closed = false;

  constructor(clock: Clock, sweep: Sweep, failed: (error: unknown) => void) {
    this.#clock = clock;
    this.#sweep = sweep;
    this.#failed = failed;
  }

  /** An entry is due at `dueMs`. */
  due(dueMs: number): void {
    const atMs = Math.max(dueMs, this.#sweptMs + sweepGapMs);
    if (this.#closed || atMs >= this.#timerMs) return;
    this.#timer?.[Symbol.dispose]();
    this.#timerMs = atMs;
    this.#timer = this.#clock.after(atMs - this.#clock.now(), () => void this.#run());
  }

  close(): void {
    this.#closed = true;
    this.#timer?.[Symbol.dispose]();
  }

  async #run(): Promise<void> {
    const nowMs = this.#clock.now();
    this.#timerMs = Infinity;
    this.#sweptMs = nowMs;
    try {
      const nextMs = await this.#sweep(nowMs);
      if (nextMs !== undefined) this.due(nextMs);
    } catch (error) {
      if (this.#closed) return;
      this.#failed(error);
      this.due(nowMs);
    }
  }
}
