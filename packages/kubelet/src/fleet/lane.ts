/** Jobs of which at most `widthMax` are under way, the others in the order they came. */
export class Lane {
  readonly #widthMax: number;
  #busy = 0;
  #waiting: (() => Promise<void>)[] = [];
  #next = 0;

  constructor(widthMax: number) {
    this.#widthMax = widthMax;
  }

  /** Runs `job` when its turn comes; it must not reject. */
  add(job: () => Promise<void>): void {
    if (this.#busy >= this.#widthMax) this.#waiting.push(job);
    else this.#run(job);
  }

  /** As `add`, for a job with an answer. */
  ask<T>(job: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => this.add(() => job().then(resolve, reject)));
  }

  #run(job: () => Promise<void>): void {
    this.#busy++;
    void job().then(this.#ended);
  }

  readonly #ended = (): void => {
    this.#busy--;
    const next = this.#waiting[this.#next++];
    if (next) return this.#run(next);
    this.#waiting = [];
    this.#next = 0;
  };
}
