import type { WatchEvent } from '@coxswain/api';

/** What carries the events of a link's watches. */
export interface Ether {
  isFrozen: (resource: string) => boolean;
  readonly thaws: Set<() => void>;
}

type Batch = readonly WatchEvent[];
type Next = IteratorResult<Batch, void>;

/** The events of one watch on their way to who watches. They may stand still for a while; the stream may break at any time. */
export class WatchStream implements AsyncIterableIterator<Batch, void> {
  readonly #resource: string;
  readonly #events: AsyncIterator<Batch, void>;
  readonly #ether: Ether;
  readonly #end: AbortController;
  readonly #ended: () => void;
  #dropped: Error | undefined;
  #lose: ((error: Error) => void) | undefined;

  constructor(
    resource: string,
    events: AsyncIterable<Batch>,
    ether: Ether,
    end: AbortController,
    ended: () => void,
  ) {
    this.#resource = resource;
    this.#events = events[Symbol.asyncIterator]() as AsyncIterator<Batch, void>;
    this.#ether = ether;
    this.#end = end;
    this.#ended = ended;
  }

  drop(error: Error): void {
    this.#dropped = error;
    this.#ended();
    this.#lose?.(error);
    this.#end.abort(error);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Next> {
    return new Promise((resolve, reject) => {
      if (this.#dropped) return reject(this.#dropped);
      this.#lose = reject;
      const arrive = (next: Next): void => {
        if (next.done) this.#ended();
        if (!next.done && this.#ether.isFrozen(this.#resource))
          this.#ether.thaws.add(() => arrive(next));
        else resolve(next);
      };
      this.#events.next().then(arrive, (error: unknown) => {
        this.#ended();
        reject(error as Error);
      });
    });
  }

  async return(): Promise<Next> {
    this.#ended();
    this.#end.abort(new Error('the watch ended'));
    return { done: true, value: undefined };
  }
}
