import { badRequest } from '../status/index.ts';
import { fieldOf, isList, isObject, setField } from './json.ts';
import type { JsonObject } from './json.ts';

/** RFC 7386 as upstream reads it. A patch that is no object is a 400. */
export function applyMergePatch(object: JsonObject, patch: unknown): unknown {
  if (patch === null) throw badRequest('Invalid JSON Patch');
  if (!isObject(patch)) throw badRequest(`error decoding patch: ${noMap(patch)}`);
  return merge(object, patch);
}

function merge(object: JsonObject, patch: JsonObject): JsonObject {
  const out: Record<string, unknown> = { ...object };
  for (const [name, value] of Object.entries(patch)) {
    const current = fieldOf(out, name);
    if (value === null) delete out[name];
    else if (!isObject(current)) setField(out, name, withoutNulls(value));
    else setField(out, name, isObject(value) ? merge(current, value) : value);
  }
  return out;
}

/** What Go says of a value that is no map. */
export function noMap(value: unknown): string {
  const what = isList(value) ? 'array' : typeof value;
  return `json: cannot unmarshal ${what === 'boolean' ? 'bool' : what} into Go value of type map[string]interface {}`;
}

/** Nulls of objects go; those of lists are values. */
function withoutNulls(value: unknown): unknown {
  if (isList(value)) return value.map(withoutNulls);
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([, item]) => item !== null);
  return Object.fromEntries(kept.map(([name, item]) => [name, withoutNulls(item)]));
}
