import { difference, fieldSet, union } from './field-set/field-set.ts';
import type { FieldSet } from './field-set/field-set.ts';
import { identifier, updateOwnersMax, withSet } from './managed.ts';
import type { Managed, Owner } from './managed.ts';
import type { Compare, Convert, Versioned } from './object-type.ts';
import { sameVersion } from './object-type.ts';
import type { Comparison } from './typed/compare.ts';
import { reconcile } from './typed/reconcile.ts';

/** What nobody owns: names and what the server itself keeps. */
const unowned: FieldSet = fieldSet([
  ['f:apiVersion'],
  ['f:kind'],
  ['f:metadata'],
  ...[
    ...['name', 'namespace', 'creationTimestamp', 'selfLink', 'uid', 'clusterName', 'generation'],
    ...['managedFields', 'resourceVersion'],
  ].map((name) => ['f:metadata', `f:${name}`]),
]);

/** The set without what nobody owns. */
export const owned = (set: FieldSet): FieldSet => difference(set, unowned);

/** Brings the sets up to today's schema; writers of versions that are no longer served go. Each set is looked at once. */
export function reconcileOwners(managed: Managed, live: Versioned, convert: Convert): void {
  for (const [id, owner] of managed) {
    const same = convert === sameVersion || owner.apiVersion === live.apiVersion;
    const at = same ? live : convert(live, owner.apiVersion);
    if (at === undefined) {
      managed.delete(id);
      continue;
    }
    if (owner.agrees === at.type.merge) continue;
    const set = reconcile(at.type.merge, owner.set);
    if (set === owner.set) owner.agrees = at.type.merge;
    else managed.set(id, { ...owner, set });
  }
}

/**
 * Takes from all writers what a write changed or removed; `self`, who made it, loses only what it removed.
 * Writers of versions that are no longer served go.
 */
export function dispossess(managed: Managed, compare: Compare, self: string): void {
  for (const [id, owner] of managed) {
    const found = compare(owner.apiVersion);
    const left =
      found === undefined ? undefined : withSet(owner, remaining(owner, found, id === self));
    if (left === undefined) managed.delete(id);
    else if (left !== owner) managed.set(id, left);
  }
}

function remaining({ set }: Owner, { changed, removed }: Comparison, self: boolean): FieldSet {
  return difference(self ? set : difference(set, changed), removed);
}

/** Notes that a plain write set the fields of `writer`: they add to what it owned. */
export function possess(managed: Managed, id: string, writer: Owner): void {
  const before = managed.get(id);
  if (before === undefined) return void managed.set(id, writer);
  const agrees = before.agrees === writer.agrees ? writer.agrees : undefined;
  managed.set(id, { ...writer, set: union(before.set, writer.set), agrees });
}

/** Joins the oldest plain writers of a version under one name while there are too many. */
export function capOwners(managed: Managed): void {
  if (managed.size <= updateOwnersMax) return;
  const updaters = [...managed].filter(([, owner]) => owner.operation === 'Update');
  let count = updaters.length;
  if (count <= updateOwnersMax) return;
  const first = new Map<string, string>();
  for (const [id, owner] of updaters.toSorted(olderFirst)) {
    if (count <= updateOwnersMax) return;
    const { apiVersion, operation, time } = owner;
    const bucket = { manager: 'ancient-changes', operation, apiVersion, subresource: '' };
    const bucketId = identifier(bucket);
    const firstId = first.get(apiVersion);
    if (firstId === undefined) {
      first.set(apiVersion, id);
      continue;
    }
    if (id === bucketId) continue;
    const held = managed.get(bucketId) ?? managed.get(firstId)!;
    if (!managed.has(bucketId)) managed.delete(firstId);
    managed.delete(id);
    managed.set(bucketId, { ...bucket, time, set: union(owner.set, held.set) });
    count--;
  }
}

function olderFirst(
  [a, { time: aTime }]: [string, Owner],
  [b, { time: bTime }]: [string, Owner],
): number {
  const left = aTime ?? '';
  const right = bTime ?? '';
  return left === right ? (a < b ? -1 : 1) : left < right ? -1 : 1;
}
