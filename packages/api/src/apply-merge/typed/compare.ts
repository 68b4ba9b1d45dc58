import type { Element } from '../field-set/element.ts';
import { asMember, leaf, settled } from '../field-set/field-set.ts';
import type { FieldSet, FieldSetDraft } from '../field-set/field-set.ts';
import {
  asList,
  asMap,
  fieldElement,
  fieldType,
  fieldValue,
  formOf,
  isBare,
  sameValue,
} from '../merge-type.ts';
import type { Form, Json, MergeList, MergeMap, MergeType } from '../merge-type.ts';
import { itemElement, sameItem } from './list-items.ts';
import { inOrder, wholeSet } from './to-field-set.ts';

/** What differs between two values of one type. */
export interface Comparison {
  /** Paths that were added or hold another value. */
  readonly changed: FieldSet;
  /** Paths that are gone. */
  readonly removed: FieldSet;
}

/** What a level has found so far. */
interface Found {
  changed: FieldSet | undefined;
  removed: FieldSet | undefined;
}

export const noDifference: Comparison = { changed: leaf, removed: leaf };

/**
 * Compares two values of a type; parts that both share are passed over at once. An item that a list holds
 * twice counts as one. Throws TypedError where a named list has an item without a name.
 */
export function compare(type: MergeType, before: unknown, after: unknown): Comparison {
  if (before === after) return noDifference;
  const found = compareBelow(type, before, after);
  if (found === undefined) return noDifference;
  return { changed: found.changed ?? leaf, removed: found.removed ?? leaf };
}

function compareBelow(type: MergeType, before: unknown, after: unknown): Found | undefined {
  if (before === undefined) return { changed: wholeSet(type, after, true), removed: undefined };
  if (after === undefined) return { changed: undefined, removed: wholeSet(type, before, true) };
  const was = formOf(type, before);
  const is = formOf(type, after);
  const found = compareAs(type, was, before, after);
  return was === is ? found : together(found, compareAs(type, is, before, after));
}

/** A value that changes its form is both: the old fields go, the new ones come. */
function together(a: Found | undefined, b: Found | undefined): Found | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return { changed: both(a.changed, b.changed), removed: both(a.removed, b.removed) };
}

function both(a: FieldSet | undefined, b: FieldSet | undefined): FieldSet | undefined {
  if (a === undefined || b === undefined || a === b) return a ?? b;
  return a === leaf ? asMember(b) : b === leaf ? asMember(a) : { ...a, ...b };
}

function compareAs(
  type: MergeType,
  form: Form,
  before: unknown,
  after: unknown,
): Found | undefined {
  if (form === 'scalar') return compareWhole(before, after);
  if (form === 'list') {
    const list = type.list!;
    const lefts = asList(before);
    const rights = asList(after);
    if (list.items === 'atomic' || (isBare(lefts) && isBare(rights)))
      return compareWhole(before, after);
    return compareItems(list, lefts ?? [], rights ?? []);
  }
  const map = type.map!;
  const left = asMap(before);
  const right = asMap(after);
  if (map.atomic || (isBare(left) && isBare(right))) return compareWhole(before, after);
  return compareFields(map, left, right);
}

const compareWhole = (before: unknown, after: unknown): Found | undefined =>
  sameValue(before, after) ? undefined : { changed: leaf, removed: undefined };

function compareFields(
  map: MergeMap,
  left: Json | undefined,
  right: Json | undefined,
): Found | undefined {
  const changed: FieldSetDraft = {};
  const removed: FieldSetDraft = {};
  if (map.sorted !== undefined)
    for (const { name, path, type, unowned } of map.sorted) {
      const before = left?.[name];
      const after = right?.[name];
      if (before === after || unowned) continue;
      noteField(path, compareBelow(type, before, after), changed, removed);
    }
  else
    for (const name of differingKeys(left, right))
      noteField(
        fieldElement(map, name),
        compareBelow(fieldType(map, name), fieldValue(left, name), fieldValue(right, name)),
        changed,
        removed,
      );
  return foundIn(changed, removed);
}

function noteField(
  element: Element,
  found: Found | undefined,
  changed: FieldSetDraft,
  removed: FieldSetDraft,
): void {
  if (found?.changed !== undefined) changed[element] = found.changed;
  if (found?.removed !== undefined) removed[element] = found.removed;
}

/** Sorted names of the entries that are not the very same in both. */
function differingKeys(left: Json | undefined, right: Json | undefined): readonly string[] {
  const names: string[] = [];
  for (const name in right)
    if (right[name] !== undefined && fieldValue(left, name) !== right[name]) names.push(name);
  for (const name in left)
    if (left[name] !== undefined && fieldValue(right, name) === undefined) names.push(name);
  return names.length <= 1 ? names : names.toSorted();
}

function foundIn(changed: FieldSetDraft, removed: FieldSetDraft): Found | undefined {
  const found = { changed: settled(changed, false), removed: settled(removed, false) };
  return found.changed === undefined && found.removed === undefined ? undefined : found;
}

function compareItems(
  list: MergeList,
  lefts: readonly unknown[],
  rights: readonly unknown[],
): Found | undefined {
  const changed = new Map<Element, FieldSet>();
  const removed = new Map<Element, FieldSet>();
  const note = (element: Element, found: Found | undefined): void => {
    if (found?.changed !== undefined) changed.set(element, found.changed);
    if (found?.removed !== undefined) removed.set(element, found.removed);
  };
  const differing = pairwise(list, lefts, rights);
  if (differing?.length === 0) return undefined;
  if (differing !== undefined)
    for (const i of differing)
      note(itemElement(list, rights[i]), compareBelow(list.element, lefts[i], rights[i]));
  else compareNamed(list, lefts, rights, note);
  return foundIn(inOrder(changed, false), inOrder(removed, false));
}

/** The places of items that differ, where both lists hold the same items in the same order, each once. */
function pairwise(
  list: MergeList,
  lefts: readonly unknown[],
  rights: readonly unknown[],
): readonly number[] | undefined {
  if (lefts.length !== rights.length) return undefined;
  const places: number[] = [];
  for (let i = 0; i < lefts.length; i++) {
    if (lefts[i] === rights[i]) continue;
    if (!sameItem(list, lefts[i], rights[i])) return undefined;
    places.push(i);
  }
  for (const i of places)
    for (let j = 0; j < rights.length; j++)
      if (j !== i && sameItem(list, rights[i], rights[j])) return undefined;
  return places;
}

type Named = Map<Element, unknown[]>;

function compareNamed(
  list: MergeList,
  lefts: readonly unknown[],
  rights: readonly unknown[],
  note: (element: Element, found: Found | undefined) => void,
): void {
  const before = byElement(list, lefts);
  const after = byElement(list, rights);
  for (const element of new Set([...before.keys(), ...after.keys()])) {
    const old = before.get(element) ?? [];
    const now = after.get(element) ?? [];
    if (old.length <= 1 && now.length <= 1) {
      if (old[0] !== now[0]) note(element, compareBelow(list.element, old[0], now[0]));
    } else note(element, compareRepeated(list, old, now));
  }
}

function byElement(list: MergeList, items: readonly unknown[]): Named {
  const named: Named = new Map();
  for (const item of items) {
    const element = itemElement(list, item);
    const same = named.get(element);
    if (same === undefined) named.set(element, [item]);
    else same.push(item);
  }
  return named;
}

function compareRepeated(
  list: MergeList,
  old: readonly unknown[],
  now: readonly unknown[],
): Found | undefined {
  if (old.length > 1 && now.length > 1) return compareWhole(old, now);
  if (old.length > 1)
    return {
      removed: leaf,
      changed: now.length === 0 ? undefined : wholeSet(list.element, now[0], true),
    };
  return {
    changed: leaf,
    removed: old.length === 0 ? undefined : wholeSet(list.element, old[0], true),
  };
}
