import type { Clock } from '@coxswain/base';
import type { Cached } from './cached.ts';

/** How long a writer waits for those before it; then it goes on, and the store decides. */
const waitMaxMs = 250;

/** What an object will be once a commit that is under way is done. */
export interface Ahead {
  readonly cached: Cached;
  /** Whether it came so. */
  readonly stands: () => Promise<boolean>;
}

/** One writer's turn; ends when disposed. */
export interface Turn extends Disposable {
  /** What the writer before this one is about to write. */
  readonly ahead: Ahead | undefined;
  /** Ends the turn early: the next writer goes on from what this one is about to write. */
  pass(ahead: Ahead): void;
}

/** A turn as the next writer sees it. */
interface Place {
  isOver: boolean;
  passed: Ahead | undefined;
  /** The one behind it, if it waits. */
  wake: (() => void) | undefined;
}

/**
 * Lets those who change one object go one after the other, so that none works in vain. The store's own check of revisions
 * is what makes writes right: a turn that comes too early, or a guess that was wrong, costs a round and nothing else.
 */
export class Turns {
  readonly #clock: Clock;
  readonly #last = new Map<string, Place>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The turn of `key`: at once where nobody is before, which is how most writes find it. */
  take(key: string): Turn | Promise<Turn> {
    const before = this.#last.get(key);
    const place: Place = { isOver: false, passed: undefined, wake: undefined };
    this.#last.set(key, place);
    if (!before) return this.#turn(key, place, undefined);
    if (before.isOver) return this.#turn(key, place, before.passed);
    return this.#waited(before).then(() => this.#turn(key, place, before.passed));
  }

  #turn(key: string, place: Place, ahead: Ahead | undefined): Turn {
    const end = (passed: Ahead | undefined): void => {
      if (place.isOver) return;
      place.isOver = true;
      place.passed = passed;
      place.wake?.();
    };
    return {
      ahead,
      pass: end,
      [Symbol.dispose]: () => {
        end(undefined);
        if (this.#last.get(key) === place) this.#last.delete(key);
      },
    };
  }

  #waited(before: Place): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#clock.after(waitMaxMs, resolve);
      before.wake = () => {
        timer[Symbol.dispose]();
        resolve();
      };
    });
  }
}
