import { PersistentVolumeClaims, StorageClasses } from '@coxswain/api';
import type { PersistentVolumeClaim } from '@coxswain/api/types/core-v1';
import type { StorageClass } from '@coxswain/api/types/storage-v1';
import type { Objects } from '../authz/objects.ts';
import { newestDefault } from './newest-default.ts';
import type { AdmissionPlugin } from './plugin.ts';
import { isWrite } from './refuse.ts';

const legacyClass = 'volume.beta.kubernetes.io/storage-class';
const isDefault = ({ metadata: { annotations } }: StorageClass): boolean =>
  annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true' ||
  annotations?.['storageclass.beta.kubernetes.io/is-default-class'] === 'true';

/** A claim that names no class gets the default one; of several, the newest. */
export function defaultStorageClass(objects: Objects): AdmissionPlugin {
  return {
    name: 'DefaultStorageClass',
    handles: (admission) => isWrite(admission, PersistentVolumeClaims, ['CREATE']),
    mutate({ object }) {
      const claim = object as PersistentVolumeClaim;
      if (
        claim.spec.storageClassName !== undefined ||
        claim.metadata.annotations?.[legacyClass] !== undefined
      )
        return claim;
      const found = newestDefault(objects.all(StorageClasses), isDefault);
      return found
        ? { ...claim, spec: { ...claim.spec, storageClassName: found.metadata.name } }
        : claim;
    },
  };
}
