import type { Clock } from '@coxswain/base';

/** What Go says when the time for something is over. */
export const contextDeadline = 'context deadline exceeded';

/** A signal that comes with `outer`'s, or when `ms` are over. */
export class Deadline implements Disposable {
  readonly signal: AbortSignal;
  readonly #timer: Disposable;

  constructor(clock: Clock, ms: number, outer: AbortSignal) {
    const over = new AbortController();
    this.#timer = clock.after(ms, () => over.abort(new Error(contextDeadline)));
    this.signal = AbortSignal.any([outer, over.signal]);
  }

  [Symbol.dispose](): void {
    this.#timer[Symbol.dispose]();
  }
}
