import { isIPv4, isIPv6 } from 'node:net';

/** The octets of an IP address in text, 4 or 16 of them; undefined for anything else. */
export function addressOctets(address: string): Uint8Array | undefined {
  // Asking Node about version 6 makes it compile its longest expression: not for a name.
  if (!address.includes(':'))
    return isIPv4(address) ? Uint8Array.from(address.split('.').map(Number)) : undefined;
  if (!isIPv6(address)) return undefined;
  const [head = '', tail] = address.split('::');
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => 0);
  return Uint8Array.from(
    [...before, ...zeros, ...after].flatMap((word) => [word >> 8, word & 0xff]),
  );
}

/** The 16-bit words of one side of an IPv6 address; a dotted end counts as two. */
function groups(side: string): readonly number[] {
  return side
    .split(':')
    .filter(Boolean)
    .flatMap((group) => {
      if (!group.includes('.')) return [Number.parseInt(group, 16)];
      const [a, b, c, d] = group.split('.').map(Number);
      return [a! * 256 + b!, c! * 256 + d!];
    });
}
