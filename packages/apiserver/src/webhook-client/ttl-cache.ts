import type { Clock } from '@coxswain/base';

/** Answers that are good for a while; the oldest give way when there are too many. */
export class TtlCache<V> {
  readonly #clock: Clock;
  readonly #max: number;
  readonly #entries = new Map<string, { readonly value: V; readonly until: number }>();

  constructor(clock: Clock, max: number) {
    this.#clock = clock;
    this.#max = max;
  }

  get(key: string): V | undefined {
    const found = this.#entries.get(key);
    if (found && found.until > this.#clock.now()) return found.value;
    this.#entries.delete(key);
    return undefined;
  }

  set(key: string, value: V, ttlMs: number): void {
    if (ttlMs <= 0) return;
    this.#entries.delete(key);
    this.#entries.set(key, { value, until: this.#clock.now() + ttlMs });
    if (this.#entries.size > this.#max) this.#entries.delete(this.#entries.keys().next().value!);
  }
}
