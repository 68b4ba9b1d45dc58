/** A range of addresses as numbers. */
export interface ServiceRange {
  readonly family: 'IPv4' | 'IPv6';
  readonly first: bigint;
  readonly last: bigint;
}

/** An address as a number; undefined where the text is none. Takes only what upstream writes itself. */
export function addressOf(
  text: string,
): { family: ServiceRange['family']; value: bigint } | undefined {
  if (!text.includes(':')) {
    const parts = text.split('.').map(Number);
    if (
      parts.length !== 4 ||
      parts.some((part) => !Number.isInteger(part) || part < 0 || part > 255)
    )
      return undefined;
    return {
      family: 'IPv4',
      value: parts.reduce((sum, part) => (sum << 8n) | BigInt(part), 0n),
    };
  }
  const [head = '', tail] = text.split('::');
  const groups = (half: string | undefined): readonly string[] => (half ? half.split(':') : []);
  const missing = 8 - groups(head).length - groups(tail).length;
  if (missing < 0 || (tail === undefined && missing !== 0)) return undefined;
  const all = [...groups(head), ...Array.from({ length: missing }, () => '0'), ...groups(tail)];
  if (!all.every((group) => /^[\da-f]{1,4}$/i.test(group))) return undefined;
  return {
    family: 'IPv6',
    value: all.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n),
  };
}

/** The range of `10.96.0.0/16`; undefined where the text is none. */
export function rangeOf(text: string): ServiceRange | undefined {
  const [address = '', length] = text.split('/');
  const parsed = addressOf(address);
  if (!parsed || length === undefined) return undefined;
  const free = BigInt((parsed.family === 'IPv4' ? 32 : 128) - Number(length));
  const first = (parsed.value >> free) << free;
  return { family: parsed.family, first, last: first + (1n << free) - 1n };
}

/** Whether all of `inner` is in `outer`. */
export const contains = (outer: ServiceRange, inner: ServiceRange): boolean =>
  outer.family === inner.family && outer.first <= inner.first && inner.last <= outer.last;

export const overlaps = (a: ServiceRange, b: ServiceRange): boolean =>
  a.family === b.family && a.first <= b.last && b.first <= a.last;

/** Whether a service can have this address of the range: not the one that names it, nor IPv4's broadcast. */
export function gives(range: ServiceRange, text: string): boolean {
  const address = addressOf(text);
  if (address?.family !== range.family) return false;
  const last = range.family === 'IPv4' ? range.last - 1n : range.last;
  return range.first < address.value && address.value <= last;
}
