import { DeviceClasses, Pods, ResourceClaims } from '../generated/resources.ts';
import type { Pod, ResourceList } from '../generated/core-v1.ts';
import type { DeviceClass, ResourceClaim } from '../generated/resource-v1.ts';
import { compareQuantities, formatQuantity, subtractQuantities } from '../quantity/index.ts';
import { type QuotaEvaluator, type QuotaReads } from './evaluator.ts';
import { addLists, maxLists } from './lists.ts';
import { isExtendedRequest, podUsage } from './pods.ts';

const perClass = '.deviceclass.resource.k8s.io/devices';
const implicitPrefix = 'requests.deviceclass.resource.kubernetes.io/';
/** Most devices of one allocation; what `All` counts as. */
const devicesMax = 32;
const madeForPod = 'resource.kubernetes.io/extended-resource-claim';

interface Devices {
  readonly deviceClassName: string;
  readonly allocationMode?: string | undefined;
  readonly count?: number | undefined;
}

/** Claims for devices: their number and their devices by class, also those behind extended resources. */
export const resourceClaimQuota: QuotaEvaluator<ResourceClaim> = {
  group: 'resource.k8s.io',
  resource: 'resourceclaims',
  charges: ({ operation, subresource }) =>
    subresource === '' && (operation === 'CREATE' || operation === 'UPDATE'),
  measures(name, reads) {
    if (name === 'count/resourceclaims.resource.k8s.io' || name.endsWith(perClass)) return true;
    if (name.startsWith(implicitPrefix))
      return extendedNameOf(name.slice(implicitPrefix.length), reads) !== undefined;
    return (
      isExtendedRequest(name) &&
      classes(reads).some(
        ({ spec }) => spec.extendedResourceName === name.slice('requests.'.length),
      )
    );
  },
  usage(claim, reads) {
    let usage: ResourceList = { 'count/resourceclaims.resource.k8s.io': '1' };
    for (const { firstAvailable, exactly } of claim.spec.devices?.requests ?? [])
      if (firstAvailable?.length)
        usage = addLists(
          usage,
          firstAvailable.map(devicesOf).reduce((a, b) => maxLists(a, b), {}),
        );
      else if (exactly) usage = addLists(usage, devicesOf(exactly));
    return { ...usage, ...extendedUsage(usage, podOf(claim, reads), reads) };
  },
};

const devicesOf = ({ deviceClassName, allocationMode, count }: Devices): ResourceList => ({
  [deviceClassName + perClass]:
    `${allocationMode === 'All' ? devicesMax : allocationMode === 'ExactCount' ? (count ?? 0) : 0}`,
});

const classes = (reads: QuotaReads): readonly DeviceClass[] => [...reads.all(DeviceClasses)];

const extendedNameOf = (className: string, reads: QuotaReads): string | undefined =>
  reads.get(DeviceClasses, className)?.spec.extendedResourceName || undefined;

/** The same devices under the names of extended resources, less what the pod already counts for. */
function extendedUsage(usage: ResourceList, pod: Pod | undefined, reads: QuotaReads): ResourceList {
  const byPod = pod ? podUsage(pod, reads) : {};
  const found: Record<string, string> = {};
  for (const [name, amount] of Object.entries(usage)) {
    const className = name.endsWith(perClass) ? name.slice(0, -perClass.length) : '';
    if (!className) continue;
    const extended = extendedNameOf(className, reads);
    for (const each of [
      implicitPrefix + className,
      ...(extended ? [`requests.${extended}`] : []),
    ]) {
      const left = subtractQuantities(amount, byPod[each] ?? '0');
      if (compareQuantities(left, '0') > 0) found[each] = formatQuantity(left);
    }
  }
  return found;
}

/** The pod for whose extended resources the scheduler made this claim. */
function podOf(claim: ResourceClaim, reads: QuotaReads): Pod | undefined {
  const { annotations, ownerReferences, namespace, name } = claim.metadata;
  const owner = ownerReferences?.find(({ controller }) => controller);
  if (annotations?.[madeForPod] !== 'true' || owner?.kind !== 'Pod' || owner.apiVersion !== 'v1')
    return undefined;
  const pod = reads.get(Pods, owner.name, namespace);
  if (!pod || pod.metadata.uid !== owner.uid) return undefined;
  const status = pod.status?.extendedResourceClaimStatus;
  if (status) return status.resourceClaimName === name ? pod : undefined;
  // Not said yet: the oldest one counts.
  const rivals = [...reads.all(ResourceClaims, namespace)].filter(
    (each) =>
      each.metadata.annotations?.[madeForPod] === 'true' &&
      each.metadata.ownerReferences?.some(({ controller, uid }) => controller && uid === owner.uid),
  );
  const ageOf = ({ metadata }: ResourceClaim): string =>
    `${metadata.creationTimestamp ?? ''} ${metadata.name}`;
  return rivals.some((each) => ageOf(each) < ageOf(claim)) ? undefined : pod;
}
