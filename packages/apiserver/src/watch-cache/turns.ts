import type { Clock } from '@coxswain/base';
import type { Cached } from './cached.ts';

/** How long a writer waits for those before it; then it goes on, and the store decides. */
const waitMaxMs = 250;

/** What an object will be once a commit that is under way is done. */
export interface Ahead {
  readonly cached: Cached;
  /** Whether it came so. */
  readonly stands: Promise<boolean>;
}

/** One writer's turn; ends when disposed. */
export interface Turn extends Disposable {
  /** What the writer before this one is about to write. */
  readonly ahead: Ahead | undefined;
  /** Ends the turn early: the next writer goes on from what this one is about to write. */
  pass(ahead: Ahead): void;
}

/**
 * Lets those who change one object go one after the other, so that none works in vain. The store's own check of revisions
 * is what makes writes right: a turn that comes too early, or a guess that was wrong, costs a round and nothing else.
 */
export class Turns {
  readonly #clock: Clock;
  readonly #last = new Map<string, Promise<Ahead | undefined>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Waits for the turn of `key`. */
  async take(key: string): Promise<Turn> {
    const before = this.#last.get(key);
    const { promise, resolve } = Promise.withResolvers<Ahead | undefined>();
    this.#last.set(key, promise);
    return {
      ahead: before && (await this.#waited(before)),
      pass: resolve,
      [Symbol.dispose]: () => {
        resolve(undefined);
        if (this.#last.get(key) === promise) this.#last.delete(key);
      },
    };
  }

  #waited(before: Promise<Ahead | undefined>): Promise<Ahead | undefined> {
    return new Promise((resolve) => {
      const timer = this.#clock.after(waitMaxMs, () => resolve(undefined));
      void before.then((ahead) => {
        timer[Symbol.dispose]();
        resolve(ahead);
      });
    });
  }
}
