import { ControllerRevisions, type KubeObject, type Resource } from '@coxswain/api';
import type { ControllerRevision } from '@coxswain/api/types/apps-v1';
import type { PodTemplateSpec } from '@coxswain/api/types/core-v1';
import type { Action } from '@coxswain/control';
import { hashText } from '../objects/hash.ts';
import { controllerReference } from '../objects/owner.ts';
import { same } from '../objects/same.ts';
import { createdMs } from '../objects/time.ts';

export const revisionHashKey: string = 'controller-revision-hash';
/** The label that names the hash of a StatefulSet's snapshots, whose pods carry the snapshot's name instead. */
export const historyHashKey: string = 'controller.kubernetes.io/hash';

/** The snapshots of an object's template, the one of the present template apart. */
export interface History {
  readonly current: ControllerRevision | undefined;
  readonly old: readonly ControllerRevision[]; // oldest first
  readonly next: number; // the revision that the present template should have
}

const dataOf = (template: PodTemplateSpec | undefined): unknown => ({
  spec: { template: { ...template, $patch: 'replace' } },
});

/** A value with the fields of its objects in order: `kubectl rollout undo` compares snapshots by their bytes. */
function byName(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(byName);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(fields.map(([name, inner]) => [name, byName(inner)]));
}

export function historyOf(
  template: PodTemplateSpec | undefined,
  revisions: readonly ControllerRevision[],
): History {
  const data = dataOf(template);
  const sorted = revisions.toSorted(
    (a, b) => a.revision - b.revision || createdMs(a) - createdMs(b),
  );
  const current = sorted.findLast((each) => same(each.data, data));
  const old = sorted.filter((each) => each !== current);
  return { current, old, next: Math.max(0, ...old.map(({ revision }) => revision)) + 1 };
}

/** Makes the snapshot of the present template the newest; nothing where it is. A hash that another template has is salted. */
export function newest(
  { current, next }: History,
  owner: KubeObject,
  resource: Resource,
  template: PodTemplateSpec | undefined,
  collisionCount: number | undefined,
  hashKey: string = revisionHashKey,
): readonly Action[] {
  if (current) {
    if (current.revision >= next) return [];
    const object = { ...current, revision: next } as ControllerRevision;
    return [{ do: 'update', resource: ControllerRevisions, object }];
  }
  const hash = hashText(template, collisionCount);
  const { name, namespace } = owner.metadata;
  const object = {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name: `${name}-${hash}`,
      namespace,
      labels: { ...template?.metadata?.labels, [hashKey]: hash },
      ...(owner.metadata.annotations && { annotations: owner.metadata.annotations }),
      ownerReferences: [controllerReference(resource, owner)],
    },
    data: byName(dataOf(template)),
    revision: next,
  } as ControllerRevision;
  return [{ do: 'create', resource: ControllerRevisions, object }];
}

/** The template that a snapshot holds. */
export function templateOf({ data }: ControllerRevision): PodTemplateSpec {
  const held = (data as { readonly spec: { readonly template: object } }).spec.template;
  const { $patch: _patch, ...template } = held as PodTemplateSpec & { readonly $patch?: string };
  return template as PodTemplateSpec;
}

/** Deletes the oldest `count` snapshots that are not in use. */
export const surplus = (
  old: readonly ControllerRevision[],
  count: number,
  inUse: (revision: ControllerRevision) => boolean,
): readonly Action[] =>
  old
    .filter((revision) => !inUse(revision))
    .slice(0, Math.max(0, count))
    .map((object) => ({ do: 'remove', resource: ControllerRevisions, object }));
