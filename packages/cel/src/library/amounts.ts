import type { Quantity } from '@coxswain/api/quantity';
import {
  addQuantities,
  compareQuantities,
  isWhole,
  parseQuantity,
  QuantityError,
  quantityOf,
  subtractQuantities,
} from '@coxswain/api/quantity';
import type { FunctionDeclaration } from '../run/overload.ts';
import { declare } from '../run/overload.ts';
import { objectType } from '../types/type.ts';
import { CelError, Opaque } from '../values/value.ts';

type Amount = Opaque<Quantity>;
const quantityType = objectType('kubernetes.Quantity');

/** A quantity as a value of expressions. */
export const amountOf = (quantity: Quantity): Amount =>
  new Opaque(quantityType, quantity, (other) => compareQuantities(quantity, other) === 0);

function readQuantity(text: string): Quantity {
  try {
    return parseQuantity(text);
  } catch (cause) {
    if (!(cause instanceof QuantityError)) throw cause;
    throw new CelError(
      `quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'`,
      { cause },
    );
  }
}

/** Its whole number, when it has no fraction and fits. */
function wholeOf({ amount, scale }: Quantity): bigint | undefined {
  if (!isWhole({ amount, scale, format: 'DecimalSI' })) return undefined;
  const value = scale >= 0 ? amount * 10n ** BigInt(scale) : amount / 10n ** BigInt(-scale);
  return BigInt.asIntN(64, value) === value ? value : undefined;
}

const asInteger = ({ value }: Amount): bigint => {
  const whole = wholeOf(value);
  if (whole === undefined) throw new CelError('cannot convert value to integer');
  return whole;
};

const Q = 'kubernetes.Quantity';
const S = 'kubernetes.Semver';
const pair = (type: string, result: string): string => `${type}.(${type}) ${result}`;

interface Semver {
  readonly numbers: readonly [bigint, bigint, bigint];
  readonly pre: readonly string[];
}
type Version = Opaque<Semver>;
const semverType = objectType(S);

const identifier = '[0-9A-Za-z-]+';
const strict = new RegExp(
  `^(0|[1-9]\\d*)\\.(0|[1-9]\\d*)\\.(0|[1-9]\\d*)(?:-(${identifier}(?:\\.${identifier})*))?(?:\\+(${identifier}(?:\\.${identifier})*))?$`,
);

function readSemver(text: string): Semver {
  const [, major, minor, patch, pre] = strict.exec(text) ?? [];
  if (major === undefined) throw new CelError(semverReason(text));
  const parts = pre?.split('.') ?? [];
  const zero = parts.find((part) => /^0\d+$/.test(part));
  if (zero)
    throw new CelError(`Numeric PreRelease version must not contain leading zeroes "${zero}"`);
  return { numbers: [BigInt(major), BigInt(minor!), BigInt(patch!)], pre: parts };
}

function semverReason(text: string): string {
  if (text === '') return 'Version string empty';
  const parts = text.split('.');
  if (parts.length < 3) return 'No Major.Minor.Patch elements found';
  for (const [at, what] of ['Major', 'Minor', 'Patch'].entries()) {
    const part = at === 2 ? parts[2]!.split(/[-+]/)[0]! : parts[at]!;
    if (!/^\d+$/.test(part))
      return `Invalid character(s) found in ${what.toLowerCase()} number ${JSON.stringify(part)}`;
    if (/^0\d/.test(part))
      return `${what} number must not contain leading zeroes ${JSON.stringify(part)}`;
  }
  return `Invalid character(s) found in prerelease ${JSON.stringify(text)}`;
}

/** With `v` before it, without minor or patch, or with leading zeroes. */
function readLoosely(text: string): Semver {
  const parts = text.replace(/^v/, '').split('.');
  const three = parts.length > 3 ? [...parts.slice(0, 2), parts.slice(2).join('.')] : parts;
  const trimmed = three.map((part) => (part.length > 1 ? part.replace(/^0+(?=\d)/, '') : part));
  if (trimmed.length < 3) {
    if (/[+-]/.test(trimmed.at(-1)!))
      throw new CelError('short version cannot contain PreRelease/Build meta data');
    while (trimmed.length < 3) trimmed.push('0');
  }
  return readSemver(trimmed.join('.'));
}

function compareSemver(a: Semver, b: Semver): number {
  for (const at of [0, 1, 2] as const)
    if (a.numbers[at] !== b.numbers[at]) return a.numbers[at] < b.numbers[at] ? -1 : 1;
  if (!a.pre.length || !b.pre.length) return Math.sign(b.pre.length - a.pre.length);
  for (const [at, left] of a.pre.entries()) {
    const right = b.pre[at];
    if (right === undefined) return 1;
    if (left === right) continue;
    const [x, y] = [/^\d+$/.test(left), /^\d+$/.test(right)];
    if (x && y) return BigInt(left) < BigInt(right) ? -1 : 1;
    if (x !== y) return x ? -1 : 1;
    return left < right ? -1 : 1;
  }
  return Math.sign(a.pre.length - b.pre.length);
}

/** A semantic version as a value of expressions; throws CelError for what is none. */
export const semverFrom = (text: string): Opaque => versionOf(readSemver(text));

const versionOf = (version: Semver): Version =>
  new Opaque(semverType, version, (other) => compareSemver(version, other) === 0);

/** Whether reading succeeds. */
const reads =
  <A extends readonly unknown[]>(read: (...args: A) => unknown) =>
  (...args: A): boolean => {
    try {
      read(...args);
      return true;
    } catch (cause) {
      if (cause instanceof CelError) return false;
      throw cause;
    }
  };

const readEither = (text: string, loosely: boolean): Semver =>
  loosely ? readLoosely(text) : readSemver(text);

const compareAmounts = (a: Amount, b: Amount): number => compareQuantities(a.value, b.value);
const compareVersions = (a: Version, b: Version): number => compareSemver(a.value, b.value);

/** Quantities and semantic versions. */
export const amounts: readonly FunctionDeclaration[] = [
  declare('quantity', [
    'string_to_quantity',
    `(string) ${Q}`,
    (text: string) => amountOf(readQuantity(text)),
  ]),
  declare('isQuantity', ['is_quantity_string', '(string) bool', reads(readQuantity)]),
  declare('sign', [
    'quantity_sign',
    `${Q}.() int`,
    ({ value }: Amount) => BigInt(value.amount < 0n ? -1 : value.amount > 0n ? 1 : 0),
  ]),
  declare('asApproximateFloat', [
    'quantity_get_float',
    `${Q}.() double`,
    ({ value }: Amount) => Number(`${value.amount}e${value.scale}`),
  ]),
  declare('asInteger', ['quantity_get_int', `${Q}.() int`, asInteger]),
  declare('isInteger', [
    'quantity_is_integer',
    `${Q}.() bool`,
    ({ value }: Amount) => wholeOf(value) !== undefined,
  ]),
  declare(
    'add',
    [
      'quantity_add',
      pair(Q, Q),
      (a: Amount, b: Amount) => amountOf(addQuantities(a.value, b.value)),
    ],
    [
      'quantity_add_int',
      `${Q}.(int) ${Q}`,
      (a: Amount, b: bigint) => amountOf(addQuantities(a.value, quantityOf(b))),
    ],
  ),
  declare(
    'sub',
    [
      'quantity_sub',
      pair(Q, Q),
      (a: Amount, b: Amount) => amountOf(subtractQuantities(a.value, b.value)),
    ],
    [
      'quantity_sub_int',
      `${Q}.(int) ${Q}`,
      (a: Amount, b: bigint) => amountOf(subtractQuantities(a.value, quantityOf(b))),
    ],
  ),
  declare(
    'semver',
    ['string_to_semver', `(string) ${S}`, (text: string) => versionOf(readSemver(text))],
    [
      'string_bool_to_semver',
      `(string, bool) ${S}`,
      (text: string, loosely: boolean) => versionOf(readEither(text, loosely)),
    ],
  ),
  declare(
    'isSemver',
    ['is_semver_string', '(string) bool', reads(readSemver)],
    ['is_semver_string_bool', '(string, bool) bool', reads(readEither)],
  ),
  ...(['major', 'minor', 'patch'] as const).map((name, at) =>
    declare(name, [`semver_${name}`, `${S}.() int`, ({ value }: Version) => value.numbers[at]!]),
  ),
  declare(
    'isGreaterThan',
    [
      'quantity_is_greater_than',
      pair(Q, 'bool'),
      (a: Amount, b: Amount) => compareAmounts(a, b) > 0,
    ],
    [
      'semver_is_greater_than',
      pair(S, 'bool'),
      (a: Version, b: Version) => compareVersions(a, b) > 0,
    ],
  ),
  declare(
    'isLessThan',
    ['quantity_is_less_than', pair(Q, 'bool'), (a: Amount, b: Amount) => compareAmounts(a, b) < 0],
    ['semver_is_less_than', pair(S, 'bool'), (a: Version, b: Version) => compareVersions(a, b) < 0],
  ),
  declare(
    'compareTo',
    [
      'quantity_compare_to',
      pair(Q, 'int'),
      (a: Amount, b: Amount) => BigInt(Math.sign(compareAmounts(a, b))),
    ],
    [
      'semver_compare_to',
      pair(S, 'int'),
      (a: Version, b: Version) => BigInt(compareVersions(a, b)),
    ],
  ),
];
