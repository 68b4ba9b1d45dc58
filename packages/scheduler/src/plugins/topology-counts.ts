/** How many there are in each domain of each topology: node label -> its value -> count. */
export class TopologyCounts {
  readonly #counts: Map<string, Map<string, number>>;

  constructor(counts: Map<string, Map<string, number>> = new Map()) {
    this.#counts = counts;
  }

  get isEmpty(): boolean {
    return this.#counts.size === 0;
  }

  /** Adds to a domain; one that comes to zero is forgotten. */
  add(key: string, value: string, count: number): void {
    let values = this.#counts.get(key);
    if (!values) this.#counts.set(key, (values = new Map()));
    const sum = (values.get(value) ?? 0) + count;
    if (sum !== 0) values.set(value, sum);
    else if (values.delete(value) && values.size === 0) this.#counts.delete(key);
  }

  get(key: string, value: string): number {
    return this.#counts.get(key)?.get(value) ?? 0;
  }

  /** The sum over all topologies of the domain that a node with `labels` is in. */
  sumFor(labels: Readonly<Record<string, string>>): number {
    let sum = 0;
    for (const [key, values] of this.#counts) {
      const value = labels[key];
      if (value !== undefined) sum += values.get(value) ?? 0;
    }
    return sum;
  }

  clone(): TopologyCounts {
    return new TopologyCounts(
      new Map([...this.#counts].map(([key, values]) => [key, new Map(values)])),
    );
  }
}
