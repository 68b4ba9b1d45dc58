import type { Clock } from '@coxswain/base';

/** Answers that are good for a while, the oldest of which go first when there are too many. */
export class KeptAnswers<T> {
  readonly #clock: Clock;
  readonly #entriesMax: number;
  readonly #entries = new Map<string, { readonly answer: T; readonly untilMs: number }>();

  constructor(clock: Clock, entriesMax: number) {
    this.#clock = clock;
    this.#entriesMax = entriesMax;
  }

  get(key: string): T | undefined {
    const entry = this.#entries.get(key);
    if (entry && entry.untilMs > this.#clock.now()) return entry.answer;
    this.#entries.delete(key);
    return undefined;
  }

  keep(key: string, answer: T, forMs: number): void {
    this.#entries.delete(key);
    if (this.#entries.size >= this.#entriesMax)
      this.#entries.delete(this.#entries.keys().next().value!);
    this.#entries.set(key, { answer, untilMs: this.#clock.now() + forMs });
  }
}
