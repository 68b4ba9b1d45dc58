import { compareElements } from '../field-set/element.ts';
import type { Element } from '../field-set/element.ts';
import { leaf, settled } from '../field-set/field-set.ts';
import type { FieldSet, FieldSetDraft } from '../field-set/field-set.ts';
import { asList, asMap, fieldElement, fieldType, formOf, isBare } from '../merge-type.ts';
import type { Json, MergeField, MergeList, MergeMap, MergeType } from '../merge-type.ts';
import { itemElement } from './list-items.ts';

/** What a writer who sends `value` states: its leaves, items of named lists, entries of maps. Throws TypedError. */
export const toFieldSet = (type: MergeType, value: unknown): FieldSet =>
  setBelow(type, value, false) ?? leaf;

/** The entry of an element that holds `value`; `self`: the element is a member in any case. */
function setBelow(type: MergeType, value: unknown, self: boolean): FieldSet | undefined {
  const form = formOf(type, value);
  if (form === 'scalar') return leaf;
  if (form === 'list') {
    const list = type.list!;
    if (list.items === 'atomic') return leaf;
    const items = asList(value);
    return items === undefined ? settled({}, self) : setOfItems(list, items, self);
  }
  const map = type.map!;
  if (map.atomic) return leaf;
  const object = asMap(value);
  return object === undefined ? settled({}, self) : setOfFields(map, object, self);
}

function setOfFields(map: MergeMap, object: Json, self: boolean): FieldSet | undefined {
  const draft: FieldSetDraft = self ? { '.': leaf } : {};
  for (const name of sortedKeys(object)) {
    const value = object[name];
    const stated = value === null || !map.fields.has(name) || isEmptyMap(value);
    const below = setBelow(fieldType(map, name), value, stated);
    if (below !== undefined) draft[fieldElement(map, name)] = below;
  }
  return settled(draft, self);
}

const isEmptyMap = (value: unknown): boolean => {
  const object = asMap(value);
  return object !== undefined && isBare(object);
};

/** Items that occur twice are owned as one, without what is in them. */
function setOfItems(
  list: MergeList,
  items: readonly unknown[],
  self: boolean,
): FieldSet | undefined {
  const entries = new Map<Element, FieldSet>();
  for (const item of items) {
    const element = itemElement(list, item);
    entries.set(element, entries.has(element) ? leaf : setBelow(list.element, item, true)!);
  }
  return settled(inOrder(entries, self), self);
}

/** The same entries in the order of a set. */
export function inOrder(entries: ReadonlyMap<Element, FieldSet>, self: boolean): FieldSetDraft {
  const draft: FieldSetDraft = self ? { '.': leaf } : {};
  if (entries.size === 1) {
    for (const [element, below] of entries) draft[element] = below;
    return draft;
  }
  for (const element of [...entries.keys()].toSorted(compareElements))
    draft[element] = entries.get(element)!;
  return draft;
}

/** The names of all fields that are set, sorted. */
export function sortedKeys(object: Json): readonly string[] {
  const keys: string[] = [];
  let inOrder = true;
  for (const key in object) {
    if (object[key] === undefined) continue;
    inOrder &&= keys.length === 0 || keys[keys.length - 1]! < key;
    keys.push(key);
  }
  return inOrder ? keys : keys.toSorted();
}

/** All paths of a value that came or went as a whole: every field, item and leaf of it. Throws TypedError. */
export function wholeSet(type: MergeType, value: unknown, self: boolean): FieldSet {
  const form = formOf(type, value);
  if (form === 'scalar') return leaf;
  if (form === 'list') {
    const list = type.list!;
    const items = asList(value);
    return list.items === 'atomic' || items === undefined || items.length === 0
      ? leaf
      : wholeItems(list, items, self);
  }
  const map = type.map!;
  const object = asMap(value);
  if (map.atomic || object === undefined || isBare(object)) return leaf;
  return map.sorted === undefined
    ? wholeMap(map, object, self)
    : wholeStruct(map.sorted, object, self);
}

function wholeStruct(fields: readonly MergeField[], object: Json, self: boolean): FieldSet {
  const draft: FieldSetDraft = self ? { '.': leaf } : {};
  for (const { name, path, type, unowned } of fields) {
    const value = object[name];
    if (value === undefined || unowned) continue;
    draft[path] = typeof value === 'object' && value !== null ? wholeSet(type, value, true) : leaf;
  }
  return draft;
}

function wholeMap(map: MergeMap, object: Json, self: boolean): FieldSet {
  const draft: FieldSetDraft = self ? { '.': leaf } : {};
  for (const name of sortedKeys(object))
    draft[fieldElement(map, name)] = wholeSet(fieldType(map, name), object[name], true);
  return draft;
}

function wholeItems(list: MergeList, items: readonly unknown[], self: boolean): FieldSet {
  const entries = new Map<Element, FieldSet>();
  for (const item of items) {
    const element = itemElement(list, item);
    entries.set(element, entries.has(element) ? leaf : wholeSet(list.element, item, true));
  }
  return inOrder(entries, self);
}
