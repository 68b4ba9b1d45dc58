import type { Pod } from '@coxswain/api/types/core-v1';

/** Pods by the node they are bound to. */
export const podsByNode = (pod: Pod): readonly string[] =>
  pod.spec?.nodeName ? [pod.spec.nodeName] : [];
