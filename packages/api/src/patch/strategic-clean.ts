import { isList, isObject, setField } from './json.ts';
import { directive } from './strategic-directives.ts';

/** A new value without what only speaks to the patch; undefined where nothing is left. */
export function clean(value: unknown, dropNulls: boolean): unknown {
  if (isList(value))
    return value.map((item) => clean(item, dropNulls)).filter((item) => item !== undefined);
  if (!isObject(value)) return value;
  if (Object.hasOwn(value, directive)) return undefined;
  const out: Record<string, unknown> = {};
  for (const [name, item] of Object.entries(value)) {
    if (dropNulls && item === null) continue;
    const kept = clean(item, dropNulls);
    if (kept !== undefined) setField(out, name, kept);
  }
  return out;
}
