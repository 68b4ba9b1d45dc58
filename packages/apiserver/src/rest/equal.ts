import { emptyList, emptyMap, isNil } from '@coxswain/api';

/** Whether two JSON values say the same: order of keys does not matter, undefined is absent. */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object') return false;
  // Lists and maps without content are stored as null, whether they were set or not.
  if (isUnset(a) || isUnset(b)) return isUnset(a) && isUnset(b);
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    return a.every((each, i) => isSame(each, b[i]));
  }
  if (Array.isArray(b)) return false;
  return isSameRecord(a as Record<string, unknown>, b as Record<string, unknown>);
}

function isSameRecord(a: Record<string, unknown>, b: Record<string, unknown>): boolean {
  let count = 0;
  for (const key in a) {
    if (a[key] === undefined) continue;
    count++;
    if (!isSame(a[key], b[key])) return false;
  }
  for (const key in b) if (b[key] !== undefined) count--;
  return count === 0;
}

const isUnset = (value: unknown): boolean =>
  isNil(value) || value === emptyList || value === emptyMap;
