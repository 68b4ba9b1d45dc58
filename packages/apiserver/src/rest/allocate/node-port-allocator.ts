/** Why a port cannot be had, in upstream's words. */
export class PortError extends Error {}

const allocated = (): PortError => new PortError('provided port is already allocated');

const reservedMin = 16;
const reservedMax = 128;
const reservedShare = 32;

/** The ports that services open on every node. */
export class NodePortAllocator {
  readonly #low: number;
  readonly #high: number;
  readonly #taken = new Set<number>();

  /** Both ends belong to the range; upstream's is 30000 to 32767. */
  constructor(low = 30_000, high = 32_767) {
    this.#low = low;
    this.#high = high;
  }

  /** Known to be taken, whoever else may say so too. */
  mark(port: number): void {
    this.#taken.add(port);
  }

  /** Takes one port; throws PortError when it is out of range or taken. */
  take(port: number): void {
    if (port < this.#low || port > this.#high)
      throw new PortError(
        `provided port is not in the valid range. The range of valid ports is ${this.#low}-${this.#high}`,
      );
    if (this.#taken.has(port)) throw allocated();
    this.#taken.add(port);
  }

  /** A free port, taken; by chance, and last of all from those kept for ports asked for by number. */
  takeNext(random: () => number): number {
    const size = this.#high - this.#low + 1;
    const share = Math.floor(size / reservedShare);
    const kept = share < reservedMin ? 0 : Math.min(share, reservedMax);
    const port =
      this.#probe(this.#low + kept, this.#high, random) ??
      this.#probe(this.#low, this.#low + kept - 1, random);
    if (port === undefined) throw new PortError('range is full');
    this.#taken.add(port);
    return port;
  }

  has(port: number): boolean {
    return this.#taken.has(port);
  }

  release(port: number): void {
    this.#taken.delete(port);
  }

  #probe(low: number, high: number, random: () => number): number | undefined {
    const width = high - low + 1;
    if (width <= 0) return undefined;
    const start = Math.floor(random() * width);
    for (let step = 0; step < width; step += 1) {
      const port = low + ((start + step) % width);
      if (!this.#taken.has(port)) return port;
    }
    return undefined;
  }
}

/** First number that a dry run shows in place of a port given by chance: no port can be mistaken for it. */
const dryFirst = 32_769;

/** The ports that one write takes; a dry run takes none, and only tells what is taken already. */
export class NodePorts {
  readonly #all: NodePortAllocator;
  readonly #options: { readonly dryRun: boolean; readonly random: () => number };
  readonly #taken: number[] = [];

  constructor(
    all: NodePortAllocator,
    options: { readonly dryRun: boolean; readonly random: () => number },
  ) {
    this.#all = all;
    this.#options = options;
  }

  /** Takes one port; throws PortError. */
  take(port: number): void {
    if (!this.#options.dryRun) this.#all.take(port);
    else if (this.#all.has(port) || this.#taken.includes(port)) throw allocated();
    this.#taken.push(port);
  }

  takeNext(): number {
    const { dryRun, random } = this.#options;
    const port = dryRun ? Math.max(dryFirst - 1, ...this.#taken) + 1 : this.#all.takeNext(random);
    this.#taken.push(port);
    return port;
  }

  /** The write failed: its ports are free. */
  revert(): void {
    if (!this.#options.dryRun) for (const port of this.#taken) this.#all.release(port);
    this.#taken.length = 0;
  }
}
