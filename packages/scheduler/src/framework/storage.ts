import type { PersistentVolume, PersistentVolumeClaim } from '@coxswain/api/types/core-v1';
import type {
  CSIDriver,
  CSINode,
  CSIStorageCapacity,
  StorageClass,
  VolumeAttachment,
} from '@coxswain/api/types/storage-v1';

/** Claims, volumes and what is known of their drivers; claims and volumes as they will be once what was reserved is written. */
export interface Storage {
  readonly claim: (
    name: string,
    namespace: string | undefined,
  ) => PersistentVolumeClaim | undefined;
  readonly volume: (name: string) => PersistentVolume | undefined;
  readonly volumesOfClass: (storageClass: string) => readonly PersistentVolume[];
  readonly storageClass: (name: string) => StorageClass | undefined;
  readonly csiNode: (node: string) => CSINode | undefined;
  readonly csiDriver: (name: string) => CSIDriver | undefined;
  readonly capacitiesOf: (storageClass: string) => readonly CSIStorageCapacity[];
  readonly attachmentsTo: (node: string) => readonly VolumeAttachment[];
}

/** For whoever has no volumes. */
export const noStorage: Storage = {
  claim: () => undefined,
  volume: () => undefined,
  volumesOfClass: () => [],
  storageClass: () => undefined,
  csiNode: () => undefined,
  csiDriver: () => undefined,
  capacitiesOf: () => [],
  attachmentsTo: () => [],
};
