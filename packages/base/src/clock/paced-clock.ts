import { type Clock, sleepOn, systemClock } from './clock.ts';
import { advanceTo } from './rest.ts';
import { VirtualClock } from './virtual-clock.ts';

/**
 * A clock that runs at a pace of its own against the machine's, stands still at pace 0, and can be moved on. Whatever it does, it
 * passes through every instant at which a timer is due, and lets what follows come to rest before the next.
 */
export class PacedClock implements Clock, Disposable {
  readonly #virtual: VirtualClock;
  readonly #rest: (clock: VirtualClock) => Promise<void>;
  #pace = 1;
  /** Where this clock and the machine's stood when the pace was last set. */
  #anchor: { readonly ownMs: number; readonly machineMs: number };
  #wake: Disposable | undefined;
  /** The move under way: moves go one after another. */
  #moving: Promise<void> | undefined;

  constructor(startMs: number, rest: (clock: VirtualClock) => Promise<void>) {
    this.#virtual = new VirtualClock(startMs);
    this.#rest = rest;
    this.#anchor = { ownMs: startMs, machineMs: performance.now() };
    this.#virtual.onSooner = () => this.#arm();
  }

  get pace(): number {
    return this.#pace;
  }

  /** Never past a timer that has not fired. */
  now(): number {
    if (!this.#moving) this.#virtual.moveTo(this.#dueMs());
    return this.#virtual.now();
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, ms, signal);
  }

  after(ms: number, fire: () => void): Disposable {
    this.now();
    return this.#virtual.after(ms, fire);
  }

  /** 1 is the machine's pace, 60 a minute in a second, 0 stands still. */
  setPace(pace: number): void {
    this.#anchorAt(this.now());
    this.#pace = pace;
    this.#arm();
  }

  /** Moves on by `ms` as fast as it can. */
  async advance(ms: number): Promise<void> {
    const before = this.#moving;
    const moved = (async (): Promise<void> => {
      await before;
      await advanceTo(this.#virtual, this.#virtual.now() + ms, () => this.#rest(this.#virtual));
    })();
    this.now();
    await this.#move(moved);
  }

  [Symbol.dispose](): void {
    this.#pace = 0;
    this.#wake?.[Symbol.dispose]();
    this.#virtual.onSooner = undefined;
  }

  /** How far this clock should be by the machine's. */
  #dueMs(): number {
    const { ownMs, machineMs } = this.#anchor;
    return Math.floor(ownMs + (performance.now() - machineMs) * this.#pace);
  }

  #anchorAt(ownMs: number): void {
    this.#anchor = { ownMs, machineMs: performance.now() };
  }

  /** Wakes when the next timer is due. */
  #arm(): void {
    this.#wake?.[Symbol.dispose]();
    this.#wake = undefined;
    const { nextMs } = this.#virtual;
    if (this.#moving || this.#pace === 0 || nextMs === undefined) return;
    const waitMs = Math.ceil((nextMs - this.#dueMs()) / this.#pace);
    this.#wake = systemClock.after(Math.max(0, waitMs), () => void this.#move(this.#follow()));
  }

  /** Goes through all that is due by the machine's clock. */
  async #follow(): Promise<void> {
    await Promise.resolve(); // the move is known to be under way by then
    for (let dueMs = this.#dueMs(); this.#virtual.leap(dueMs); dueMs = this.#dueMs())
      await this.#rest(this.#virtual);
  }

  async #move(move: Promise<void>): Promise<void> {
    this.#wake?.[Symbol.dispose]();
    this.#moving = move;
    try {
      await move;
    } finally {
      if (this.#moving === move) {
        this.#moving = undefined;
        if (this.#dueMs() < this.#virtual.now()) this.#anchorAt(this.#virtual.now());
        this.#arm();
      }
    }
  }
}
