import { difference, intersection, isEmpty, union } from './field-set/field-set.ts';
import type { FieldSet } from './field-set/field-set.ts';
import type { Managed, Owner } from './managed.ts';
import type { Convert, Versioned } from './object-type.ts';
import { withNamedFields } from './typed/reconcile.ts';
import { removeItems } from './typed/remove.ts';
import { toFieldSet } from './typed/to-field-set.ts';

const setOf = ({ type, object }: Versioned): FieldSet =>
  withNamedFields(type.merge, toFieldSet(type.merge, object));

const without = (from: Versioned, set: FieldSet): Versioned => ({
  ...from,
  object: removeItems(from.type.merge, from.object, set) as Versioned['object'],
});

/**
 * The merged object without the fields that the applier owned before (`last`) and no longer states. What another
 * writer owns stays, and so do items that hold something nobody asked to remove. Throws TypedError.
 */
export function prune(
  merged: Versioned,
  managed: Managed,
  last: Owner | undefined,
  convert: Convert,
): Versioned {
  if (last === undefined || isEmpty(last.set)) return merged;
  const at = convert(merged, last.apiVersion);
  if (at === undefined) return merged;
  const all = withNamedFields(at.type.merge, last.set);
  const bare = without(at, all);
  const kept = addOwned(at, bare, managed, convert);
  const pruned = addDangling(at, kept, all, convert);
  return convert(pruned, merged.apiVersion) ?? merged;
}

/** Puts back what somebody owns: first as seen in the version at hand, then in all others. */
function addOwned(
  merged: Versioned,
  bare: Versioned,
  managed: Managed,
  convert: Convert,
): Versioned {
  const owned = new Map<string, FieldSet>([[merged.apiVersion, {}]]);
  for (const { apiVersion, set } of managed.values())
    owned.set(apiVersion, union(owned.get(apiVersion) ?? {}, set));
  let full = merged;
  let kept = bare;
  for (const [apiVersion, set] of owned) {
    const fullAt = convert(full, apiVersion);
    const keptAt = convert(kept, apiVersion);
    if (fullAt === undefined || keptAt === undefined) continue;
    const held = union(setOf(keptAt), withNamedFields(fullAt.type.merge, set));
    full = fullAt;
    kept = without(fullAt, difference(setOf(fullAt), held));
  }
  return kept;
}

/** Puts back what was lost with its surroundings though the applier never owned it. */
function addDangling(
  merged: Versioned,
  kept: Versioned,
  last: FieldSet,
  convert: Convert,
): Versioned {
  const at = convert(kept, merged.apiVersion);
  if (at === undefined) return merged;
  return without(merged, intersection(difference(setOf(merged), setOf(at)), last));
}
