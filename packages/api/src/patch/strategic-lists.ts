import { failed, unprocessable } from './errors.ts';
import { fieldOf, goText, goType, isObject } from './json.ts';
import type { JsonList, JsonObject } from './json.ts';
import { badArgument, directive, noMergeKey, ordersItems } from './strategic-directives.ts';
import type { PatchField } from './strategic-schema.ts';
import { kindOf } from './strategic-schema.ts';
import type { SchemaNode } from '../schema/node.ts';
import { clean } from './strategic-clean.ts';

/** `apply` lays a patch over an object; `combine` lays a later patch over an earlier one and keeps its directives. */
export type MergeMode = 'apply' | 'combine';

/** How lists merge their items. */
export interface Merging {
  readonly mode: MergeMode;
  readonly item: (type: SchemaNode, object: JsonObject, patch: JsonObject) => JsonObject;
}

/** The type of all items of some lists. Throws ApiError where they differ or there are none. */
export function itemType(...lists: readonly JsonList[]): string {
  let type: string | undefined;
  for (const item of lists.flat(1)) {
    const current = goType(item);
    if (current === '[]interface {}') throw unprocessable('lists of lists are not supported');
    if (type !== undefined && type !== current)
      throw failed(`list element types are not identical: ${goText(lists)}`);
    type = current;
  }
  if (type === undefined) throw failed('no elements in any of the given slices');
  return type;
}

const objects = 'map[string]interface {}';

/** What names an item: its merge key, or itself where there is none. */
export function nameOf(item: unknown, mergeKey: string): unknown {
  if (mergeKey === '') return item;
  if (!isObject(item)) throw badArgument(objects, item);
  const name = fieldOf(item, mergeKey);
  if (name === undefined) throw noMergeKey(item, mergeKey);
  return name;
}

/** Merges lists whose strategy is `merge`; `deletes`: the patch names scalars to take out. */
export function mergeLists(
  field: PatchField,
  list: JsonList,
  patch: JsonList,
  merging: Merging,
  deletes: boolean,
): JsonList {
  if (list.length === 0 && patch.length === 0) return list;
  const { mergeKey } = field;
  if (itemType(list, patch) !== objects) {
    if (deletes && merging.mode === 'apply') return list.filter((item) => !patch.includes(item));
    return inOrder([...new Set([...list, ...patch])], patch, list, mergeKey);
  }
  if (mergeKey === '')
    throw failed(`cannot merge lists without merge key for ${kindOf(field.node)}`);
  const { before, items } = obeyDirectives(list, patch, mergeKey);
  const merged = [...before];
  for (const item of items) {
    const name = nameOf(item, mergeKey);
    const at = merged.findIndex((other) => matches(other, mergeKey, name));
    if (at < 0) merged.push(item);
    else merged[at] = merging.item(field.node, merged[at] as JsonObject, item);
  }
  return inOrder(merged, items, before, mergeKey);
}

const matches = (item: unknown, mergeKey: string, name: unknown): boolean => {
  if (!isObject(item)) throw badArgument(objects, item);
  return fieldOf(item, mergeKey) === name;
};

/** Takes `$patch` items out of the patch and does what they say. */
function obeyDirectives(
  list: JsonList,
  patch: JsonList,
  mergeKey: string,
): { readonly before: JsonList; readonly items: readonly JsonObject[] } {
  let before = list;
  let replaces = false;
  const items: JsonObject[] = [];
  for (const item of patch as readonly JsonObject[]) {
    const command = fieldOf(item, directive);
    if (command === undefined) items.push(item);
    else if (command === 'delete') {
      const name = nameOf(item, mergeKey);
      before = before.filter((other) => !matches(other, mergeKey, name));
    } else if (command === 'replace') replaces = true;
    else
      throw failed(
        command === 'merge'
          ? 'merging lists cannot yet be specified in the patch'
          : `unknown patch type: ${String(command)} in map: ${goText(item)}`,
      );
  }
  return replaces ? { before: items, items: [] } : { before, items };
}

/** The place of an item's name in a list; -1 where it is not in it. */
const placeIn = (list: JsonList, name: unknown, mergeKey: string): number =>
  list.findIndex(
    (other) => (mergeKey === '' ? other : isObject(other) && fieldOf(other, mergeKey)) === name,
  );

/** Items that `order` names stand as it says; the others between them, as near as may be to where they stood. */
function inOrder(merged: JsonList, order: JsonList, before: JsonList, mergeKey: string): JsonList {
  const place = (list: JsonList, item: unknown): number =>
    placeIn(list, nameOf(item, mergeKey), mergeKey);
  const named = merged.filter((item) => place(order, item) >= 0);
  const others = merged.filter((item) => place(order, item) < 0);
  const right = named.toSorted((a, b) => place(order, a) - place(order, b));
  const left = others.toSorted((a, b) => place(before, a) - place(before, b));
  const out: unknown[] = [];
  let r = 0;
  for (const item of left) {
    const at = place(before, item);
    while (r < right.length && !(at >= 0 && at < place(before, right[r]))) out.push(right[r++]);
    out.push(item);
  }
  return [...out, ...right.slice(r)];
}

/** `$setElementOrder`: the merged list in that order; undefined where there is no list to order. */
export function orderAs(
  field: PatchField,
  list: JsonList | undefined,
  patch: JsonList | undefined,
  order: JsonList,
  merging: Merging,
): JsonList | undefined {
  checkOrder(patch, order, field.mergeKey);
  if (list === undefined && patch === undefined) return undefined;
  let merged: JsonList;
  if (patch === undefined) merged = list!;
  else if (list === undefined) merged = clean(patch, false) as JsonList;
  else merged = field.strategy === 'merge' ? mergeLists(field, list, patch, merging, false) : patch;
  itemType(list ?? [], patch ?? []);
  return inOrder(merged, order, list ?? [], field.mergeKey);
}

/** The items of the patch must come in the order that it asks for. */
function checkOrder(patch: JsonList | undefined, order: JsonList, mergeKey: string): void {
  if (patch === undefined || patch.length === 0 || order.length === 0) return;
  const stated = patch.filter((item) => !(isObject(item) && Object.hasOwn(item, directive)));
  let next = 0;
  for (const item of order) {
    if (next >= stated.length) return;
    if (nameOf(stated[next], mergeKey) === nameOf(item, mergeKey)) next++;
  }
  if (next < stated.length)
    throw failed(
      `The order in patch list:\n${goText(patch)}\n doesn't match ${ordersItems} list:\n${goText(order)}\n`,
    );
}
