import {
  PersistentVolumeClaims,
  PersistentVolumes,
  Pods,
  VolumeAttributesClasses,
} from '@coxswain/api';
import { attributesClasses } from '@coxswain/api/quota';
import type { PersistentVolume, PersistentVolumeClaim, Pod } from '@coxswain/api/types/core-v1';
import type { VolumeAttributesClass } from '@coxswain/api/types/storage-v1';
import { keyOf } from '@coxswain/client';
import type { Controller } from '@coxswain/control';
import { controllerOf } from '../objects/owner.ts';
import { claimNames, podsByClaim } from '../pods/indexes.ts';
import { protect } from './finalizer.ts';

const isShutDown = ({ metadata }: Pod): boolean =>
  metadata.deletionTimestamp !== undefined && metadata.deletionGracePeriodSeconds === 0;

/** Only pods that have a node: a kubelet starts none whose claim is on its way out. */
function uses(pod: Pod, { metadata: { name } }: PersistentVolumeClaim, isOwner: boolean): boolean {
  if (!pod.spec.nodeName) return false;
  return (pod.spec.volumes ?? []).some(
    ({ persistentVolumeClaim, ephemeral, name: volume }) =>
      persistentVolumeClaim?.claimName === name ||
      (ephemeral && isOwner && !isShutDown(pod) && `${pod.metadata.name}-${volume}` === name),
  );
}

/** A claim does not go while a pod on a node uses it. */
export const claimProtectionController: Controller<PersistentVolumeClaim> = {
  name: 'persistentvolumeclaim-protection-controller',
  account: 'pvc-protection-controller',
  reconciles: PersistentVolumeClaims,
  watches: [
    {
      resource: Pods,
      keys: (now, before) =>
        [now, before].flatMap((pod) =>
          pod ? claimNames(pod).map((name) => `${pod.metadata.namespace}/${name}`) : [],
        ),
      indexes: { claim: podsByClaim },
    },
  ],
  writes: [{ resource: PersistentVolumeClaims, verbs: ['update'] }],
  plan: (claim, observed, key) =>
    protect(PersistentVolumeClaims, claim, 'kubernetes.io/pvc-protection', (each) => {
      const user = observed
        .by(Pods, 'claim', key)
        .find((pod) => uses(pod, each, controllerOf(each)?.uid === pod.metadata.uid));
      return user && `pod/${user.metadata.name}`;
    }),
};

/** A volume does not go while it is bound. */
export const volumeProtectionController: Controller<PersistentVolume> = {
  name: 'persistentvolume-protection-controller',
  account: 'pv-protection-controller',
  reconciles: PersistentVolumes,
  watches: [],
  writes: [{ resource: PersistentVolumes, verbs: ['update'] }],
  plan: (volume) =>
    protect(PersistentVolumes, volume, 'kubernetes.io/pv-protection', ({ spec, status }) =>
      status?.phase === 'Bound'
        ? `persistentvolumeclaim/${spec?.claimRef?.namespace}/${spec?.claimRef?.name}`
        : undefined,
    ),
};

const classOfVolume = ({ spec }: PersistentVolume): readonly string[] =>
  spec?.volumeAttributesClassName ? [spec.volumeAttributesClassName] : [];

/** A class of volume attributes does not go while a volume or a claim has to do with it. */
export const attributesClassProtectionController: Controller<VolumeAttributesClass> = {
  name: 'volumeattributesclass-protection-controller',
  reconciles: VolumeAttributesClasses,
  watches: [
    {
      resource: PersistentVolumes,
      keys: (_, before) => (before ? classOfVolume(before) : []),
      indexes: { attributesClass: classOfVolume },
    },
    {
      resource: PersistentVolumeClaims,
      keys: (_, before) => (before ? attributesClasses(before) : []),
      indexes: { attributesClass: attributesClasses },
    },
  ],
  writes: [{ resource: VolumeAttributesClasses, verbs: ['update'] }],
  plan: (object, observed, key) =>
    protect(VolumeAttributesClasses, object, 'kubernetes.io/vac-protection', () => {
      for (const resource of [PersistentVolumes, PersistentVolumeClaims]) {
        const [user] = observed.by<any>(resource as never, 'attributesClass', key);
        if (user) return `${resource.kind.toLowerCase()}/${keyOf(user)}`;
      }
      return undefined;
    }),
};
