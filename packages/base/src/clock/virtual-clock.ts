import { type Clock, sleepOn } from './clock.ts';
import { type Timer, TimerHeap } from './timer-heap.ts';

/**
 * A clock that moves only when told. Timers fire in (time, insertion) order, each after
 * `now()` has reached exactly its instant, so a run is a pure function of its inputs.
 */
export class VirtualClock implements Clock {
  #nowMs: number;
  #order = 0;
  /** How often whoever moves it has let all come to rest. */
  rests = 0;
  readonly #timers = new TimerHeap();
  /** Told of each timer that comes to be the first: whoever moves the clock may have to move it sooner. */
  onSooner: (() => void) | undefined;

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
    const atMs = this.#nowMs + Math.max(0, ms);
    const timer: Timer = { atMs, order: this.#order++, fire, place: -1 };
    this.#timers.add(timer);
    if (this.onSooner && this.#timers.first === timer) this.onSooner();
    return { [Symbol.dispose]: () => this.#timers.remove(timer) };
  }

  /** Moves to `ms` without firing anything: no further than the next timer, and never back. */
  moveTo(ms: number): void {
    this.#nowMs = Math.max(this.#nowMs, Math.min(ms, this.nextMs ?? Infinity));
  }

  /** The instant of the next timer, or undefined when none is set. */
  get nextMs(): number | undefined {
    return this.#timers.first?.atMs;
  }

  /** Moves to the next timer due by `untilMs` and fires it; false, and now = `untilMs`, when there is none. */
  step(untilMs: number): boolean {
    const timer = this.#timers.first;
    if (!timer || timer.atMs > untilMs) {
      this.#nowMs = Math.max(this.#nowMs, untilMs);
      return false;
    }
    this.#timers.remove(timer);
    this.#nowMs = Math.max(this.#nowMs, timer.atMs);
    timer.fire();
    return true;
  }

  /** As `step`, with all timers that stand at that instant. Those that are set meanwhile wait for the next call. */
  leap(untilMs: number): boolean {
    const before = this.#order;
    if (!this.step(untilMs)) return false;
    for (let next = this.#timers.first; next; next = this.#timers.first) {
      if (next.atMs > this.#nowMs || next.order >= before) break;
      this.step(this.#nowMs);
    }
    return true;
  }
}
