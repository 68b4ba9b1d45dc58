/** Why a port cannot be had, in upstream's words. */
export class PortError extends Error {}

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

  /** Takes one port; throws PortError when it is out of range or taken. */
  take(port: number): void {
    if (port < this.#low || port > this.#high)
      throw new PortError(
        `provided port is not in the valid range. The range of valid ports is ${this.#low}-${this.#high}`,
      );
    if (this.#taken.has(port)) throw new PortError('provided port is already allocated');
    this.#taken.add(port);
  }

  /** A free port, taken; by chance, and last of all from those kept for ports asked for by number. */
  takeNext(random: () => number): number {
    const port = this.peek(random);
    this.#taken.add(port);
    return port;
  }

  /** A free port as `takeNext` would give it, not taken. */
  peek(random: () => number, but: ReadonlySet<number> = new Set()): number {
    const size = this.#high - this.#low + 1;
    const share = Math.floor(size / reservedShare);
    const kept = share < reservedMin ? 0 : Math.min(share, reservedMax);
    const port =
      this.#probe(this.#low + kept, this.#high, random, but) ??
      this.#probe(this.#low, this.#low + kept - 1, random, but);
    if (port === undefined) throw new PortError('range is full');
    return port;
  }

  has(port: number): boolean {
    return this.#taken.has(port);
  }

  release(port: number): void {
    this.#taken.delete(port);
  }

  #probe(
    low: number,
    high: number,
    random: () => number,
    but: ReadonlySet<number>,
  ): number | undefined {
    const width = high - low + 1;
    if (width <= 0) return undefined;
    const start = Math.floor(random() * width);
    for (let step = 0; step < width; step += 1) {
      const port = low + ((start + step) % width);
      if (!this.#taken.has(port) && !but.has(port)) return port;
    }
    return undefined;
  }
}
