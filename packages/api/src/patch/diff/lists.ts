import { sameValue } from '../json.ts';
import type { JsonList, JsonObject } from '../json.ts';
import { directive } from '../strategic-directives.ts';
import { itemType, nameOf } from '../strategic-lists.ts';
import type { Wanted } from './strategic.ts';

/** What a patch says of a list. */
export interface ListDiff {
  readonly items: JsonList;
  readonly deleted: JsonList;
  readonly order: JsonList;
}

/** The order in which Go prints values. */
export const byText = (a: unknown, b: unknown): number =>
  String(a) === String(b) ? 0 : String(a) < String(b) ? -1 : 1;

/** The difference of lists of objects with a merge key. */
export function diffItems(
  before: JsonList,
  after: JsonList,
  mergeKey: string,
  wanted: Wanted,
  diff: (before: JsonObject, after: JsonObject) => JsonObject,
): ListDiff {
  itemType(before, after);
  const old = new Map(before.map((item) => [nameOf(item, mergeKey), item as JsonObject]));
  const names = after.map((item) => nameOf(item, mergeKey));
  const items: JsonObject[] = [];
  for (const item of after as readonly JsonObject[]) {
    const name = nameOf(item, mergeKey);
    const previous = old.get(name);
    if (previous === undefined) {
      if (wanted.changes) items.push(item);
      continue;
    }
    const patch = diff(previous, item);
    if (Object.keys(patch).length > 0) items.push({ ...patch, [mergeKey]: name });
  }
  const gone = [...old.keys()].filter((name) => !names.includes(name));
  if (wanted.deletions)
    for (const name of gone.toSorted(byText))
      items.push({ [directive]: 'delete', [mergeKey]: name });
  const moved =
    wanted.changes &&
    !sameValue(
      before.map((item) => nameOf(item, mergeKey)),
      names,
    );
  const order = moved || items.length > 0 ? names.map((name) => ({ [mergeKey]: name })) : [];
  return { items, deleted: [], order };
}

/** The difference of lists of scalars that merge as sets. */
export function diffScalars(before: JsonList, after: JsonList, wanted: Wanted): ListDiff {
  itemType(before, after);
  const items = wanted.changes ? after.filter((item) => !before.includes(item)) : [];
  const gone = before.filter((item) => !after.includes(item));
  const deleted = wanted.deletions ? [...new Set(gone)].toSorted(byText) : [];
  const reorders = wanted.changes && !sameValue(before, after);
  return { items, deleted, order: reorders || deleted.length > 0 ? after : [] };
}
