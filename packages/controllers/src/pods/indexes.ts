import type { Pod } from '@coxswain/api/types/core-v1';

/** Pods by the node they are bound to. */
export const podsByNode = (pod: Pod): readonly string[] =>
  pod.spec?.nodeName ? [pod.spec.nodeName] : [];

/** Names of the claims that a pod's volumes are, those made for it too. */
export const claimNames = ({ metadata, spec }: Pod): readonly string[] =>
  (spec?.volumes ?? []).flatMap(({ name, persistentVolumeClaim, ephemeral }) => [
    ...(persistentVolumeClaim ? [persistentVolumeClaim.claimName] : []),
    ...(ephemeral ? [`${metadata.name}-${name}`] : []),
  ]);

/** Pods by the keys of their claims. */
export const podsByClaim = (pod: Pod): readonly string[] =>
  claimNames(pod).map((name) => `${pod.metadata.namespace}/${name}`);
