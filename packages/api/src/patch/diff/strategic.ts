import type { SchemaNode } from '../../schema/node.ts';
import { fieldOf, goType, isList, isObject, sameValue, setField } from '../json.ts';
import type { JsonList, JsonObject } from '../json.ts';
import { deletesItems, directive, ordersItems, retainKeys } from '../strategic-directives.ts';
import { listField, objectField } from '../strategic-schema.ts';
import { mergeStrategic } from '../strategic.ts';
import { byText, diffItems, diffScalars } from './lists.ts';

/** Which half of a difference is wanted. */
export interface Wanted {
  readonly changes: boolean;
  readonly deletions: boolean;
}

/** The strategic merge patch that makes `modified` of `original`. Throws ApiError with upstream's words. */
export const createStrategicPatch = (
  type: SchemaNode,
  original: JsonObject,
  modified: JsonObject,
): JsonObject => diffObjects(type, original, modified, { changes: true, deletions: true }, false);

/**
 * The strategic merge patch that brings `current` to `modified`, and takes out what `original`, which was applied
 * last, had and `modified` has no more. What only `current` has stays.
 */
export function createThreeWayStrategicPatch(
  type: SchemaNode,
  original: JsonObject,
  modified: JsonObject,
  current: JsonObject,
): JsonObject {
  const changes = diffObjects(type, current, modified, { changes: true, deletions: false }, false);
  const deletions = diffObjects(
    type,
    original,
    modified,
    { changes: false, deletions: true },
    false,
  );
  return mergeStrategic(type, deletions, changes, 'combine');
}

function diffObjects(
  type: SchemaNode,
  original: JsonObject,
  modified: JsonObject,
  wanted: Wanted,
  retains: boolean,
): JsonObject {
  const patch: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(modified)) {
    const before = fieldOf(original, name);
    if (name !== directive && isObject(before) && isObject(value))
      diffObjectField(type, patch, name, [before, value], wanted);
    else if (isList(before) && isList(value))
      diffListField(type, patch, name, [before, value], wanted);
    else if (wanted.changes && (goType(before) !== goType(value) || !sameValue(before, value)))
      setField(patch, name, value);
  }
  if (wanted.deletions)
    for (const name of Object.keys(original))
      if (fieldOf(modified, name) === undefined) setField(patch, name, null);
  if (retains) retain(patch, original, modified);
  return patch;
}

/** A union says which of its fields are left, so that the others go. */
function retain(patch: Record<string, unknown>, original: JsonObject, modified: JsonObject): void {
  const kept = Object.keys(modified).filter((name) => modified[name] !== null);
  const drops = Object.entries(original).some(
    ([name, value]) => value !== null && fieldOf(modified, name) === undefined,
  );
  if (kept.length > 0 && (drops || Object.keys(patch).length > 0))
    patch[retainKeys] = kept.toSorted(byText);
}

type Pair<T> = readonly [before: T, after: T];

function diffObjectField(
  type: SchemaNode,
  patch: Record<string, unknown>,
  name: string,
  [before, after]: Pair<JsonObject>,
  wanted: Wanted,
): void {
  if (sameValue(before, after)) return;
  const { node, strategy, retainKeys: retains } = objectField(type, name);
  if (strategy === 'replace') {
    if (wanted.changes) setField(patch, name, after);
    return;
  }
  const inner = diffObjects(node, before, after, wanted, retains);
  if (Object.keys(inner).length > 0) setField(patch, name, inner);
}

function diffListField(
  type: SchemaNode,
  patch: Record<string, unknown>,
  name: string,
  [before, after]: Pair<JsonList>,
  wanted: Wanted,
): void {
  if (sameValue(before, after)) return;
  const field = listField(type, name);
  if (field.strategy !== 'merge') {
    if (wanted.changes) setField(patch, name, after);
    return;
  }
  if (before.length === 0) {
    if (wanted.changes) setField(patch, name, after);
    return;
  }
  const itemDiff = (a: JsonObject, b: JsonObject): JsonObject =>
    diffObjects(field.node, a, b, wanted, field.retainKeys);
  const found = isObject(before[0])
    ? diffItems(before, after, field.mergeKey, wanted, itemDiff)
    : diffScalars(before, after, wanted);
  if (found.items.length > 0) setField(patch, name, found.items);
  if (found.deleted.length > 0) setField(patch, `${deletesItems}/${name}`, found.deleted);
  if (found.order.length > 0) setField(patch, `${ordersItems}/${name}`, found.order);
}
