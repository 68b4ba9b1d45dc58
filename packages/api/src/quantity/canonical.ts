import { parseQuantity, suffixOf } from './parse.ts';
import type { Quantity } from './parse.ts';
import { compareQuantities, isWhole, scaled } from './arithmetic.ts';

const kibi: Quantity = { amount: 1024n, scale: 0, format: 'BinarySI' };
const minusKibi: Quantity = { amount: -1024n, scale: 0, format: 'BinarySI' };

/** The one text upstream writes for this amount and format. */
export function formatQuantity(quantity: Quantity): string {
  if (quantity.text !== undefined) return quantity.text;
  if (quantity.amount === 0n) return '0';
  const small = compareQuantities(quantity, minusKibi) > 0 && compareQuantities(quantity, kibi) < 0;
  if (quantity.format === 'BinarySI' && !small && isWhole(quantity)) {
    const [amount, times] = withoutFactor(scaled(quantity, 0), 1024n);
    return `${amount}${suffixOf('BinarySI', times * 10)}`;
  }
  const [amount, times] = withoutFactor(quantity.amount, 10n);
  const exponent = quantity.scale + times;
  const over = ((exponent % 3) + 3) % 3;
  const format = quantity.format === 'BinarySI' ? 'DecimalSI' : quantity.format;
  return `${amount * 10n ** BigInt(over)}${suffixOf(format, exponent - over)}`;
}

function withoutFactor(amount: bigint, factor: bigint): [rest: bigint, times: number] {
  let rest = amount;
  let times = 0;
  while (rest % factor === 0n) {
    rest /= factor;
    times++;
  }
  return [rest, times];
}

const canonicalMax = 4096;
const canonical = new Map<string, string>();

/** What upstream stores and prints after reading `text`: `1024Mi` becomes `1Gi`. Throws QuantityError. */
export function canonicalQuantity(text: string): string {
  const known = canonical.get(text);
  if (known !== undefined) return known;
  const made = formatQuantity(parseQuantity(text));
  if (canonical.size >= canonicalMax) canonical.clear();
  canonical.set(text, made);
  return made;
}
