import { type Clock, sleepOn, type VirtualClock, type World } from '@coxswain/base';

/**
 * The clock of one machine. What it shows may jump, as the time of day does when somebody sets it; how long a timer takes does not
 * follow, as no kernel's does.
 */
export class MachineClock implements Clock {
  /** By how much it is wrong. */
  shiftMs = 0;
  readonly #virtual: VirtualClock;

  constructor(virtual: VirtualClock) {
    this.#virtual = virtual;
  }

  now(): number {
    return this.#virtual.now() + this.shiftMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, ms, signal);
  }

  after(ms: number, fire: () => void): Disposable {
    return this.#virtual.after(ms, fire);
  }
}

/** The world as a process on the machine of `clock` sees it. */
export const worldOn = (world: World, clock: Clock): World => ({ ...world, clock });
