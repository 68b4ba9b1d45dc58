import type { Pod, PodResourceClaim } from '@coxswain/api/types/core-v1';
import type { ResourceClaim } from '@coxswain/api/types/resource-v1';
import { isTerminated, isTerminating } from '../pods/state.ts';

/** Names the entry of a pod's `resourceClaims` that a claim was made for. */
export const entryAnnotation = 'resource.kubernetes.io/pod-claim-name';
/** Keeps a claim with devices from going before they are given back. */
export const finalizer = 'resource.kubernetes.io/delete-protection';

/** The claim that an entry stands for; undefined while there is none, and where it was found that none is needed. */
export const claimNameOf = (
  { status }: Pod,
  { name, resourceClaimName }: PodResourceClaim,
): string | undefined =>
  resourceClaimName ??
  status?.resourceClaimStatuses?.find((each) => each.name === name)?.resourceClaimName;

/** Keys of all claims of a pod, that for extended resources too. */
export function podClaimKeys(pod: Pod): readonly string[] {
  const names = (pod.spec?.resourceClaims ?? []).map((entry) => claimNameOf(pod, entry));
  const extended = pod.status?.extendedResourceClaimStatus?.resourceClaimName;
  return [...names, extended].flatMap((name) =>
    name === undefined ? [] : [`${pod.metadata.namespace}/${name}`],
  );
}

/** It runs nothing any more and never will. */
export const isDone = (pod: Pod): boolean =>
  isTerminated(pod) || (isTerminating(pod) && !pod.spec?.nodeName);

export const isOwnedBy = ({ metadata }: ResourceClaim, pod: Pod): boolean =>
  metadata.ownerReferences?.some(({ controller, uid }) => controller && uid === pod.metadata.uid) ??
  false;
