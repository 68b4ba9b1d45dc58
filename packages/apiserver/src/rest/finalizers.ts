import type { KubeObject } from '@coxswain/api';
import type { Call } from './engine.ts';

/** Finalizers that a namespace keeps in its spec, apart from those of its metadata. */
export function specFinalizers({ served }: Call, object: KubeObject): readonly string[] {
  const { group, resource } = served.resource;
  if (group !== '' || resource !== 'namespaces') return [];
  return (object as { spec?: { finalizers?: readonly string[] } }).spec?.finalizers ?? [];
}

/** Whether an object that is being deleted has just lost its last finalizer, and no grace period runs. */
export function isFinalized(call: Call, next: KubeObject, before: KubeObject): boolean {
  if (!before.metadata.deletionTimestamp) return false;
  if ((next.metadata.finalizers?.length ?? 0) > 0) return false;
  if (specFinalizers(call, next).length > 0) return false;
  return !before.metadata.deletionGracePeriodSeconds;
}
