import type { MapValue, Value } from './value.ts';
import {
  CelError,
  Duration,
  isList,
  isMap,
  Opaque,
  Optional,
  Timestamp,
  TypeValue,
  Uint,
} from './value.ts';

/** A number as something that compares exactly with other numbers; undefined for all else. */
const numeric = (value: Value): number | bigint | undefined => {
  if (typeof value === 'bigint' || typeof value === 'number') return value;
  return value instanceof Uint ? value.value : undefined;
};

/** Equality as `==` has it: across the kinds of numbers, deep in lists and maps, false between all else that differs. */
export function equal(a: Value, b: Value): boolean {
  if (a === b) return true;
  const number = numeric(a);
  // Exact between int and double, as JavaScript compares bigint with number.
  if (number !== undefined) return numeric(b) == number; // oxlint-disable-line eqeqeq
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return false;
  if (isList(a)) return isList(b) && equalLists(a, b);
  if (isMap(a)) return isMap(b) && equalMaps(a, b);
  if (a instanceof Uint8Array) return b instanceof Uint8Array && compareBytes(a, b) === 0;
  if (a instanceof Timestamp) return b instanceof Timestamp && a.nanos === b.nanos;
  if (a instanceof Duration) return b instanceof Duration && a.nanos === b.nanos;
  if (a instanceof TypeValue) return b instanceof TypeValue && a.name === b.name;
  if (a instanceof Optional)
    return (
      b instanceof Optional &&
      (a.value === undefined || b.value === undefined
        ? a.value === b.value
        : equal(a.value, b.value))
    );
  if (a instanceof Opaque)
    return b instanceof Opaque && a.type.name === b.type.name && a.equals(b.value);
  return false;
}

function equalLists(a: readonly Value[], b: readonly Value[]): boolean {
  if (a.length !== b.length) return false;
  const type = (a as { listType?: unknown }).listType;
  if (!type) return a.every((each, at) => equal(each, b[at]!));
  if (type === 'set') return a.every((each) => b.some((other) => equal(each, other)));
  return a.every((each) => b.some((other) => equal(each, other)));
}

function equalMaps(a: MapValue, b: MapValue): boolean {
  if (a.size !== b.size) return false;
  return a.keys().every((key) => {
    const other = b.get(key);
    return other !== undefined && equal(a.get(key)!, other);
  });
}

/** Below, equal to or above zero; NaN where one is NaN; undefined when the two have no order. */
export function compare(a: Value, b: Value): number | undefined {
  const left = numeric(a);
  const right = numeric(b);
  if (left !== undefined && right !== undefined)
    return left < right ? -1 : left > right ? 1 : left == right ? 0 : Number.NaN; // oxlint-disable-line eqeqeq
  if (typeof a === 'string' && typeof b === 'string') return compareStrings(a, b);
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  if (a instanceof Uint8Array && b instanceof Uint8Array) return compareBytes(a, b);
  const sameSpan =
    (a instanceof Timestamp && b instanceof Timestamp) ||
    (a instanceof Duration && b instanceof Duration);
  if (sameSpan) return a.nanos < b.nanos ? -1 : a.nanos > b.nanos ? 1 : 0;
  return undefined;
}

/** `compare`, for callers to whom two values without an order are an error. */
export function order(a: Value, b: Value): number {
  const found = compare(a, b);
  if (found === undefined) throw new CelError('no such overload');
  return found;
}

/** By code points, as Go has it by bytes of UTF-8. */
function compareStrings(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const left = a.charCodeAt(at);
    const right = b.charCodeAt(at);
    if (left === right) continue;
    const bothOr = (left >= 0xd800 && left < 0xe000) === (right >= 0xd800 && right < 0xe000);
    if (bothOr) return left - right;
    return left >= 0xd800 && left < 0xe000 ? 1 : -1;
  }
  return a.length - b.length;
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let at = 0; at < a.length && at < b.length; at++)
    if (a[at] !== b[at]) return a[at]! - b[at]!;
  return a.length - b.length;
}
