import { has, isEmpty, isMember, leaf, paths, union } from '../field-set/field-set.ts';
import type { FieldSet } from '../field-set/field-set.ts';
import { asList, asMap, fieldElement, fieldType, formOf, isBare } from '../merge-type.ts';
import type { Json, MergeList, MergeMap, MergeType } from '../merge-type.ts';
import { itemElement } from './list-items.ts';
import { toFieldSet } from './to-field-set.ts';

/** The value without the fields and items that `set` names. What loses all its content becomes null. */
export const removeItems = (type: MergeType, value: unknown, set: FieldSet): unknown =>
  isEmpty(set) ? value : pick(type, value, set, 'removing');

/**
 * Only what `set` names. With `keys`, items also keep the fields that name them, so that the result can be
 * applied.
 */
export function extractItems(
  type: MergeType,
  value: unknown,
  set: FieldSet,
  { keys = false }: { readonly keys?: boolean } = {},
): unknown {
  return pick(type, value, keys ? withKeys(type, value, set) : set, 'extracting');
}

type Mode = 'removing' | 'extracting';

function pick(type: MergeType, value: unknown, set: FieldSet, mode: Mode): unknown {
  const form = formOf(type, value);
  if (form === 'scalar') return value;
  const whole = mode === 'extracting' ? value : null;
  if (form === 'list') {
    const list = asList(value);
    if (list === undefined) return null;
    return isBare(list) || type.list!.items === 'atomic'
      ? whole
      : pickItems(type.list!, list, set, mode);
  }
  const map = asMap(value);
  if (map === undefined) return null;
  return isBare(map) || type.map!.atomic ? whole : pickFields(type.map!, map, set, mode);
}

/** The set names something below this entry. */
const namesBelow = (entry: FieldSet | undefined): entry is FieldSet => {
  for (const element in entry) if (element !== '.') return true;
  return false;
};

function pickItems(
  list: MergeList,
  items: readonly unknown[],
  set: FieldSet,
  mode: Mode,
): readonly unknown[] | null {
  const out: unknown[] = [];
  for (const item of items) {
    const entry = set[itemElement(list, item)];
    const named = entry !== undefined && isMember(entry);
    if (mode === 'removing' ? named : entry === undefined) continue;
    out.push(namesBelow(entry) ? pick(list.element, item, entry, mode) : item);
  }
  return out.length > 0 ? out : null;
}

function pickFields(map: MergeMap, object: Json, set: FieldSet, mode: Mode): Json | null {
  const out: Record<string, unknown> = {};
  for (const name in object) {
    const value = object[name];
    if (value === undefined) continue;
    const entry = set[fieldElement(map, name)];
    const named = entry !== undefined && isMember(entry);
    if (named && mode === 'removing') continue;
    if (namesBelow(entry)) out[name] = pick(fieldType(map, name), value, entry, mode);
    else if (named) out[name] = pick(fieldType(map, name), value, leaf, mode);
    else if (mode === 'removing') out[name] = value;
  }
  return isBare(out) ? null : out;
}

function withKeys(type: MergeType, value: unknown, set: FieldSet): FieldSet {
  const known = toFieldSet(type, value);
  let keys = set;
  for (const path of paths(set)) {
    if (!has(known, path)) continue;
    path.forEach((element, i) => {
      if (!element.startsWith('k:')) return;
      for (const name in JSON.parse(element.slice(2)) as Json) {
        const chain = [...path.slice(0, i + 1), `f:${name}`];
        keys = union(
          keys,
          chain.reduceRight<FieldSet>((under, step) => ({ [step]: under }), leaf),
        );
      }
    });
  }
  return keys;
}
