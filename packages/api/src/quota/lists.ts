import type { ResourceList } from '../generated/core-v1.ts';
import {
  addQuantities,
  compareQuantities,
  formatQuantity,
  subtractQuantities,
} from '../quantity/index.ts';

/** Each amount of either list, summed where both have it. */
export function addLists(a: ResourceList, b: ResourceList = {}): ResourceList {
  const sum: Record<string, string> = { ...a };
  for (const name in b)
    sum[name] =
      sum[name] === undefined ? b[name]! : formatQuantity(addQuantities(sum[name], b[name]!));
  return sum;
}

/** The larger of each amount. */
export function maxLists(a: ResourceList, b: ResourceList = {}): ResourceList {
  const most: Record<string, string> = { ...a };
  for (const name in b)
    if (most[name] === undefined || compareQuantities(b[name]!, most[name]) > 0)
      most[name] = b[name]!;
  return most;
}

/** What of `a` is more than in `b`: names of either, never below zero. */
export function excessOf(a: ResourceList, b: ResourceList): ResourceList {
  const rest: Record<string, string> = {};
  for (const name in a) {
    const left = b[name] === undefined ? a[name]! : subtractQuantities(a[name]!, b[name]);
    const isMore = compareQuantities(left, '0') > 0;
    rest[name] = !isMore ? '0' : typeof left === 'string' ? left : formatQuantity(left);
  }
  for (const name in b) rest[name] ??= '0';
  return rest;
}

/** The amounts of `names` alone. */
export const pick = (list: ResourceList, names: Iterable<string>): ResourceList =>
  Object.fromEntries(
    [...names].filter((name) => list[name] !== undefined).map((name) => [name, list[name]!]),
  );

/** Without what is zero. */
export const withoutZeros = (list: ResourceList): ResourceList =>
  pick(
    list,
    Object.keys(list).filter((name) => compareQuantities(list[name]!, '0') !== 0),
  );

/** The same names with the same amounts, however written. */
export const sameLists = (a: ResourceList = {}, b: ResourceList = {}): boolean => {
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => b[name] !== undefined && compareQuantities(a[name]!, b[name]) === 0)
  );
};
