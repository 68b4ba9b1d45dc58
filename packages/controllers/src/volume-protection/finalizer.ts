import type { KubeObject, Resource } from '@coxswain/api';
import type { Plan } from '@coxswain/control';

/** Keeps `finalizer` on an object while it lives, and after its deletion for as long as it is used. */
export function protect<T extends KubeObject>(
  resource: Resource<T>,
  object: T | undefined,
  finalizer: string,
  isUsed: (object: T) => boolean,
): Plan {
  if (!object) return { actions: [] };
  const { metadata } = object;
  const has = metadata.finalizers?.includes(finalizer) ?? false;
  const with_ = (finalizers: readonly string[]): Plan => ({
    actions: [
      { do: 'update', resource, object: { ...object, metadata: { ...metadata, finalizers } } },
    ],
  });
  if (!metadata.deletionTimestamp)
    return has ? { actions: [] } : with_([...(metadata.finalizers ?? []), finalizer]);
  if (!has) return { actions: [] };
  if (isUsed(object)) return { actions: [], why: [{ verdict: 'in use', facts: { finalizer } }] };
  return with_(metadata.finalizers!.filter((each) => each !== finalizer));
}
