import type { SchemaNode } from '../schema/node.ts';
import { badRequest } from '../status/index.ts';
import { failed } from './errors.ts';
import { fieldOf, goText, goType, isList, isObject, sameValue, setField } from './json.ts';
import type { JsonObject } from './json.ts';
import { noMap } from './merge-patch.ts';
import {
  badArgument,
  deletesItems,
  directive,
  ordersItems,
  retainKeys,
  targetOf,
} from './strategic-directives.ts';
import { clean } from './strategic-clean.ts';
import { mergeLists, orderAs } from './strategic-lists.ts';
import type { Merging, MergeMode } from './strategic-lists.ts';
import { listField, objectField } from './strategic-schema.ts';

/**
 * Strategic merge patch of an object of a built-in type, as the type's merge keys and strategies say. Throws
 * ApiError with upstream's words.
 */
export function applyStrategicPatch(
  type: SchemaNode,
  object: JsonObject,
  patch: unknown,
): JsonObject {
  if (!isObject(patch)) throw badRequest(noMap(patch));
  return mergeStrategic(type, object, patch, 'apply');
}

/** Merges objects of one type; the recursion behind patches and their making. */
export function mergeStrategic(
  type: SchemaNode,
  object: JsonObject,
  patch: JsonObject,
  mode: MergeMode,
): JsonObject {
  const command = fieldOf(patch, directive);
  if (command !== undefined) return obey(command, patch);
  const out = retained(object, patch, mode);
  const merging: Merging = { mode, item: (node, a, b) => mergeStrategic(node, a, b, mode) };
  const rest = new Map(Object.entries(patch));
  rest.delete(retainKeys);
  for (const [name, order] of [...rest])
    if (name.startsWith(ordersItems)) applyOrder(type, out, rest, name, order, merging);
  for (const [name, value] of rest) {
    const deletes = name.startsWith(deletesItems);
    if (deletes && mode === 'combine') setField(out, name, value);
    else if (deletes) deleteItems(type, out, targetOf(name, deletesItems), value, merging);
    else mergeField(type, out, name, value, merging);
  }
  return out;
}

function obey(command: unknown, patch: JsonObject): JsonObject {
  if (command === 'delete') return {};
  const { [directive]: _, ...rest } = patch;
  if (command === 'replace') return rest;
  throw failed(`unknown patch type: ${String(command)} in map: ${goText(patch)}`);
}

/** The object with only the fields that the patch retains, as ours to change. */
function retained(object: JsonObject, patch: JsonObject, mode: MergeMode): Record<string, unknown> {
  const keys = fieldOf(patch, retainKeys);
  if (keys === undefined) return { ...object };
  if (mode === 'combine') {
    const before = fieldOf(object, retainKeys);
    if (before !== undefined && !sameValue(before, keys))
      throw failed(
        `${goText(before)} and ${goText(keys)} are not deep equal: this may happen when calculating the 3-way diff patch`,
      );
    return { ...object, [retainKeys]: keys };
  }
  if (!isList(keys)) throw badRequest('invalid patch format of retainKeys');
  for (const [name, value] of Object.entries(patch)) {
    const skip = name === retainKeys || value === null;
    if (skip || name.startsWith(deletesItems) || name.startsWith(ordersItems)) continue;
    if (!keys.includes(name)) throw badRequest('invalid patch format of retainKeys');
  }
  return Object.fromEntries(Object.entries(object).filter(([name]) => keys.includes(name)));
}

/** `$setElementOrder/name`: merges the list and brings its items into the order given. */
function applyOrder(
  type: SchemaNode,
  out: Record<string, unknown>,
  rest: Map<string, unknown>,
  directiveName: string,
  order: unknown,
  merging: Merging,
): void {
  if (merging.mode === 'combine') {
    const before = fieldOf(out, directiveName);
    if (before !== undefined && !sameValue(before, order))
      throw badRequest('invalid patch format of setElementOrder list');
    setField(out, directiveName, order);
  }
  rest.delete(directiveName);
  if (!isList(order)) throw badArgument('[]interface {}', order);
  const name = targetOf(directiveName, ordersItems);
  const list = fieldOf(out, name);
  const patch = rest.get(name);
  if (list !== undefined && !isList(list)) throw badArgument('[]interface {}', list);
  if (patch !== undefined && !isList(patch)) throw badArgument('[]interface {}', patch);
  const field = listField(type, name);
  const ordered = orderAs(field, list, patch, order, merging);
  if (ordered === undefined) return;
  setField(out, name, ordered);
  rest.delete(name);
}

/** `$deleteFromPrimitiveList/name`. */
function deleteItems(
  type: SchemaNode,
  out: Record<string, unknown>,
  name: string,
  value: unknown,
  merging: Merging,
): void {
  const list = fieldOf(out, name);
  if (value === null) delete out[name];
  else if (isList(list) && isList(value)) {
    const field = listField(type, name);
    setField(out, name, mergeLists(field, list, value, merging, true));
  }
}

function mergeField(
  type: SchemaNode,
  out: Record<string, unknown>,
  name: string,
  value: unknown,
  merging: Merging,
): void {
  const current = fieldOf(out, name);
  if (value === null) {
    delete out[name];
    if (merging.mode === 'combine') setField(out, name, null);
    return;
  }
  if (isObject(current) && isObject(value)) {
    const { node, strategy } = objectField(type, name);
    setField(out, name, strategy === 'replace' ? value : merging.item(node, current, value));
    return;
  }
  if (isList(current) && isList(value)) {
    const field = listField(type, name);
    setField(
      out,
      name,
      field.strategy === 'merge' ? mergeLists(field, current, value, merging, false) : value,
    );
    return;
  }
  const changesType = current === undefined || goType(current) !== goType(value);
  const kept = clean(value, changesType && merging.mode === 'apply');
  if (kept === undefined) delete out[name];
  else setField(out, name, kept);
}
