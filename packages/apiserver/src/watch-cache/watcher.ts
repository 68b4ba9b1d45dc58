import type { KubeObject } from '@coxswain/api';
import type { Revision } from '@coxswain/storage';
import { type CacheEvent, type Change, seenAs } from './event.ts';

/** Most events waiting for a slow watcher; then its watch ends, and it comes again. */
const pendingMax = 16_384;

/** What a watcher wants to see. `key` and `field` name the one bucket it waits in; `matches` decides. */
export interface Interest {
  readonly namespace: string; // '': all
  readonly name: string; // '': all
  /** One value of an indexed field, by the field's name. */
  readonly field?: readonly [name: string, value: string] | undefined;
  readonly matches: ((object: KubeObject) => boolean) | undefined;
}

/** One watch: gathers events while its reader is busy, hands them out in batches. */
export class Watcher {
  readonly interest: Interest;
  #after: Revision;
  #pending: CacheEvent[] = [];
  #wake: (() => void) | undefined;
  #ended = false;
  readonly #leave: (watcher: Watcher) => void;

  constructor(interest: Interest, after: Revision, leave: (watcher: Watcher) => void) {
    this.interest = interest;
    this.#after = after;
    this.#leave = leave;
  }

  /** Takes what it sees of `change`; `flush` hands it out. */
  see(change: Change): void {
    if (change.revision <= this.#after) return;
    const event = seenAs(change, this.interest.matches);
    if (event) this.add(event);
  }

  add(event: CacheEvent): void {
    if (this.#ended) return;
    this.#pending.push(event);
    if (this.#pending.length > pendingMax) this.end();
  }

  flush(): void {
    if (this.#pending.length === 0 && !this.#ended) return;
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }

  /** Takes no more events; those that wait are still handed out. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#leave(this);
    this.flush();
  }

  /** The events that wait, or undefined at the end. */
  async next(): Promise<readonly CacheEvent[] | undefined> {
    while (this.#pending.length === 0) {
      if (this.#ended) return undefined;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
    }
    const batch = this.#pending;
    this.#pending = [];
    return batch;
  }
}
