import { groupVersion, type KubeObject, type Resource } from '@coxswain/api';
import type { Observed } from '@coxswain/control';
import type { OwnerReference } from '@coxswain/api/types/meta';

/** The reference to the one owner that manages `object`. */
export const controllerOf = (object: KubeObject): OwnerReference | undefined =>
  object.metadata.ownerReferences?.find(({ controller }) => controller);

/** What an object created or adopted for `owner` carries. */
export const controllerReference = (resource: Resource, owner: KubeObject): OwnerReference => ({
  apiVersion: groupVersion(resource),
  kind: resource.kind,
  name: owner.metadata.name,
  uid: owner.metadata.uid ?? '',
  controller: true,
  blockOwnerDeletion: true,
});

/** The key of the controller of kind `kind` that `object` names, to wake it. */
export function controllerKeys(
  { kind, group }: Resource,
  ...states: readonly (KubeObject | undefined)[]
): Iterable<string> {
  const keys = new Set<string>();
  for (const object of states) {
    const owner = object && controllerOf(object);
    if (owner?.kind !== kind || groupOf(owner.apiVersion) !== group) continue;
    keys.add(`${object!.metadata.namespace}/${owner.name}`);
  }
  return keys;
}

const groupOf = (apiVersion: string): string =>
  apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';

/** An index of the objects that nobody manages, by namespace: those that a selector may adopt. */
export const orphans = (object: KubeObject): readonly string[] =>
  controllerOf(object) ? [] : [object.metadata.namespace ?? ''];

/** What `owner` manages, and the orphans that it might adopt. */
export const claimable = <T extends KubeObject>(
  observed: Pick<Observed, 'owned' | 'by'>,
  resource: Resource<T>,
  owner: KubeObject,
): readonly T[] => [
  ...observed.owned(resource, owner),
  ...observed.by(resource, 'orphans', owner.metadata.namespace ?? ''),
];
