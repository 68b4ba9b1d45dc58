import type { KubeObject, Resource } from '@coxswain/api';
import type { Plan } from '@coxswain/control';

/** Keeps `finalizer` on an object while it lives, and after its deletion for as long as something uses it, which `usedBy` names. */
export function protect<T extends KubeObject>(
  resource: Resource<T>,
  object: T | undefined,
  finalizer: string,
  usedBy: (object: T) => string | undefined,
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
  const by = usedBy(object);
  if (by !== undefined)
    return { actions: [], why: [{ verdict: 'in use', facts: { finalizer, by } }] };
  return with_(metadata.finalizers!.filter((each) => each !== finalizer));
}
