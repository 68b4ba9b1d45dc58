import type { PersistentVolumeClaim, Pod } from '@coxswain/api/types/core-v1';
import { claimsOf } from '@coxswain/api/volumes';

/** Whether a volume of `pod` stands for `claim`; `named`: those that name it alone, not those that the pod carries inside it. */
export const usesClaim = (
  pod: Pod,
  { metadata: { name, namespace } }: PersistentVolumeClaim,
  which: 'named' | 'any',
): boolean =>
  namespace === pod.metadata.namespace &&
  claimsOf(pod).some(({ claim, isOwn }) => claim === name && (which === 'any' || !isOwn));
