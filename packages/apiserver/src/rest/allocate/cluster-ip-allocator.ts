import { addressBits, addressText, parseAddress, parseRange } from '../../kinds/rules/ip.ts';

/** Why an address cannot be had, in upstream's words. */
export class AddressError extends Error {}

/** Most addresses of one range that are handed out: an IPv6 range has more than anyone needs. */
const sizeMax = 2 ** 20;

/** The addresses of one service range: which are taken, and which to give next. Knows nothing of services. */
export class ClusterIPAllocator {
  readonly family: 'IPv4' | 'IPv6';
  readonly #text: string;
  readonly #base: bigint;
  readonly #size: number;
  readonly #taken = new Set<number>();

  constructor(range: string) {
    const parsed = parseRange(range);
    if (!parsed) throw new AddressError(`invalid CIDR address: ${range}`);
    const bits = addressBits(parsed.family) - parsed.bits;
    // The first address names the network, and the last of IPv4 all of it: neither is given out.
    const usable = 2 ** Math.min(bits, 40) - (parsed.family === 'IPv4' ? 2 : 1);
    this.family = parsed.family;
    this.#text = range;
    this.#base = parsed.base + 1n;
    this.#size = Math.max(Math.min(usable, sizeMax), 0);
  }

  get free(): number {
    return this.#size - this.#taken.size;
  }

  /** Takes one address; throws AddressError when it is out of range or taken. */
  take(text: string): void {
    const offset = this.#offset(text);
    if (offset === undefined)
      throw new AddressError(
        `the provided IP (${text}) is not in the valid range. The range of valid IPs is ${this.#text}`,
      );
    if (this.#taken.has(offset)) throw new AddressError('provided IP is already allocated');
    this.#taken.add(offset);
  }

  /** A free address, taken; by chance, from the part of the range that is not kept for addresses asked for by name. */
  takeNext(random: () => number): string {
    const offset = this.#free(random);
    this.#taken.add(offset);
    return addressText(this.family, this.#base + BigInt(offset));
  }

  /** A free address as `takeNext` would give it, not taken. */
  peek(random: () => number): string {
    return addressText(this.family, this.#base + BigInt(this.#free(random)));
  }

  has(text: string): boolean {
    const offset = this.#offset(text);
    return offset !== undefined && this.#taken.has(offset);
  }

  release(text: string): void {
    const offset = this.#offset(text);
    if (offset !== undefined) this.#taken.delete(offset);
  }

  #offset(text: string): number | undefined {
    const address = parseAddress(text);
    if (address?.family !== this.family) return undefined;
    const offset = address.value - this.#base;
    return offset >= 0n && offset < BigInt(this.#size) ? Number(offset) : undefined;
  }

  #free(random: () => number): number {
    if (this.free <= 0) throw new AddressError('range is full');
    const kept = reserved(this.#size);
    const upper = this.#probe(kept, this.#size, random);
    return upper ?? this.#probe(0, kept, random)!;
  }

  /** From a random place, the first free offset of the band, going round. */
  #probe(low: number, high: number, random: () => number): number | undefined {
    const width = high - low;
    const start = Math.floor(random() * width);
    for (let step = 0; step < width; step += 1) {
      const offset = low + ((start + step) % width);
      if (!this.#taken.has(offset)) return offset;
    }
    return undefined;
  }
}

const reservedMin = 16;
const reservedMax = 256;
const reservedShare = 16;

/** How many addresses from the start are given only when all others are gone. */
function reserved(size: number): number {
  const share = Math.floor(size / reservedShare);
  return share < reservedMin ? 0 : Math.min(share, reservedMax);
}
