/** FNV-1a of 32 bits over the canonical JSON of `value`, with the number of collisions so far mixed in. */
export function hash(value: unknown, collisions: number | undefined): number {
  const text = `${canonical(value)}${collisions === undefined ? '' : `#${collisions}`}`;
  let sum = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) sum = Math.imul(sum ^ byte, 0x01000193) >>> 0;
  return sum;
}

const alphabet = 'bcdfghjklmnpqrstvwxz2456789';

/** The hash as names and labels carry it: its decimal digits in Kubernetes' safe alphabet. */
export function hashText(value: unknown, collisions: number | undefined): string {
  return String(hash(value, collisions)).replaceAll(
    /./g,
    (digit) => alphabet[digit.charCodeAt(0) % alphabet.length]!,
  );
}

/** JSON with sorted keys and without what is absent, so that equal objects give equal text. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined && field !== null)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${canonical(field)}`).join(',')}}`;
}
