import type { FunctionDeclaration, Row } from '../run/overload.ts';
import { declare } from '../run/overload.ts';
import { equal, order } from '../values/equal.ts';
import type { MapValue, Value } from '../values/value.ts';
import { CelError, Duration, ListValue, Uint } from '../values/value.ts';
import { instant } from '../values/time.ts';

const never = (): Value => {
  throw new CelError('no such overload');
};

/** Within 64 bits, or the error that upstream has for it. */
const whole = (value: bigint): bigint => {
  if (BigInt.asIntN(64, value) !== value) throw new CelError('integer overflow');
  return value;
};
const natural = (value: bigint): Uint => {
  if (BigInt.asUintN(64, value) !== value) throw new CelError('unsigned integer overflow');
  return new Uint(value);
};
const span = (value: bigint): Duration => {
  if (BigInt.asIntN(64, value) !== value) throw new CelError('duration overflow');
  return new Duration(value);
};
const nonZero = (value: bigint, what: string): bigint => {
  if (value === 0n) throw new CelError(what);
  return value;
};

type Of = (a: bigint, b: bigint) => bigint;

const integers = (name: string, run: Of): readonly Row[] => [
  [`${name}_int64`, '(int, int) int', (a: bigint, b: bigint) => whole(run(a, b))],
  [`${name}_uint64`, '(uint, uint) uint', (a: Uint, b: Uint) => natural(run(a.value, b.value))],
];
const doubles = (name: string, run: (a: number, b: number) => number): Row => [
  `${name}_double`,
  '(double, double) double',
  run,
];

function joined(a: readonly Value[], b: readonly Value[]): Value {
  const type = (a as Partial<ListValue>).listType;
  if (!type) return [...a, ...b];
  const sum = new ListValue();
  sum.listType = type;
  const keys = type === 'set' ? undefined : type.keys;
  const same = (x: Value, y: Value): boolean =>
    keys
      ? keys.every((key) => {
          const [left, right] = [(x as MapValue).get(key), (y as MapValue).get(key)];
          return left === undefined || right === undefined ? left === right : equal(left, right);
        })
      : equal(x, y);
  sum.push(...a);
  for (const each of b) {
    const at = sum.findIndex((other) => same(each, other));
    if (at < 0) sum.push(each);
    else sum[at] = each;
  }
  return sum;
}

const arithmetic: readonly FunctionDeclaration[] = [
  declare(
    '_+_',
    [
      'add_bytes',
      '(bytes, bytes) bytes',
      (a: Uint8Array, b: Uint8Array) => Uint8Array.from([...a, ...b]),
    ],
    doubles('add', (a, b) => a + b),
    [
      'add_duration_duration',
      '(duration, duration) duration',
      (a: Duration, b: Duration) => span(a.nanos + b.nanos),
    ],
    [
      'add_duration_timestamp',
      '(duration, timestamp) timestamp',
      (a: Duration, b: Duration) => instant(a.nanos + b.nanos),
    ],
    [
      'add_timestamp_duration',
      '(timestamp, duration) timestamp',
      (a: Duration, b: Duration) => instant(a.nanos + b.nanos),
    ],
    ...integers('add', (a, b) => a + b),
    ['add_list', '(list(A), list(A)) list(A)', joined],
    ['add_string', '(string, string) string', (a: string, b: string) => a + b],
  ),
  declare(
    '_-_',
    doubles('subtract', (a, b) => a - b),
    [
      'subtract_duration_duration',
      '(duration, duration) duration',
      (a: Duration, b: Duration) => span(a.nanos - b.nanos),
    ],
    ...integers('subtract', (a, b) => a - b),
    [
      'subtract_timestamp_duration',
      '(timestamp, duration) timestamp',
      (a: Duration, b: Duration) => instant(a.nanos - b.nanos),
    ],
    [
      'subtract_timestamp_timestamp',
      '(timestamp, timestamp) duration',
      (a: Duration, b: Duration) => span(a.nanos - b.nanos),
    ],
  ),
  declare(
    '_*_',
    doubles('multiply', (a, b) => a * b),
    ...integers('multiply', (a, b) => a * b),
  ),
  declare(
    '_/_',
    doubles('divide', (a, b) => a / b),
    ...integers('divide', (a, b) => a / nonZero(b, 'division by zero')),
  ),
  declare('_%_', ...integers('modulo', (a, b) => a % nonZero(b, 'modulus by zero'))),
  declare(
    '-_',
    ['negate_double', '(double) double', (a: number) => -a],
    ['negate_int64', '(int) int', (a: bigint) => whole(-a)],
  ),
  declare('!_', ['logical_not', '(bool) bool', (a: boolean) => !a]),
];

const sameOrder = 'bool int64 uint64 double string bytes timestamp duration'.split(' ');
const across = [
  ['int64', 'double'],
  ['int64', 'uint64'],
  ['uint64', 'double'],
  ['uint64', 'int64'],
  ['double', 'int64'],
  ['double', 'uint64'],
] as const;
const typeOf = (id: string): string => id.replace('64', '');

const relation = (sign: string, name: string, holds: (order: number) => boolean) => {
  const run = (a: Value, b: Value): boolean => holds(order(a, b));
  const rows: Row[] = sameOrder.map((id) => [
    `${name}_${id}`,
    `(${typeOf(id)}, ${typeOf(id)}) bool`,
    run,
  ]);
  for (const [a, b] of across)
    rows.push([`${name}_${a}_${b}`, `(${typeOf(a)}, ${typeOf(b)}) bool`, run]);
  return declare(`_${sign}_`, ...rows);
};

const contains = (value: Value, within: readonly Value[]): boolean =>
  within.some((each) => equal(value, each));

/** Operators; what looks at its arguments in an order of its own is declared here for the checker alone. */
export const operators: readonly FunctionDeclaration[] = [
  ...arithmetic,
  declare('_?_:_', ['conditional', '(bool, A, A) A', never]),
  declare('_&&_', ['logical_and', '(bool, bool) bool', never]),
  declare('_||_', ['logical_or', '(bool, bool) bool', never]),
  declare('@not_strictly_false', ['not_strictly_false', '(bool) bool', never]),
  declare('_==_', ['equals', '(A, A) bool', never]),
  declare('_!=_', ['not_equals', '(A, A) bool', never]),
  relation('<', 'less', (order_) => order_ < 0),
  relation('<=', 'less_equals', (order_) => order_ <= 0),
  relation('>', 'greater', (order_) => order_ > 0),
  relation('>=', 'greater_equals', (order_) => order_ >= 0),
  declare(
    '@in',
    ['in_list', '(A, list(A)) bool', contains],
    [
      'in_map',
      '(A, map(A, B)) bool',
      (key: Value, map: MapValue) => map.has?.(key) ?? map.get(key) !== undefined,
    ],
  ),
  declare(
    '_[_]',
    ['index_list', '(list(A), int) A', never],
    ['index_map', '(map(A, B), A) B', never],
    ['optional_list_index_int', '(optional(list(A)), int) optional(A)', never],
    ['optional_map_index_value', '(optional(map(A, B)), A) optional(B)', never],
  ),
  declare(
    '_[?_]',
    ['list_optindex_optional_int', '(list(A), int) optional(A)', never],
    ['optional_list_optindex_optional_int', '(optional(list(A)), int) optional(A)', never],
    ['map_optindex_optional_value', '(map(A, B), A) optional(B)', never],
    ['optional_map_optindex_optional_value', '(optional(map(A, B)), A) optional(B)', never],
  ),
];
