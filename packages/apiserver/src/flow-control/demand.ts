/** How strongly the past counts in the smoothed demand, as upstream weighs it. */
const inertia = 0.977;

/** Follows how many seats a level asks for, over time. */
export class SeatDemand {
  #sinceMs: number;
  #lastMs: number;
  #now = 0;
  #max = 0;
  #sum = 0;
  #squares = 0;
  highWatermark = 0;
  average = 0;
  deviation = 0;
  smoothed = 0;

  constructor(nowMs: number) {
    this.#sinceMs = nowMs;
    this.#lastMs = nowMs;
  }

  add(seats: number, nowMs: number): void {
    this.#advance(nowMs);
    this.#now += seats;
    if (this.#now > this.#max) this.#max = this.#now;
  }

  /** Ends a period: what it was on average becomes what is expected of the next one. */
  settle(nowMs: number): void {
    this.#advance(nowMs);
    const spent = nowMs - this.#sinceMs;
    this.highWatermark = this.#max;
    if (spent > 0) {
      this.average = this.#sum / spent;
      this.deviation = Math.sqrt(Math.max(0, this.#squares / spent - this.average ** 2));
      const envelope = this.average + this.deviation;
      this.smoothed = Math.max(envelope, inertia * this.smoothed + (1 - inertia) * envelope);
    }
    this.#sinceMs = nowMs;
    this.#max = this.#now;
    this.#sum = 0;
    this.#squares = 0;
  }

  #advance(nowMs: number): void {
    const spent = nowMs - this.#lastMs;
    if (spent <= 0) return;
    this.#sum += this.#now * spent;
    this.#squares += this.#now ** 2 * spent;
    this.#lastMs = nowMs;
  }
}
