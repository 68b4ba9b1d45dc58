import type { RuntimeEvent } from '../runtime.ts';

/** Events waiting for one subscriber; more than that, and it is told that it has lost some. */
const waitingMax = 1_000;

interface Subscriber {
  events: RuntimeEvent[];
  wake: () => void;
}

/** Hands events to everyone who listens. */
export class RuntimeEvents {
  readonly #subscribers = new Set<Subscriber>();

  publish(id: string): void {
    for (const subscriber of this.#subscribers) {
      if (subscriber.events.length >= waitingMax) subscriber.events = [{ type: 'lost' }];
      else subscriber.events.push({ type: 'changed', id });
      subscriber.wake();
    }
  }

  async *subscribe(signal: AbortSignal): AsyncGenerator<RuntimeEvent> {
    const subscriber: Subscriber = { events: [{ type: 'lost' }], wake: () => {} };
    const stop = (): void => subscriber.wake();
    this.#subscribers.add(subscriber);
    signal.addEventListener('abort', stop, { once: true });
    try {
      while (!signal.aborted) {
        const { events } = subscriber;
        subscriber.events = [];
        yield* events;
        if (subscriber.events.length === 0 && !signal.aborted)
          await new Promise<void>((resolve) => (subscriber.wake = resolve));
      }
    } finally {
      signal.removeEventListener('abort', stop);
      this.#subscribers.delete(subscriber);
    }
  }
}
