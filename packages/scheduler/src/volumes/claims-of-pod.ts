import type { PersistentVolumeClaim, Pod } from '@coxswain/api/types/core-v1';
import { bindCompleted, claimsOf, classOf, isDelayed, notOwned } from '@coxswain/api/volumes';
import type { Storage } from '../framework/storage.ts';

/** The claims of a pod as its place depends on them. */
export interface PodClaims {
  readonly bound: readonly PersistentVolumeClaim[];
  /** Without a volume, which is chosen or made when the node is known. */
  readonly delayed: readonly PersistentVolumeClaim[];
  /** That should have a volume by now. */
  readonly immediate: readonly PersistentVolumeClaim[];
}

/** Whether claim and volume are brought together, and both say so. */
export const isBound = ({ metadata, spec }: PersistentVolumeClaim): boolean =>
  Boolean(spec.volumeName) && metadata.annotations?.[bindCompleted] !== undefined;

/** The claims of `pod`, or why it has to wait for one of them; undefined when it has none. */
export function podClaims(pod: Pod, storage: Storage): PodClaims | string | undefined {
  const uses = claimsOf(pod);
  if (uses.length === 0) return undefined;
  const bound: PersistentVolumeClaim[] = [];
  const delayed: PersistentVolumeClaim[] = [];
  const immediate: PersistentVolumeClaim[] = [];
  for (const { claim: name, isOwn } of uses) {
    const claim = storage.claim(name, pod.metadata.namespace);
    if (!claim)
      return isOwn
        ? `waiting for ephemeral volume controller to create the persistentvolumeclaim "${name}"`
        : `persistentvolumeclaim "${name}" not found`;
    if (claim.status?.phase === 'Lost')
      return `persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${claim.spec.volumeName}"`;
    if (claim.metadata.deletionTimestamp) return `persistentvolumeclaim "${name}" is being deleted`;
    const stranger = isOwn ? notOwned(claim, pod) : undefined;
    if (stranger !== undefined) return stranger;
    const isDelayable = isDelayed(storage.storageClass(classOf(claim))) && !claim.spec.volumeName;
    (isBound(claim) ? bound : isDelayable ? delayed : immediate).push(claim);
  }
  return { bound, delayed, immediate };
}
