import { addressBits, addressText, parseAddress, parseRange } from '../../kinds/rules/ip.ts';

/** The addresses of one service range that can be given out. */
export interface AddressPool {
  readonly family: 'IPv4' | 'IPv6';
  /** As it is written: `10.96.0.0/16`. */
  readonly range: string;
  /** The address that names the network. */
  readonly network: bigint;
  /** How many addresses follow it that can be given out. */
  readonly size: number;
}

/** Most addresses of one range that are handed out: an IPv6 range has more than anyone needs. */
const sizeMax = 2 ** 20;
const reservedMin = 16;
const reservedMax = 256;
const reservedShare = 16;

/** The pool of a range; undefined where the text is none. */
export function addressPool(range: string): AddressPool | undefined {
  const parsed = parseRange(range);
  if (!parsed) return undefined;
  const { family, base: network, bits } = parsed;
  const free = addressBits(family) - bits;
  // The first address names the network, and the last of IPv4 all of it: neither is given out.
  const usable = 2 ** Math.min(free, 40) - (family === 'IPv4' ? 2 : 1);
  return { family, range, network, size: Math.max(Math.min(usable, sizeMax), 0) };
}

/** Whether the pool may give out this address. */
export function holds({ family, network, range, size }: AddressPool, text: string): boolean {
  const address = parseAddress(text);
  if (address?.family !== family || address.value <= network) return false;
  // Of a large range all addresses can be asked for, also those that are never given by chance.
  const bits = addressBits(family) - parseRange(range)!.bits;
  const last = network + (size === sizeMax ? (1n << BigInt(bits)) - 1n : BigInt(size));
  return address.value <= last;
}

/** A free address by chance, last of all from the part kept for addresses that are asked for; undefined when none is free. */
export function freeAddress(
  pool: AddressPool,
  random: () => number,
  isTaken: (address: string) => boolean,
): string | undefined {
  const kept = reserved(pool.size);
  return probe(pool, kept, pool.size, random, isTaken) ?? probe(pool, 0, kept, random, isTaken);
}

/** The address that names the network: what a dry run shows in place of one that is given by chance. */
export const networkAddress = ({ family, network }: AddressPool): string =>
  addressText(family, network);

/** From a random place, the first free address of the band, going round. */
function probe(
  { family, network }: AddressPool,
  low: number,
  high: number,
  random: () => number,
  isTaken: (address: string) => boolean,
): string | undefined {
  const width = high - low;
  const start = Math.floor(random() * width);
  for (let step = 0; step < width; step += 1) {
    const text = addressText(family, network + 1n + BigInt(low + ((start + step) % width)));
    if (!isTaken(text)) return text;
  }
  return undefined;
}

/** How many addresses from the start are given only when all others are gone. */
function reserved(size: number): number {
  // Upstream counts the addresses that are never given too.
  const all = size + 2;
  if (all <= reservedMin) return 0;
  return Math.min(Math.max(Math.floor(all / reservedShare), reservedMin), reservedMax);
}
