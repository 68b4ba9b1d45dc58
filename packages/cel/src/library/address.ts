/** An address of IPv4 (4 bytes) or IPv6 (16). */
export interface Address {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

/** Reads an address as Go's netip does, but for zones; a text that is none is undefined. */
export function parseAddress(text: string): Address | undefined {
  const four = parseFour(text);
  if (four !== undefined) return { bits: 32, value: four };
  const value = parseSix(text);
  return value === undefined ? undefined : { bits: 128, value };
}

function parseFour(text: string): bigint | undefined {
  const parts = text.split('.');
  const fits = parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256);
  if (parts.length !== 4 || !fits) return undefined;
  return parts.reduce((sum, part) => (sum << 8n) | BigInt(part), 0n);
}

function parseSix(text: string): bigint | undefined {
  let full = text;
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (tail) {
    const four = parseFour(tail[2]!);
    if (four === undefined) return undefined;
    full = `${tail[1]}${(four >> 16n).toString(16)}:${(four & 0xffffn).toString(16)}`;
  }
  const halves = full.split('::');
  if (halves.length > 2) return undefined;
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')));
  const all = groups.flat();
  if (!all.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  const missing = 8 - all.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const [head = [], rest = []] = groups;
  const filled = [...head, ...Array.from({ length: missing }, () => '0'), ...rest];
  return filled.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
}

/** An address of IPv4 in the clothes of IPv6. */
export const isMapped = ({ bits, value }: Address): boolean =>
  bits === 128 && value >> 32n === 0xffffn;

/** The canonical text. */
export function writeAddress({ bits, value }: Address): string {
  if (bits === 32) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.');
  const groups = Array.from({ length: 8 }, (_, at) =>
    Number((value >> BigInt(16 * (7 - at))) & 0xffffn),
  );
  let [from, length] = [-1, 1];
  for (let at = 0; at < 8; at++) {
    let end = at;
    while (groups[end] === 0) end++;
    if (end - at > length) [from, length] = [at, end - at];
    at = Math.max(at, end - 1);
  }
  const hex = groups.map((group) => group.toString(16));
  if (from < 0) return hex.join(':');
  return `${hex.slice(0, from).join(':')}::${hex.slice(from + length).join(':')}`;
}

const prefixOf = ({ bits, value }: Address, length: number): bigint =>
  value >> BigInt(bits - length);

/** Whether the address lies in the network of the other's first `length` bits. */
export const within = (address: Address, network: Address, length: number): boolean =>
  address.bits === network.bits && prefixOf(address, length) === prefixOf(network, length);

/** The address with all but its first bits zero. */
export const maskedTo = (address: Address, length: number): Address => ({
  ...address,
  value: prefixOf(address, length) << BigInt(address.bits - length),
});

const four = (text: string): Address => parseAddress(text)!;
const inAny = (address: Address, ...networks: readonly (readonly [string, number])[]): boolean =>
  networks.some(([text, length]) => within(address, four(text), length));

export const isUnspecified = ({ value }: Address): boolean => value === 0n;
export const isLoopback = (address: Address): boolean =>
  inAny(address, ['127.0.0.0', 8], ['::1', 128]);
export const isMulticast = (address: Address): boolean =>
  inAny(address, ['224.0.0.0', 4], ['ff00::', 8]);
export const isLinkLocalUnicast = (address: Address): boolean =>
  inAny(address, ['169.254.0.0', 16], ['fe80::', 10]);
export const isLinkLocalMulticast = (address: Address): boolean =>
  inAny(address, ['224.0.0.0', 24]) ||
  (address.bits === 128 && ((address.value >> 112n) & 0xff0fn) === 0xff02n);
export const isGlobalUnicast = (address: Address): boolean =>
  !isUnspecified(address) &&
  !isLoopback(address) &&
  !isMulticast(address) &&
  !isLinkLocalUnicast(address) &&
  !(address.bits === 32 && address.value === 0xffffffffn);
