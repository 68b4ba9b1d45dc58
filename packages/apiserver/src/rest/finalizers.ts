import { formatTime, type KubeObject } from '@coxswain/api';
import type { Namespace } from '@coxswain/api/types/core-v1';
import type { Call } from './engine.ts';
import { withMeta } from './object-meta.ts';

/** Finalizers that a namespace keeps in its spec, apart from those of its metadata. */
export function specFinalizers({ served }: Call, object: KubeObject): readonly string[] {
  const { group, resource } = served.resource;
  if (group !== '' || resource !== 'namespaces') return [];
  return (object as { spec?: { finalizers?: readonly string[] } }).spec?.finalizers ?? [];
}

/** A namespace on its way out: its controller empties it and then takes its finalizer away. */
export function terminating({ engine }: Call, namespace: KubeObject): KubeObject {
  if (namespace.metadata.deletionTimestamp) return namespace;
  const deletionTimestamp = formatTime(engine.world.clock.now());
  const { status } = namespace as Namespace;
  const marked = withMeta(namespace, { deletionTimestamp });
  return { ...marked, status: { ...status, phase: 'Terminating' } } as Namespace;
}

/** Whether an object that is being deleted has just lost its last finalizer, and no grace period runs. */
export function isFinalized(call: Call, next: KubeObject, before: KubeObject): boolean {
  if (!before.metadata.deletionTimestamp) return false;
  if ((next.metadata.finalizers?.length ?? 0) > 0) return false;
  if (specFinalizers(call, next).length > 0) return false;
  return !before.metadata.deletionGracePeriodSeconds;
}
