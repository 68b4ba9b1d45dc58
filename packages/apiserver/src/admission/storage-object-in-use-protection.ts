import { PersistentVolumeClaims, PersistentVolumes, VolumeAttributesClasses } from '@coxswain/api';
import type { AdmissionPlugin } from './plugin.ts';
import { isWrite } from './refuse.ts';

const finalizers: Readonly<Record<string, string>> = {
  [PersistentVolumeClaims.resource]: 'kubernetes.io/pvc-protection',
  [PersistentVolumes.resource]: 'kubernetes.io/pv-protection',
  [VolumeAttributesClasses.resource]: 'kubernetes.io/vac-protection',
};

/** Volumes, claims and their classes are not gone before nothing uses them. */
export const storageObjectInUseProtection: AdmissionPlugin = {
  name: 'StorageObjectInUseProtection',
  handles: (admission) =>
    [PersistentVolumeClaims, PersistentVolumes, VolumeAttributesClasses].some((resource) =>
      isWrite(admission, resource, ['CREATE']),
    ),
  mutate({ object, resource }) {
    const finalizer = finalizers[resource.resource]!;
    const { metadata } = object!;
    if (metadata.finalizers?.includes(finalizer)) return object!;
    return {
      ...object!,
      metadata: { ...metadata, finalizers: [...(metadata.finalizers ?? []), finalizer] },
    };
  },
};
