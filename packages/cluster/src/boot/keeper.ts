import type { World } from '@coxswain/base';

const restartFirstMs = 500;
const restartMaxMs = 30_000;
/** A part that ran for so long is taken to be well again. */
const wellMs = 60_000;

/** Runs parts of the cluster that live as long as it does, and waits for their end. */
export class Keeper implements AsyncDisposable {
  readonly #world: World;
  readonly #signal: AbortSignal;
  readonly #parts = new Set<Promise<void>>();
  readonly #down = new Map<string, unknown>();

  constructor(world: World, signal: AbortSignal) {
    this.#world = world;
    this.#signal = signal;
  }

  readonly keep = (name: string, run: () => Promise<void>): void => {
    const part = this.#live(name, run);
    this.#parts.add(part);
    void part.finally(() => this.#parts.delete(part));
  };

  /** Throws what part `name` ended with, while it waits to be started again. */
  readonly check = async (name: string): Promise<string> => {
    if (this.#down.has(name)) throw this.#down.get(name);
    return 'ok';
  };

  /** Waits until every part has ended, which they do when the signal aborts. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#parts);
  }

  async #live(name: string, run: () => Promise<void>): Promise<void> {
    const { clock, log } = this.#world;
    let failures = 0;
    while (!this.#signal.aborted) {
      const startMs = clock.now();
      try {
        await run();
        if (this.#signal.aborted) return;
        this.#down.set(name, new Error('ended by itself'));
        log.warn('a part of the cluster ended by itself', { part: name });
      } catch (error) {
        if (this.#signal.aborted) return;
        this.#down.set(name, error);
        log.error('a part of the cluster failed', error, { part: name });
      }
      if (clock.now() - startMs > wellMs) failures = 0;
      const waitMs = Math.min(restartMaxMs, restartFirstMs * 2 ** failures++);
      await clock.sleep(waitMs, this.#signal).catch(() => {});
      this.#down.delete(name);
    }
  }
}
