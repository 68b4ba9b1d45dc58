/** Addresses of one range, handed out and taken back; the first two and the last are kept, as bridges do. */
export class AddressPool {
  readonly #base: number;
  readonly #size: number;
  readonly #taken = new Set<number>();
  #next = 2;

  constructor(cidr: string) {
    const [address = '', bits = '24'] = cidr.split('/');
    this.#base = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
    this.#size = 2 ** (32 - Number(bits));
  }

  /** Undefined: all are taken. One that was given back is not given again before the others. */
  take(): string | undefined {
    for (let tries = 0; tries < this.#size; tries++) {
      const offset = this.#next;
      this.#next = this.#next + 1 >= this.#size - 1 ? 2 : this.#next + 1;
      if (offset >= this.#size - 1 || this.#taken.has(offset)) continue;
      this.#taken.add(offset);
      return textOf(this.#base + offset);
    }
    return undefined;
  }

  giveBack(...addresses: readonly string[]): void {
    for (const address of addresses) this.#taken.delete(this.#offset(address));
  }

  /** Taken already: not handed out until given back. */
  reserve(addresses: readonly string[]): void {
    for (const address of addresses) this.#taken.add(this.#offset(address));
  }

  #offset(address: string): number {
    return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0) - this.#base;
  }
}

const textOf = (value: number): string =>
  `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;
