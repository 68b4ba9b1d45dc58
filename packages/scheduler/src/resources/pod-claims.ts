import type { Pod } from '@coxswain/api/types/core-v1';
import type { ResourceClaim } from '@coxswain/api/types/resource-v1';
import type { Devices } from '../framework/devices.ts';

/** The claims that a pod names or had made, or why they are not all there. */
export function claimsOfPod(
  { metadata, spec, status }: Pod,
  devices: Devices,
): readonly ResourceClaim[] | string {
  const { namespace, name: podName, uid } = metadata;
  const claims: ResourceClaim[] = [];
  for (const { name, resourceClaimName, resourceClaimTemplateName } of spec.resourceClaims ?? []) {
    if (resourceClaimName === undefined && resourceClaimTemplateName === undefined)
      return `pod "${namespace}/${podName}", spec.resourceClaim "${name}": none of the supported fields are set`;
    const made = status?.resourceClaimStatuses?.find((each) => each.name === name);
    if (resourceClaimName === undefined && !made)
      return `pod "${namespace}/${podName}": ResourceClaim not created yet`;
    const of = resourceClaimName ?? made!.resourceClaimName;
    if (of === undefined) continue; // it was found that none is needed
    const claim = devices.claim(of, namespace);
    if (!claim) return `could not find ResourceClaim "${namespace}/${of}"`;
    if (claim.metadata.deletionTimestamp) return `resourceclaim "${of}" is being deleted`;
    const owner = claim.metadata.ownerReferences?.find(({ controller }) => controller);
    if (resourceClaimName === undefined && owner?.uid !== uid)
      return `ResourceClaim ${namespace}/${of} was not created for Pod ${namespace}/${podName} (Pod is not owner)`;
    claims.push(claim);
  }
  return claims;
}

/** Whether a claim says that the pod may use it. */
export const isReservedFor = ({ metadata }: Pod, { status }: ResourceClaim): boolean =>
  status?.reservedFor?.some(({ uid }) => uid === metadata.uid) ?? false;
