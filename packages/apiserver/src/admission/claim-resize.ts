import { PersistentVolumeClaims, StorageClasses } from '@coxswain/api';
import { compareQuantities } from '@coxswain/api/quantity';
import type { PersistentVolumeClaim } from '@coxswain/api/types/core-v1';
import type { Objects } from '../authz/objects.ts';
import type { AdmissionPlugin } from './plugin.ts';
import { isWrite, refuse } from './refuse.ts';

const sizeOf = ({ spec }: PersistentVolumeClaim): string =>
  spec.resources?.requests?.['storage'] ?? '0';
const classOf = ({ metadata, spec }: PersistentVolumeClaim): string =>
  metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec.storageClassName ?? '';

/** Only claims that are bound grow, and only where their class lets volumes grow. */
export const persistentVolumeClaimResize = (objects: Objects): AdmissionPlugin => ({
  name: 'PersistentVolumeClaimResize',
  handles: (admission) => isWrite(admission, PersistentVolumeClaims, ['UPDATE']),
  validate(admission) {
    const next = admission.object as PersistentVolumeClaim;
    const before = admission.before as PersistentVolumeClaim;
    if (compareQuantities(sizeOf(next), sizeOf(before)) <= 0) return;
    if (before.status?.phase !== 'Bound')
      throw refuse(admission, 'Only bound persistent volume claims can be expanded');
    const name = classOf(next);
    const mayGrow =
      name !== '' &&
      name === classOf(before) &&
      objects.get(StorageClasses, name)?.allowVolumeExpansion;
    if (!mayGrow)
      throw refuse(
        admission,
        'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
      );
  },
});
