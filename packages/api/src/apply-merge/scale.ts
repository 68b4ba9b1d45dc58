import type { Element } from './field-set/element.ts';
import { difference, fieldSet, has } from './field-set/field-set.ts';
import { decodeManaged, encodeManaged, withSet } from './managed.ts';
import type { Managed, Owner } from './managed.ts';
import type { ManagedFields } from './update.ts';

/** Where each version of a kind keeps its replicas, as `['f:spec', 'f:replicas']`; null where it has none. */
export type ReplicasPaths = Readonly<Record<string, readonly Element[] | null>>;

const scaleVersion = 'autoscaling/v1';
const inScale: readonly Element[] = ['f:spec', 'f:replicas'];

/** The managedFields of the Scale of an object: those who own its replicas. */
export function scaleManagedFields(entries: ManagedFields, replicas: ReplicasPaths): ManagedFields {
  const scale: Managed = new Map();
  for (const [id, owner] of decodeManaged(entries)) {
    const path = replicas[owner.apiVersion];
    if (!path || !has(owner.set, path)) continue;
    scale.set(id, { ...owner, apiVersion: scaleVersion, set: fieldSet([inScale]) });
  }
  return encodeManaged(scale);
}

/** The managedFields of the object of version `apiVersion` after its Scale, with `scaleEntries`, was written. */
export function parentManagedFields(
  entries: ManagedFields,
  scaleEntries: ManagedFields,
  apiVersion: string,
  replicas: ReplicasPaths,
): ManagedFields {
  const scale = new Map(decodeManaged(scaleEntries));
  const owners = decodeManaged(entries);
  const parent: Managed = new Map();
  for (const [id, owner] of owners) {
    const path = replicas[owner.apiVersion];
    if (path === undefined) continue;
    const left = path === null || scale.has(id) ? owner : withoutPath(owner, path);
    if (left !== undefined) parent.set(id, left);
    if (path !== null && has(owner.set, path)) scale.delete(id);
  }
  const own = replicas[apiVersion];
  // Upstream gives a writer of the Scale alone no time.
  for (const [id, owner] of scale)
    if (own && has(owner.set, inScale))
      parent.set(id, { ...owner, apiVersion, time: owners.get(id)?.time, set: fieldSet([own]) });
  return encodeManaged(parent);
}

function withoutPath(owner: Owner, path: readonly Element[]): Owner | undefined {
  return withSet(owner, difference(owner.set, fieldSet([path])));
}
