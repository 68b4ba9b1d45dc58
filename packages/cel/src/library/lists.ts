import { sortable as comparable } from '../cost/actual.ts';
import type { FunctionDeclaration, Row } from '../run/overload.ts';
import { declare } from '../run/overload.ts';
import { equal, order } from '../values/equal.ts';
import type { Value } from '../values/value.ts';
import { CelError, Duration, isList, typeName, Uint } from '../values/value.ts';

type List = readonly Value[];

const each = (
  id: string,
  types: readonly string[],
  result: (type: string) => string,
  run: (list: List) => Value,
): readonly Row[] =>
  types.map((type) => [`list_${type}_${id}`, `list(${type}).() ${result(type)}`, run]);

const isSorted = (list: List): boolean =>
  list.every((value, at) => at === 0 || order(list[at - 1]!, value) <= 0);

function extreme(list: List, name: string, sign: number): Value {
  if (!list.length) throw new CelError(`${name} called on empty list`);
  return list.reduce((best, value) => (order(value, best) * sign > 0 ? value : best));
}

const sums: Readonly<Record<string, (list: List) => Value>> = {
  int: (list) =>
    checked(
      (list as readonly bigint[]).reduce((a, b) => a + b, 0n),
      (bits, value) => BigInt.asIntN(bits, value),
      'integer overflow',
    ),
  uint: (list) =>
    new Uint(
      checked(
        (list as readonly Uint[]).reduce((a, b) => a + b.value, 0n),
        (bits, value) => BigInt.asUintN(bits, value),
        'unsigned integer overflow',
      ),
    ),
  double: (list) => (list as readonly number[]).reduce((a, b) => a + b, 0),
  duration: (list) => new Duration((list as readonly Duration[]).reduce((a, b) => a + b.nanos, 0n)),
};

function checked(
  value: bigint,
  fit: (bits: number, value: bigint) => bigint,
  what: string,
): bigint {
  if (fit(64, value) !== value) throw new CelError(what);
  return value;
}

function slice(list: List, start: bigint, end: bigint): Value {
  const call = `cannot slice(${start}, ${end})`;
  if (start < 0n || end < 0n) throw new CelError(`${call}, negative indexes not supported`);
  if (start > end)
    throw new CelError(`${call}, start index must be less than or equal to end index`);
  if (end > BigInt(list.length)) throw new CelError(`${call}, list is length ${list.length}`);
  return list.slice(Number(start), Number(end));
}

function flatten(list: List, depth = 1n): Value[] {
  if (depth < 0n) throw new CelError('level must be non-negative');
  return list.flatMap((value) =>
    depth > 0n && isList(value) ? flatten(value, depth - 1n) : [value as Value],
  );
}

/** Sorted by the keys, which stand in the order of the list. */
function sort(list: List, keys: List = list): Value {
  if (keys.length !== list.length)
    throw new CelError(
      `@sortByAssociatedKeys() expected a list of the same size as the associated keys list, but got ${list.length} and ${keys.length} elements respectively`,
    );
  if (keys.some((key) => typeName(key) !== typeName(keys[0]!)))
    throw new CelError('list elements must have the same type');
  const places = keys.map((_, at) => at);
  return places.toSorted((a, b) => order(keys[a]!, keys[b]!)).map((at) => list[at]!);
}

const distinct = (list: List): Value =>
  list.filter((value, at) => list.findIndex((other) => equal(value, other)) === at);

const subset = (a: List, b: List): boolean =>
  b.every((value) => a.some((other) => equal(value, other)));

const rangeMax = 1_000_000n;

function range(end: bigint): Value {
  if (end > rangeMax) throw new CelError('operation cancelled: actual cost limit exceeded');
  return Array.from({ length: Math.max(0, Number(end)) }, (_, at) => BigInt(at));
}

const sets = '(list(A), list(A)) bool';

/** Upstream's functions on lists, and lists as sets. */
export const lists: readonly FunctionDeclaration[] = [
  declare('isSorted', ...each('is_sorted_bool', comparable, () => 'bool', isSorted)),
  declare(
    'sum',
    ...Object.entries(sums).flatMap(([type, run]) => each(`sum_${type}`, [type], () => type, run)),
  ),
  declare(
    'min',
    ...each(
      'min',
      comparable,
      (type) => type,
      (list) => extreme(list, 'min', -1),
    ),
  ),
  declare(
    'max',
    ...each(
      'max',
      comparable,
      (type) => type,
      (list) => extreme(list, 'max', 1),
    ),
  ),
  declare('indexOf', [
    'list_a_index_of_int',
    'list(A).(A) int',
    (list: List, value: Value) => BigInt(list.findIndex((one) => equal(one, value))),
  ]),
  declare('lastIndexOf', [
    'list_a_last_index_of_int',
    'list(A).(A) int',
    (list: List, value: Value) => BigInt(list.findLastIndex((one) => equal(one, value))),
  ]),
  declare('slice', ['list_slice', 'list(T).(int, int) list(T)', slice]),
  declare(
    'flatten',
    ['list_flatten', 'list(list(T)).() list(T)', flatten],
    ['list_flatten_int', 'list(dyn).(int) list(dyn)', flatten],
  ),
  declare('sort', ...each('sort', comparable, (type) => `list(${type})`, sort)),
  declare(
    '@sortByAssociatedKeys',
    ...comparable.map((type): Row => [
      `list_${type}_sortByAssociatedKeys`,
      `list(T).(list(${type})) list(T)`,
      sort,
    ]),
  ),
  declare('lists.range', ['lists_range', '(int) list(int)', range]),
  declare('reverse', ['list_reverse', 'list(T).() list(T)', (list: List) => list.toReversed()]),
  declare('distinct', ['list_distinct', 'list(T).() list(T)', distinct]),
  declare('sets.contains', ['list_sets_contains_list', sets, subset]),
  declare('sets.equivalent', [
    'list_sets_equivalent_list',
    sets,
    (a: List, b: List) => subset(a, b) && subset(b, a),
  ]),
  declare('sets.intersects', [
    'list_sets_intersects_list',
    sets,
    (a: List, b: List) => a.some((value) => b.some((other) => equal(value, other))),
  ]),
];
