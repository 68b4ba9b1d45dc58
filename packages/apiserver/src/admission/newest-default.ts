import type { KubeObject } from '@coxswain/api';

/** Of several defaults, the one made last; of those made at once, the first by name. */
export function newestDefault<T extends KubeObject>(
  all: Iterable<T>,
  isDefault: (one: T) => boolean,
): T | undefined {
  let best: T | undefined;
  for (const one of all) if (isDefault(one) && (!best || isNewer(one, best))) best = one;
  return best;
}

function isNewer({ metadata: a }: KubeObject, { metadata: b }: KubeObject): boolean {
  const [made, other] = [a.creationTimestamp ?? '', b.creationTimestamp ?? ''];
  return made === other ? a.name < b.name : made > other;
}
