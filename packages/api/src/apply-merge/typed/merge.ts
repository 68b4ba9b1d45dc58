import type { Element } from '../field-set/element.ts';
import { asList, asMap, fieldType, fieldValue, formOf, isBare } from '../merge-type.ts';
import type { Form, Json, MergeList, MergeMap, MergeType } from '../merge-type.ts';
import { itemElement } from './list-items.ts';

/**
 * The live value with all that `applied` states laid over it; unstated parts stay, shared by reference.
 * Items keep the order of `applied`, those of the live list alone stand between as they stood. Throws
 * TypedError.
 */
export function mergeValues(type: MergeType, live: unknown, applied: unknown): unknown {
  if (applied === undefined || live === applied) return live;
  if (live === undefined) return applied;
  const form: Form = formOf(type, applied);
  if (form === 'scalar') return applied;
  return form === 'list'
    ? mergeLists(type.list!, live, applied)
    : mergeMaps(type.map!, live, applied);
}

function mergeMaps(map: MergeMap, live: unknown, applied: unknown): unknown {
  const left = asMap(live);
  const right = asMap(applied);
  if (map.atomic || (isBare(left) && isBare(right))) return applied;
  let out: Record<string, unknown> | undefined;
  for (const name in right) {
    const mine = fieldValue(left, name);
    const merged = mergeValues(fieldType(map, name), mine, right[name]);
    if (merged !== mine) (out ??= { ...left })[name] = merged;
  }
  return out ?? left;
}

function mergeLists(list: MergeList, live: unknown, applied: unknown): unknown {
  const left = asList(live);
  const right = asList(applied);
  if (list.items === 'atomic' || (isBare(left) && isBare(right))) return applied;
  return mergeItems(list, left ?? [], right ?? []);
}

function mergeItems(
  list: MergeList,
  lefts: readonly unknown[],
  rights: readonly unknown[],
): readonly unknown[] {
  const leftNames = lefts.map((item) => itemElement(list, item));
  const rightNames = rights.map((item) => itemElement(list, item));
  const live = named(leftNames, lefts);
  const applied = named(rightNames, rights);
  const shared = rightNames.filter((name) => live.has(name));
  const merged = new Set<Element>();
  const out: unknown[] = [];
  let nextShared = 0;
  const take = (name: Element): void => {
    merged.add(name);
    out.push(mergeValues(list.element, live.get(name), applied.get(name)));
    if (shared[nextShared] === name) nextShared++;
  };
  for (let l = 0, r = 0; l < lefts.length || r < rights.length;) {
    const left = leftNames[l];
    const right = rightNames[r];
    if (left !== undefined && left === right) {
      take(left);
      l++;
      r++;
    } else if (left !== undefined && !applied.has(left)) {
      out.push(lefts[l++]);
    } else if (left !== undefined && right !== undefined && isLater(shared, nextShared, left)) {
      l++;
    } else {
      if (left !== undefined && merged.has(left)) l++;
      if (right !== undefined) {
        take(right);
        r++;
      }
    }
  }
  return out;
}

/** The live item comes elsewhere in the applied order: it is placed there. */
const isLater = (shared: readonly Element[], next: number, name: Element): boolean =>
  next < shared.length && shared[next] !== name;

/** A repeated item of the live list has no content that could be merged with. */
function named(names: readonly Element[], items: readonly unknown[]): Map<Element, unknown> {
  const map = new Map<Element, unknown>();
  names.forEach((name, i) => map.set(name, map.has(name) ? null : items[i]));
  return map;
}

/** Objects of this type, for callers that know they have one. */
export const mergeObjects = (type: MergeType, live: Json, applied: Json): Json =>
  mergeValues(type, live, applied) as Json;
