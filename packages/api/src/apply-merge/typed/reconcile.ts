import type { Element } from '../field-set/element.ts';
import { asMember, isEmpty, leaf } from '../field-set/field-set.ts';
import type { FieldSet, FieldSetDraft } from '../field-set/field-set.ts';
import { deduced } from '../merge-type.ts';
import type { MergeType } from '../merge-type.ts';

type Visit = (type: MergeType, entry: FieldSet) => FieldSet;

/** The type of what an element leads to; undefined where the type does not know it. */
function typeAt(type: MergeType, element: Element): MergeType | undefined {
  if (element.startsWith('f:'))
    return type.map?.fields.get(element.slice(2))?.type ?? type.map?.element;
  return type.list?.element;
}

/** The same set with `visit` applied to each entry whose type is known. */
function mapEntries(type: MergeType, set: FieldSet, visit: Visit): FieldSet {
  let out: FieldSetDraft | undefined;
  for (const element in set) {
    const inner = element === '.' ? undefined : typeAt(type, element);
    if (inner === undefined) continue;
    const entry = visit(inner, set[element]!);
    if (entry !== set[element]) (out ??= { ...set })[element] = entry;
  }
  return out ?? set;
}

/** The set as the schema of today would write it: what became atomic is owned as a whole. */
export const reconcile = (type: MergeType, set: FieldSet): FieldSet =>
  mapEntries(type, set, reconcileEntry);

function reconcileEntry(type: MergeType, entry: FieldSet): FieldSet {
  if (isEmpty(entry)) return entry;
  const { map, list } = type;
  if (map !== undefined) {
    if (map.element === deduced && map.fields.size === 0) return entry;
    return map.atomic ? leaf : mapEntries(type, entry, reconcileEntry);
  }
  if (type.scalar !== undefined || list === undefined) return entry;
  return list.items === 'atomic' ? leaf : mapEntries(type, entry, reconcileEntry);
}

/** The set with every declared field that leads to a member being a member itself: structs that would be left empty. */
export function withNamedFields(type: MergeType, set: FieldSet): FieldSet {
  let out: FieldSetDraft | undefined;
  for (const element in set) {
    if (element === '.') continue;
    const entry = set[element]!;
    const inner = typeAt(type, element);
    const below = inner === undefined ? entry : withNamedFields(inner, entry);
    const declared = element.startsWith('f:') && type.map?.fields.has(element.slice(2)) === true;
    const named = declared ? asMember(below) : below;
    if (named !== entry) (out ??= { ...set })[element] = named;
  }
  return out ?? set;
}
