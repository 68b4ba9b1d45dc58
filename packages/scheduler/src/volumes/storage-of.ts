import {
  CSIDrivers,
  CSINodes,
  CSIStorageCapacities,
  type KubeObject,
  PersistentVolumeClaims,
  PersistentVolumes,
  type Resource,
  StorageClasses,
  VolumeAttachments,
} from '@coxswain/api';
import type { PersistentVolume } from '@coxswain/api/types/core-v1';
import type { CSIStorageCapacity, VolumeAttachment } from '@coxswain/api/types/storage-v1';
import { classOf } from '@coxswain/api/volumes';
import type { Change, Informers } from '@coxswain/client';
import type { ClusterEvent } from '../framework/event.ts';
import type { Storage } from '../framework/storage.ts';

const byClass = 'scheduler: storage class';
const byNode = 'scheduler: node';
const classesOf = (volume: PersistentVolume): readonly string[] => [classOf(volume)];
const classOfCapacity = ({ storageClassName }: CSIStorageCapacity): readonly string[] => [
  storageClassName,
];
const nodeOf = ({ spec }: VolumeAttachment): readonly string[] => [spec.nodeName];

/** Sees objects as they will be once what was reserved is written. */
export type Seen = <T extends KubeObject>(resource: Resource<T>, object: T) => T;

/** The storage of the cluster as the caches have it. */
export function storageOf(informers: Informers, seen: Seen): Storage {
  const claims = informers.of(PersistentVolumeClaims);
  const volumes = informers.of(PersistentVolumes);
  const classes = informers.of(StorageClasses);
  const csiNodes = informers.of(CSINodes);
  const drivers = informers.of(CSIDrivers);
  const capacities = informers.of(CSIStorageCapacities);
  const attachments = informers.of(VolumeAttachments);
  volumes.addIndex(byClass, classesOf);
  capacities.addIndex(byClass, classOfCapacity);
  attachments.addIndex(byNode, nodeOf);
  return {
    claim(name, namespace) {
      const claim = claims.get(name, namespace);
      return claim && seen(PersistentVolumeClaims, claim);
    },
    volume(name) {
      const volume = volumes.get(name);
      return volume && seen(PersistentVolumes, volume);
    },
    volumesOfClass: (name) =>
      volumes.by(byClass, name).map((volume) => seen(PersistentVolumes, volume)),
    storageClass: (name) => classes.get(name),
    csiNode: (name) => csiNodes.get(name),
    csiDriver: (name) => drivers.get(name),
    capacitiesOf: (name) => capacities.by(byClass, name),
    attachmentsTo: (node) => attachments.by(byNode, node),
  };
}

type Cameable = Extract<ClusterEvent, { readonly now: unknown }>['type'];

const came =
  (type: Cameable) =>
  ({ now, before }: Change<any>): ClusterEvent | undefined =>
    now && ({ type, now, before } as unknown as ClusterEvent);

/** What a change of each resource means for pods that wait. */
const meanings: readonly (readonly [
  Resource<any>,
  (change: Change<any>) => ClusterEvent | undefined,
])[] = [
  [PersistentVolumeClaims, came('claim')],
  [PersistentVolumes, came('volume')],
  [StorageClasses, came('class')],
  [CSINodes, came('csi-node')],
  [CSIDrivers, came('csi-driver')],
  [CSIStorageCapacities, came('capacity')],
  [
    VolumeAttachments,
    ({ now, before }) => (now ? undefined : { type: 'attachment/deleted', attachment: before }),
  ],
];

/** Resolves once all of it is known. */
export async function storageKnown(informers: Informers, signal: AbortSignal): Promise<void> {
  await Promise.all(meanings.map(([resource]) => informers.of(resource).whenSynced(signal)));
}

/** Tells every change of the storage as an event; `gone` hears of what is no more. */
export function watchStorage(
  informers: Informers,
  see: (event: ClusterEvent) => void,
  gone: (resource: Resource, object: KubeObject) => void,
): Disposable {
  const watches = meanings.map(([resource, meaning]) =>
    informers.of(resource).subscribe((changes) => {
      for (const change of changes) {
        if (!change.now) gone(resource, change.before!);
        const event = meaning(change);
        if (event) see(event);
      }
    }),
  );
  return { [Symbol.dispose]: () => watches.forEach((watch) => watch[Symbol.dispose]()) };
}
