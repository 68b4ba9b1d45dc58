/** Numbers of a JSON text that are not held as they stand there. */
export interface Unheld {
  /** Beyond all that a float64 holds, which Go refuses. */
  readonly endless: string | undefined;
  /** Whole numbers of 64 bits, which Go keeps, and which lose their last digits here. */
  readonly rounded: readonly string[];
}

/** What such a number looks like at least: digits in a row, or a large exponent. */
const mayBe = /\d{16}|[eE]\+?\d{3}/;
const none: Unheld = { endless: undefined, rounded: [] };

/** Looks through a text that is JSON. */
export function unheldNumbers(text: string): Unheld {
  if (!mayBe.test(text)) return none;
  let endless: string | undefined;
  const rounded = new Set<string>();
  JSON.parse(text, (_key, value: unknown, context?: { readonly source?: string }) => {
    const { source = '' } = context ?? {};
    if (value === Infinity || value === -Infinity) endless ??= source;
    else if (typeof value === 'number' && !Number.isSafeInteger(value) && isRounded(source, value))
      rounded.add(source);
    return value;
  });
  return { endless, rounded: [...rounded] };
}

function isRounded(source: string, value: number): boolean {
  if (!/^-?\d+$/.test(source)) return false;
  const whole = BigInt(source);
  return BigInt.asIntN(64, whole) === whole && BigInt(value) !== whole;
}
