import type { KubeObject, Resource, Selector } from '@coxswain/api';
import type { Action } from '@coxswain/control';
import { controllerOf, controllerReference } from './owner.ts';

export interface Claim<T extends KubeObject> {
  /** What the owner manages, adopted ones included. */
  readonly claimed: readonly T[];
  /** Patches that adopt and release. */
  readonly actions: readonly Action[];
}

/** Who claims, and what it claims. */
export interface Claimer {
  readonly owner: KubeObject;
  readonly ownerResource: Resource;
  readonly resource: Resource;
  readonly selector: Selector;
  /** Added to what is adopted, taken from what is released. */
  readonly finalizer?: string;
}

/**
 * Sorts out which of `objects` belong to an owner, as upstream's ControllerRefManager: matching orphans are adopted,
 * owned objects that no longer match are released; an owner on its way out does neither.
 */
export function claim<T extends KubeObject>(claimer: Claimer, objects: readonly T[]): Claim<T> {
  const { owner, selector, resource } = claimer;
  const going = owner.metadata.deletionTimestamp !== undefined;
  const claimed: T[] = [];
  const actions: Action[] = [];
  for (const object of objects) {
    const controller = controllerOf(object);
    const matches = selector.matches(object.metadata.labels);
    if (controller) {
      if (controller.uid !== owner.metadata.uid) continue;
      if (matches) claimed.push(object);
      else if (!going) actions.push(patch(resource, object, releasePatch(claimer, object)));
    } else if (matches && !going && object.metadata.deletionTimestamp === undefined) {
      claimed.push(object);
      actions.push(patch(resource, object, adoptPatch(claimer, object)));
    }
  }
  return { claimed, actions };
}

const patch = (resource: Resource, object: KubeObject, change: unknown): Action => ({
  do: 'patch',
  resource,
  object,
  type: 'strategic',
  patch: change,
});

const adoptPatch = (
  { ownerResource, owner, finalizer }: Claimer,
  { metadata }: KubeObject,
): unknown => ({
  metadata: {
    uid: metadata.uid,
    ownerReferences: [controllerReference(ownerResource, owner)],
    ...(finalizer && { finalizers: [finalizer] }),
  },
});

const releasePatch = ({ owner, finalizer }: Claimer, { metadata }: KubeObject): unknown => ({
  metadata: {
    uid: metadata.uid,
    ownerReferences: [{ $patch: 'delete', uid: owner.metadata.uid }],
    ...(finalizer && { '$deleteFromPrimitiveList/finalizers': [finalizer] }),
  },
});
