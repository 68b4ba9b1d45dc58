import { divideUp, parseQuantity } from './parse.ts';
import type { Quantity } from './parse.ts';

/** A quantity, or its text as objects hold it. */
export type QuantityLike = Quantity | string;

/** Texts come again and again: what they were read as is kept. */
const knownMax = 4096;
const known = new Map<string, Quantity>();

function read(quantity: QuantityLike): Quantity {
  if (typeof quantity !== 'string') return quantity;
  const found = known.get(quantity);
  if (found) return found;
  const made = Object.freeze(parseQuantity(quantity));
  if (known.size >= knownMax) known.clear();
  known.set(quantity, made);
  return made;
}

/** Both amounts at the finer of the two scales. */
function level(a: Quantity, b: Quantity): readonly [a: bigint, b: bigint, scale: number] {
  if (a.scale === b.scale) return [a.amount, b.amount, a.scale];
  return a.scale < b.scale
    ? [a.amount, b.amount * 10n ** BigInt(b.scale - a.scale), a.scale]
    : [a.amount * 10n ** BigInt(a.scale - b.scale), b.amount, b.scale];
}

/** Below, equal to or above zero as `a` is less than, equal to or more than `b`. */
export function compareQuantities(a: QuantityLike, b: QuantityLike): number {
  const [left, right] = level(read(a), read(b));
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The exact sum; a zero takes the other's format, as upstream has it. */
export function addQuantities(a: QuantityLike, b: QuantityLike): Quantity {
  return combine(read(a), read(b), (left, right) => left + right);
}

/** The exact difference; a zero takes the other's format. */
export function subtractQuantities(a: QuantityLike, b: QuantityLike): Quantity {
  return combine(read(a), read(b), (left, right) => left - right);
}

function combine(a: Quantity, b: Quantity, with_: (a: bigint, b: bigint) => bigint): Quantity {
  const [left, right, scale] = level(a, b);
  return { amount: with_(left, right), scale, format: a.amount === 0n ? b.format : a.format };
}

/** The exact product with a whole number. */
export function multiplyQuantity(quantity: QuantityLike, by: bigint): Quantity {
  const { amount, scale, format } = read(quantity);
  return { amount: amount * by, scale, format };
}

/** `amount * 10^scale` as a quantity: `quantityOf(1500n, 'DecimalSI', -3)` is 1.5. */
export const quantityOf = (
  amount: bigint,
  format: Quantity['format'] = 'DecimalSI',
  scale = 0,
): Quantity => ({ amount, scale, format });

/** It has no part below one. */
export const isWhole = ({ amount, scale }: Quantity): boolean =>
  scale >= 0 || amount % 10n ** BigInt(-scale) === 0n;

/** In units of `10^scale`, rounded away from zero. */
export function scaled(quantity: QuantityLike, scale: number): bigint {
  const { amount, scale: own } = read(quantity);
  const shift = own - scale;
  return shift >= 0 ? amount * 10n ** BigInt(shift) : divideUp(amount, 10n ** BigInt(-shift));
}

const numbersMax = 4096;
const wholes = new Map<string, number>();
const millis = new Map<string, number>();

/** Whole units, rounded away from zero: bytes of `1Ki`, pods of `110`. Safe up to 2^53. */
export const wholeValue = (text: string): number => cached(wholes, text, 0);

/** Thousandths, rounded away from zero: `1500` of `1.5`. Safe up to 2^53. */
export const milliValue = (text: string): number => cached(millis, text, -3);

function cached(values: Map<string, number>, text: string, scale: number): number {
  const known = values.get(text);
  if (known !== undefined) return known;
  const value = Number(scaled(text, scale));
  if (values.size >= numbersMax) values.clear();
  values.set(text, value);
  return value;
}
