import type { FunctionDeclaration } from '../run/overload.ts';
import { declare } from '../run/overload.ts';
import type { Value } from '../values/value.ts';
import { CelError, Duration, none, Optional, sizeOf, Timestamp, Uint } from '../values/value.ts';

const never = (): Value => {
  throw new CelError('no such overload');
};

function isZero(value: Value): boolean {
  if (value === null || value === false || value === 0 || value === 0n) return true;
  if (value instanceof Uint) return value.value === 0n;
  if (value instanceof Duration || value instanceof Timestamp) return value.nanos === 0n;
  if (value instanceof Optional) return value.value === undefined;
  return sizeOf(value) === 0;
}

const held = ({ value }: Optional): Value => {
  if (value === undefined) throw new CelError('optional.none() dereference');
  return value;
};

const unwrap = (list: readonly Optional[]): Value =>
  list.flatMap(({ value }) => (value === undefined ? [] : [value]));

/** Values that may be absent. */
export const optionals: readonly FunctionDeclaration[] = [
  declare('optional.of', ['optional_of', '(V) optional(V)', (value: Value) => new Optional(value)]),
  declare('optional.ofNonZeroValue', [
    'optional_ofNonZeroValue',
    '(V) optional(V)',
    (value: Value) => (isZero(value) ? none : new Optional(value)),
  ]),
  declare('optional.none', ['optional_none', '() optional(V)', () => none]),
  declare('value', ['optional_value', 'optional(V).() V', held]),
  declare('hasValue', [
    'optional_hasValue',
    'optional(V).() bool',
    ({ value }: Optional) => value !== undefined,
  ]),
  declare('or', ['optional_or_optional', 'optional(V).(optional(V)) optional(V)', never]),
  declare('orValue', ['optional_orValue_value', 'optional(V).(V) V', never]),
  declare('last', [
    'list_last',
    'list(V).() optional(V)',
    (list: readonly Value[]) => new Optional(list.at(-1)),
  ]),
  declare('first', [
    'list_first',
    'list(V).() optional(V)',
    (list: readonly Value[]) => new Optional(list[0]),
  ]),
  declare('optional.unwrap', ['optional_unwrap', '(list(optional(V))) list(V)', unwrap]),
  declare('unwrapOpt', ['optional_unwrapOpt', 'list(optional(V)).() list(V)', unwrap]),
];
