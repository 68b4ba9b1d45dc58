import type { PersistentVolumeClaim } from '../generated/core-v1.ts';
import {
  compareQuantities,
  formatQuantity,
  quantityOf,
  scaled,
  parseQuantity,
} from '../quantity/index.ts';
import { type QuotaEvaluator, scopeHolds } from './evaluator.ts';

const byClass = '.storageclass.storage.k8s.io/';
const measured = ['persistentvolumeclaims', 'requests.storage'];

/** Every VolumeAttributesClass that the claim has to do with. */
export const attributesClasses = ({ spec, status }: PersistentVolumeClaim): readonly string[] =>
  [
    ...new Set([
      spec.volumeAttributesClassName,
      status?.currentVolumeAttributesClassName,
      status?.modifyVolumeStatus?.targetVolumeAttributesClassName,
    ]),
  ].filter((name) => name !== undefined && name !== '') as readonly string[];

/** Whether a new status of the claim changes what it takes. */
export function claimUsageChanges(
  now: PersistentVolumeClaim,
  before: PersistentVolumeClaim,
): boolean {
  const [next, last] = [now, before].map((each) => attributesClasses(each).toSorted().join());
  const allocated = [now, before].map((each) => each.status?.allocatedResources?.['storage']);
  return next !== last || allocated[0] !== allocated[1];
}

/** Claims: their number and what they ask for, in all and of each storage class. */
export const claimQuota: QuotaEvaluator<PersistentVolumeClaim> = {
  group: '',
  resource: 'persistentvolumeclaims',
  charges({ operation, subresource, object, before }) {
    if (subresource === '') return operation === 'CREATE' || operation === 'UPDATE';
    return (
      subresource === 'status' &&
      operation === 'UPDATE' &&
      claimUsageChanges(object as PersistentVolumeClaim, before as PersistentVolumeClaim)
    );
  },
  measures: (name) =>
    name === 'count/persistentvolumeclaims' ||
    measured.includes(name) ||
    measured.some((each) => name.endsWith(byClass + each)),
  usage(claim) {
    const storageClass =
      claim.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ??
      claim.spec.storageClassName;
    const usage: Record<string, string> = {
      persistentvolumeclaims: '1',
      'count/persistentvolumeclaims': '1',
      ...(storageClass && { [`${storageClass}${byClass}persistentvolumeclaims`]: '1' }),
    };
    const storage = storageOf(claim);
    if (storage !== undefined) {
      usage['requests.storage'] = storage;
      if (storageClass) usage[`${storageClass}${byClass}requests.storage`] = storage;
    }
    return usage;
  },
  inScope: (scope, claim) =>
    scope.scopeName === 'VolumeAttributesClass' && scopeHolds(scope, attributesClasses(claim)),
};

/** In whole bytes; a claim that shrank while it was being grown still takes what it was given. */
function storageOf({ spec, status }: PersistentVolumeClaim): string | undefined {
  const asked = spec.resources?.requests?.['storage'];
  const given = status?.allocatedResources?.['storage'];
  if (asked === undefined) return undefined;
  const most = given !== undefined && compareQuantities(given, asked) > 0 ? given : asked;
  return formatQuantity(quantityOf(scaled(most, 0), parseQuantity(most).format));
}
