import type { Clock } from '@coxswain/base';
import { ConnectionError, errorCode } from './frames.ts';

/** Frames that do nothing by themselves: so many at once, and so many a second for good. */
const burstMax = 1000;
const perSecond = 100;

/** Ends connections that keep the server busy with frames that ask for nothing: pings, settings, requests taken back. */
export class Patience {
  readonly #clock: Clock;
  #left = burstMax;
  #atMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#atMs = clock.now();
  }

  /** An answer was given: who asks for something may also say something. */
  restore(): void {
    if (this.#left < burstMax) this.#left++;
  }

  /** Counts one; throws when there were too many. */
  strain(): void {
    if (--this.#left >= 0) return;
    const nowMs = this.#clock.now();
    this.#left = Math.min(burstMax, Math.floor(((nowMs - this.#atMs) / 1000) * perSecond));
    this.#atMs = nowMs;
    if (--this.#left < 0)
      throw new ConnectionError(errorCode.enhanceYourCalm, 'too many frames that ask for nothing');
  }
}
