import { fieldOf, isObject, sameValue, setField } from '../json.ts';
import type { JsonObject } from '../json.ts';

/** The JSON merge patch that makes `modified` of `original`. */
export function createMergePatch(original: JsonObject, modified: JsonObject): JsonObject {
  const patch: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(modified)) {
    const before = fieldOf(original, name);
    if (isObject(before) && isObject(value)) {
      const inner = createMergePatch(before, value);
      if (Object.keys(inner).length > 0) setField(patch, name, inner);
    } else if (before === undefined || !sameValue(before, value)) setField(patch, name, value);
  }
  for (const name of Object.keys(original))
    if (fieldOf(modified, name) === undefined) setField(patch, name, null);
  return patch;
}

/**
 * The JSON merge patch that brings `current` to `modified`, and takes out what `original`, which was applied last,
 * had and `modified` has no more. What only `current` has stays.
 */
export function createThreeWayMergePatch(
  original: JsonObject,
  modified: JsonObject,
  current: JsonObject,
): JsonObject {
  const changes = withoutDeletions(createMergePatch(current, modified));
  return join(onlyDeletions(createMergePatch(original, modified)), changes);
}

function withoutDeletions(patch: JsonObject): JsonObject {
  const out: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) continue;
    if (!isObject(value) || Object.keys(value).length === 0) setField(out, name, value);
    else setWhereFilled(out, name, withoutDeletions(value));
  }
  return out;
}

function onlyDeletions(patch: JsonObject): JsonObject {
  const out: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) setField(out, name, null);
    else if (isObject(value)) setWhereFilled(out, name, onlyDeletions(value));
  }
  return out;
}

function setWhereFilled(out: Record<string, unknown>, name: string, value: JsonObject): void {
  if (Object.keys(value).length > 0) setField(out, name, value);
}

function join(deletions: JsonObject, changes: JsonObject): JsonObject {
  const out: Record<string, unknown> = { ...deletions };
  for (const [name, value] of Object.entries(changes)) {
    const deleted = fieldOf(out, name);
    setField(out, name, isObject(deleted) && isObject(value) ? join(deleted, value) : value);
  }
  return out;
}
