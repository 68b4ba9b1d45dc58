/** How a quantity writes itself: `12e6`, `12Mi`, `12M`. */
export type QuantityFormat = 'DecimalExponent' | 'BinarySI' | 'DecimalSI';

/** An exact amount, `amount * 10^scale`, no finer than 10^-9. */
export interface Quantity {
  readonly amount: bigint;
  readonly scale: number;
  readonly format: QuantityFormat;
  /** What was read, where upstream keeps that instead of the canonical form. */
  readonly text?: string;
}

/** Why a text is no quantity, in upstream's words. */
export class QuantityError extends Error {}

const formatWrong =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const numericWrong = 'unable to parse numeric part of quantity';
const suffixWrong = "unable to parse quantity's suffix";

type Suffix = readonly [base: 2 | 10, exponent: number, format: QuantityFormat];

const suffixes: ReadonlyMap<string, Suffix> = new Map<string, Suffix>([
  ...['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'].map((text, index): [string, Suffix] => [
    text,
    [10, index * 3 - 9, 'DecimalSI'],
  ]),
  ...['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'].map((text, index): [string, Suffix] => [
    text,
    [2, index * 10 + 10, 'BinarySI'],
  ]),
]);

const decimalSuffixes = new Map(
  [...suffixes].flatMap(([text, [base, exponent]]) =>
    base === 10 ? [[exponent, text] as const] : [],
  ),
);
const binarySuffixes = new Map(
  [...suffixes].flatMap(([text, [base, exponent]]) =>
    base === 2 ? [[exponent, text] as const] : [],
  ),
);

/** The suffix of a canonical form; none where upstream has none either. */
export function suffixOf(format: QuantityFormat, exponent: number): string {
  if (format === 'DecimalExponent') return exponent === 0 ? '' : `e${exponent}`;
  return (format === 'BinarySI' ? binarySuffixes : decimalSuffixes).get(exponent) ?? '';
}

function interpret(text: string): Suffix {
  const known = suffixes.get(text);
  if (known) return known;
  if (/^[eE][-+]?\d+$/.test(text)) return [10, Number(text.slice(1)), 'DecimalExponent'];
  throw new QuantityError(suffixWrong);
}

const grammar = /^([+-]?)(0*)(\d*)(?:(\.)(\d*))?([eEinumkKMGTP]*[-+]?\d*)$/;
const scaleMin = -9;
const int64Max = (1n << 63n) - 1n;
const int64DigitsMax = 18;

/** Reads a quantity exactly as upstream does, rounding up to the nano. Throws QuantityError. */
export function parseQuantity(text: string): Quantity {
  if (text === '') throw new QuantityError(formatWrong);
  const parts = grammar.exec(text);
  if (parts === null) throw new QuantityError(formatWrong);
  const [, sign, zeros, digits, point, fraction = '', suffixText] = parts;
  // Upstream takes anything that ends within its leading zeros as zero, a lone sign included.
  if (digits === '' && point === undefined && suffixText === '')
    return { amount: 0n, scale: 0, format: 'DecimalSI' };
  const [base, exponent, format] = interpret(suffixText!);
  const number = digits === '' ? '0' : digits!;
  const fast = fromInt64(text, sign === '-', number, fraction, base, exponent, format);
  if (fast) return fast;
  if (zeros === '' && digits === '' && fraction === '') throw new QuantityError(numericWrong);
  return fromDecimal(sign === '-', number + fraction, -fraction.length, base, exponent, format);
}

/** Upstream's path through 64-bit integers, which decides when the text that was read is kept. */
function fromInt64(
  text: string,
  negative: boolean,
  number: string,
  fraction: string,
  base: 2 | 10,
  exponent: number,
  format: QuantityFormat,
): Quantity | undefined {
  const length = number.length + fraction.length;
  const scale = (base === 10 ? exponent : 0) - fraction.length;
  const fits =
    base === 10
      ? length <= int64DigitsMax
      : fraction === '' && 14 - number.length - Math.trunc(exponent * 0.3) >= 0;
  if (!fits || scale < scaleMin) return undefined;
  const shifted = number + fraction;
  const value = BigInt(shifted);
  const result = base === 2 ? value << BigInt(exponent) : value;
  if (result > int64Max) return undefined;
  const amount = negative ? -result : result;
  const canonical =
    base === 2
      ? exponent % 10 === 0 && (value & 7n) !== 0n
      : scale % 3 === 0 && !shifted.endsWith('000') && !shifted.startsWith('0');
  return canonical ? { amount, scale, format, text } : { amount, scale, format };
}

function fromDecimal(
  negative: boolean,
  digits: string,
  scale: number,
  base: 2 | 10,
  exponent: number,
  format: QuantityFormat,
): Quantity {
  let amount = BigInt(digits);
  let place = scale;
  if (base === 10) place += exponent;
  else amount <<= BigInt(exponent);
  if (amount !== 0n && place < scaleMin) {
    amount = divideUp(amount, 10n ** BigInt(scaleMin - place));
    place = scaleMin;
  }
  let kept = format;
  if (format === 'BinarySI') {
    const one = place < 0 ? 10n ** BigInt(-place) : 1n;
    if (amount > int64Max * one) [amount, place] = [int64Max, 0];
    else if (amount > 0n && amount < one) kept = 'DecimalSI';
  }
  return { amount: negative ? -amount : amount, scale: place, format: kept };
}

/** Division of integers away from zero. */
export function divideUp(amount: bigint, by: bigint): bigint {
  const whole = amount / by;
  if (whole * by === amount) return whole;
  return amount < 0n ? whole - 1n : whole + 1n;
}
