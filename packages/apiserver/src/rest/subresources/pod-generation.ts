import type { Pod } from '@coxswain/api/types/core-v1';
import { isSame } from '../equal.ts';

/** A pod whose spec has changed is the next generation of it. */
export function withPodGeneration(next: Pod, before: Pod): Pod {
  if (isSame(next.spec, before.spec)) return next;
  const generation = (before.metadata.generation ?? 0) + 1;
  return { ...next, metadata: { ...next.metadata, generation } };
}
