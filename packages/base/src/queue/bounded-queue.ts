/** The queue takes nothing more: it was closed. */
export class QueueClosed extends Error {
  constructor() {
    super('queue is closed');
    this.name = 'QueueClosed';
  }
}

type Wake = () => void;

/** First in, first out between async parties; holds at most `itemsMax`, and whoever adds more waits for room. */
export class BoundedQueue<T> {
  readonly itemsMax: number;
  #items: T[] = [];
  #closed = false;
  readonly #wantRoom: Wake[] = [];
  readonly #wantItems: Wake[] = [];

  constructor(itemsMax: number) {
    this.itemsMax = itemsMax;
  }

  get size(): number {
    return this.#items.length;
  }

  /** Adds `item` if there is room now; false when there is none. Throws `QueueClosed` after `close`. */
  offer(item: T): boolean {
    if (this.#closed) throw new QueueClosed();
    if (this.#items.length >= this.itemsMax) return false;
    this.#items.push(item);
    this.#wantItems.shift()?.();
    return true;
  }

  /** Adds `item` as soon as there is room. Rejects with `QueueClosed`, or with `signal.reason`. */
  async put(item: T, signal?: AbortSignal): Promise<void> {
    while (!this.offer(item)) await waitIn(this.#wantRoom, signal);
  }

  /** Takes what is there, at most `itemsMax`, waiting for the first; undefined once closed and empty. */
  async drain(itemsMax: number, signal?: AbortSignal): Promise<readonly T[] | undefined> {
    signal?.throwIfAborted();
    while (this.#items.length === 0) {
      if (this.#closed) return undefined;
      await waitIn(this.#wantItems, signal);
    }
    const taken = this.#items.splice(0, itemsMax);
    for (const wake of this.#wantRoom.splice(0, taken.length)) wake();
    if (this.#items.length > 0) this.#wantItems.shift()?.();
    return taken;
  }

  /** Takes nothing more; what is in it can still be drained. */
  close(): void {
    this.#closed = true;
    for (const wake of [...this.#wantRoom.splice(0), ...this.#wantItems.splice(0)]) wake();
  }
}

function waitIn(waiters: Wake[], signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const stop = (): void => {
      const at = waiters.indexOf(wake);
      if (at >= 0) waiters.splice(at, 1);
      reject(signal?.reason);
    };
    const wake = (): void => {
      signal?.removeEventListener('abort', stop);
      resolve();
    };
    signal?.addEventListener('abort', stop, { once: true });
    waiters.push(wake);
  });
}
