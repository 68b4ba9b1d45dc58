import { type Clock, sleepOn } from './clock.ts';

interface Timer {
  readonly atMs: number;
  readonly order: number;
  readonly fire: () => void;
}

/**
 * A clock that moves only when told. Timers fire in (time, insertion) order, each after
 * `now()` has reached exactly its instant, so a run is a pure function of its inputs.
 */
export class VirtualClock implements Clock {
  #nowMs: number;
  #order = 0;
  readonly #timers: Timer[] = []; // sorted by (atMs, order), soonest last

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, ms, signal);
  }

  after(ms: number, fire: () => void): Disposable {
    const timer: Timer = { atMs: this.#nowMs + Math.max(0, ms), order: this.#order++, fire };
    this.#timers.splice(this.#place(timer), 0, timer);
    return { [Symbol.dispose]: () => this.#remove(timer) };
  }

  /** The instant of the next timer, or undefined when none is set. */
  get nextMs(): number | undefined {
    return this.#timers.at(-1)?.atMs;
  }

  /** Moves to the next timer due by `untilMs` and fires it; false, and now = `untilMs`, when there is none. */
  step(untilMs: number): boolean {
    const timer = this.#timers.at(-1);
    if (!timer || timer.atMs > untilMs) {
      this.#nowMs = Math.max(this.#nowMs, untilMs);
      return false;
    }
    this.#timers.pop();
    this.#nowMs = timer.atMs;
    timer.fire();
    return true;
  }

  /** First index whose timer fires before `timer`, in the soonest-last order. */
  #place(timer: Timer): number {
    let low = 0;
    let high = this.#timers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#timers[middle]!;
      const later =
        other.atMs > timer.atMs || (other.atMs === timer.atMs && other.order > timer.order);
      if (later) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #remove(timer: Timer): void {
    const at = this.#place(timer);
    if (this.#timers[at] === timer) this.#timers.splice(at, 1);
  }
}
