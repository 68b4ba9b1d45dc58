/** Something to do at an instant. `order` tells apart what is due at the same one: first set, first done. */
export interface Timer {
  readonly atMs: number;
  readonly order: number;
  readonly fire: () => void;
  /** Where it stands in its heap; -1 outside. */
  place: number;
}

/** Timers, the soonest first: adding, taking and cancelling cost the logarithm of their number. */
export class TimerHeap {
  readonly #timers: Timer[] = [];

  get first(): Timer | undefined {
    return this.#timers[0];
  }

  add(timer: Timer): void {
    this.#timers.push(timer);
    this.#rise(timer, this.#timers.length - 1);
  }

  /** Takes `timer` out, if it is still in. */
  remove(timer: Timer): void {
    const { place } = timer;
    if (place < 0) return;
    timer.place = -1;
    const last = this.#timers.pop()!;
    if (last === timer) return;
    this.#rise(last, place);
    if (last.place === place) this.#sink(last, place);
  }

  #rise(timer: Timer, from: number): void {
    let place = from;
    while (place > 0) {
      const above = (place - 1) >>> 1;
      const other = this.#timers[above]!;
      if (!isSooner(timer, other)) break;
      this.#put(other, place);
      place = above;
    }
    this.#put(timer, place);
  }

  #sink(timer: Timer, from: number): void {
    const { length } = this.#timers;
    let place = from;
    for (;;) {
      let below = 2 * place + 1;
      if (below >= length) break;
      if (below + 1 < length && isSooner(this.#timers[below + 1]!, this.#timers[below]!)) below++;
      if (!isSooner(this.#timers[below]!, timer)) break;
      this.#put(this.#timers[below]!, place);
      place = below;
    }
    this.#put(timer, place);
  }

  #put(timer: Timer, place: number): void {
    this.#timers[place] = timer;
    timer.place = place;
  }
}

const isSooner = (a: Timer, b: Timer): boolean =>
  a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
