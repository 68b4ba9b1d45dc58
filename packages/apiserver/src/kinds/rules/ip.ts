import { invalidValue, type Rules } from './field.ts';

/** An address as a number, with the family that its text has. */
export interface Address {
  readonly family: 'IPv4' | 'IPv6';
  readonly value: bigint;
  /** Whether the text has leading zeros or maps IPv4 into IPv6: taken once, no longer. */
  readonly sloppy: 'leading zeros' | 'mapped' | undefined;
}

/** Reads an address like Go's net.ParseIP, leading zeros allowed; undefined when it is none. */
export function parseAddress(text: string): Address | undefined {
  if (!text.includes(':')) return parseIPv4(text);
  if (text.includes('%')) return undefined;
  const value = parseIPv6(text);
  if (value === undefined) return undefined;
  return value >> 32n === 0xffffn
    ? { family: 'IPv4', value: value & 0xffff_ffffn, sloppy: 'mapped' }
    : { family: 'IPv6', value, sloppy: undefined };
}

function parseIPv4(text: string): Address | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let value = 0;
  let sloppy = false;
  for (const part of parts) {
    if (!/^\d+$/.test(part) || Number(part) > 255) return undefined;
    if (part.length > 1 && part.startsWith('0')) sloppy = true;
    value = value * 256 + Number(part);
  }
  return { family: 'IPv4', value: BigInt(value), sloppy: sloppy ? 'leading zeros' : undefined };
}

function parseIPv6(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map(parseGroups);
  if (!head || (halves.length === 2 && !tail)) return undefined;
  const missing = 8 - head.length - (tail?.length ?? 0);
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...Array.from({ length: missing }, () => 0), ...(tail ?? [])];
  return groups.reduce((sum, group) => (sum << 16n) | BigInt(group), 0n);
}

function parseGroups(half: string): number[] | undefined {
  if (!half) return [];
  const groups: number[] = [];
  const parts = half.split(':');
  for (const [index, part] of parts.entries()) {
    if (part.includes('.') && index === parts.length - 1) {
      const last = parseIPv4(part);
      if (!last) return undefined;
      groups.push(Number(last.value >> 16n), Number(last.value & 0xffffn));
    } else if (/^[\da-f]{1,4}$/i.test(part)) groups.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return groups;
}

/** The canonical text of an address (RFC 5952). */
export function addressText(family: 'IPv4' | 'IPv6', value: bigint): string {
  if (family === 'IPv4')
    return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 0xffn).join('.');
  const groups = Array.from({ length: 8 }, (_, index) =>
    ((value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16),
  );
  const runs = [...groups.join(':').matchAll(/(?:^|:)(?:0(?::0)+)(?=:|$)/g)];
  const longest = runs.toSorted((a, b) => b[0].length - a[0].length)[0];
  if (!longest) return groups.join(':');
  const all = groups.join(':');
  const before = all.slice(0, longest.index);
  const after = all.slice(longest.index + longest[0].length);
  return `${before}::${after.startsWith(':') ? after.slice(1) : after}`;
}

export interface Range {
  readonly family: 'IPv4' | 'IPv6';
  readonly base: bigint;
  readonly bits: number; // prefix length
  /** Whether the text has bits set past the prefix, or is sloppy itself. */
  readonly sloppy: string | undefined;
}

export const addressBits = (family: 'IPv4' | 'IPv6'): number => (family === 'IPv4' ? 32 : 128);

export function parseRange(text: string): Range | undefined {
  const slash = text.indexOf('/');
  const address = slash < 0 ? undefined : parseAddress(text.slice(0, slash));
  const bitsText = text.slice(slash + 1);
  const bits = Number(bitsText);
  if (!address || !/^\d+$/.test(bitsText) || bits > addressBits(address.family)) return undefined;
  const free = BigInt(addressBits(address.family) - bits);
  const base = (address.value >> free) << free;
  const zeros = address.sloppy === 'leading zeros' || /^0\d/.test(bitsText);
  const sloppy = zeros
    ? 'must not have leading 0s in IP or prefix length'
    : address.sloppy
      ? 'must not have an IPv4-mapped IPv6 address'
      : base === address.value
        ? undefined
        : 'must not have bits set beyond the prefix length';
  return { family: address.family, base, bits, sloppy };
}

/** Rules of an address field; a value that stood there before is always good. */
export function* validAddress(path: string, text: string, before: readonly string[] = []): Rules {
  if (before.includes(text)) return;
  const address = parseAddress(text);
  if (!address)
    yield invalidValue(path, text, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)');
  else if (address.sloppy === 'leading zeros')
    yield invalidValue(path, text, 'must not have leading 0s');
  else if (address.sloppy)
    yield invalidValue(path, text, 'must not be an IPv4-mapped IPv6 address');
}

/** The same for fields that take one spelling only. */
export function* canonicalAddress(path: string, text: string): Rules {
  const wrong = [...validAddress(path, text)];
  yield* wrong;
  const address = wrong.length ? undefined : parseAddress(text);
  const canonical = address && addressText(address.family, address.value);
  if (canonical !== undefined && canonical !== text)
    yield invalidValue(path, text, `must be in canonical form (${JSON.stringify(canonical)})`);
}

export function* validRange(path: string, text: string, before: readonly string[] = []): Rules {
  if (before.includes(text)) return;
  const range = parseRange(text);
  if (!range)
    yield invalidValue(
      path,
      text,
      'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
    );
  else if (range.sloppy) yield invalidValue(path, text, range.sloppy);
}

const inRange = ({ family, value }: Address, range: Range): boolean => {
  const free = BigInt(addressBits(family) - range.bits);
  return family === range.family && value >> free === range.base >> free;
};

/** Where no traffic may be sent to, and how that is said. */
const unreachable: readonly (readonly [ranges: readonly Range[], said: string])[] = [
  ['loopback range (127.0.0.0/8, ::1/128)', '127.0.0.0/8', '::1/128'],
  ['link-local range (169.254.0.0/16, fe80::/10)', '169.254.0.0/16', 'fe80::/10'],
  ['link-local multicast range (224.0.0.0/24, ff02::/10)', '224.0.0.0/24', 'ff02::/16'],
].map(([said, ...ranges]) => [ranges.map((range) => parseRange(range)!), said!]);

/** Addresses that traffic may be sent to: no loopback, link-local, multicast or unspecified ones. */
export function* endpointAddress(path: string, text: string): Rules {
  const address = parseAddress(text);
  if (!address) {
    yield invalidValue(path, text, 'must be a valid IP address');
    return;
  }
  if (address.value === 0n) yield invalidValue(path, text, `may not be unspecified (${text})`);
  for (const [ranges, said] of unreachable)
    if (ranges.some((range) => inRange(address, range)))
      yield invalidValue(path, text, `may not be in the ${said}`);
}

/** A single family twice, or more than two addresses, is no dual stack. */
export const isDualStack = (texts: readonly string[]): boolean =>
  texts.length === 2 && parseAddress(texts[0]!)?.family !== parseAddress(texts[1]!)?.family;
