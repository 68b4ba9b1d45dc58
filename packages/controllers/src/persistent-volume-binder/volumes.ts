import { type KubeObject, PersistentVolumeClaims, PersistentVolumes } from '@coxswain/api';
import type { PersistentVolume, PersistentVolumeClaim } from '@coxswain/api/types/core-v1';
import { boundByController, sameMode } from '@coxswain/api/volumes';
import type { Action, Controller, Observed } from '@coxswain/control';
import { volumePhase } from './bind.ts';
import { claimsByVolume } from './claims.ts';

const provisionedBy = 'pv.kubernetes.io/provisioned-by';

/** Volumes by the key of the claim that they are for. */
const byClaim = ({ spec }: PersistentVolume): readonly string[] =>
  spec?.claimRef ? [`${spec.claimRef.namespace}/${spec.claimRef.name}`] : [];

/** Says whether volumes are free, bound or released, and what becomes of those whose claim is gone. */
export const volumeBinder: Controller<PersistentVolume> = {
  name: 'persistentvolume-phase-controller',
  account: 'persistent-volume-binder',
  eventSource: 'persistentvolume-controller',
  reconciles: PersistentVolumes,
  indexes: { byClaim },
  watches: [
    {
      resource: PersistentVolumeClaims,
      keys: (now, before, observed) => {
        const { namespace, name } = (now ?? before)!.metadata;
        return [
          ...observed
            .by(PersistentVolumes, 'byClaim', `${namespace}/${name}`)
            .map(({ metadata }) => metadata.name),
          ...(now ? claimsByVolume(now) : []),
          ...(before ? claimsByVolume(before) : []),
        ];
      },
    },
  ],
  writes: [
    { resource: PersistentVolumes, verbs: ['update'] },
    { resource: PersistentVolumes, subresource: 'status', verbs: ['update'] },
  ],
  plan: (volume, observed) => ({ actions: volume ? plan(volume, observed) : [] }),
};

function plan(volume: PersistentVolume, observed: Observed): readonly Action[] {
  const wanted = volume.spec?.claimRef;
  if (!wanted?.uid) return volumePhase(volume, 'Available') ?? [];
  const found = observed.get(PersistentVolumeClaims, wanted.name ?? '', wanted.namespace);
  const claim = found?.metadata.uid === wanted.uid ? found : undefined;
  if (!claim) return release(volume);
  const { volumeName } = claim.spec;
  if (volumeName === volume.metadata.name) return volumePhase(volume, 'Bound') ?? [];
  if (!volumeName) return sameMode(volume, claim) ? [] : mismatched(volume, claim);
  // The claim has found another volume meanwhile.
  const isMade = volume.metadata.annotations?.[provisionedBy] !== undefined;
  return isMade && volume.spec?.persistentVolumeReclaimPolicy === 'Delete'
    ? release(volume)
    : [unbound(volume)];
}

function mismatched(volume: PersistentVolume, claim: PersistentVolumeClaim): readonly Action[] {
  const told = (about: KubeObject, message: string): Action => ({
    ...{ do: 'event', about, type: 'Warning', reason: 'VolumeMismatch', message },
  });
  return [
    told(
      volume as KubeObject,
      `Cannot bind PersistentVolume to requested PersistentVolumeClaim "${claim.metadata.name}" due to incompatible volumeMode.`,
    ),
    told(
      claim as KubeObject,
      `Cannot bind PersistentVolume "${volume.metadata.name}" to requested PersistentVolumeClaim due to incompatible volumeMode.`,
    ),
  ];
}

/** Frees the volume; one that its owner meant for the claim still waits for a claim of that name. */
function unbound(volume: PersistentVolume): Action {
  const { [boundByController]: byUs, ...annotations } = volume.metadata.annotations ?? {};
  const { claimRef, ...spec } = volume.spec!;
  const { uid: _, ...name } = claimRef!;
  const object = byUs
    ? { ...volume, metadata: { ...volume.metadata, annotations }, spec }
    : { ...volume, spec: { ...spec, claimRef: name } };
  return { do: 'update', resource: PersistentVolumes, object: object as PersistentVolume };
}

/** First says that the claim is gone, then does with the volume what its policy says. */
function release(volume: PersistentVolume): readonly Action[] {
  const phase = volume.status?.phase;
  if (phase !== 'Released' && phase !== 'Failed') return volumePhase(volume, 'Released')!;
  const fail = (reason: string, message: string): readonly Action[] =>
    volumePhase(volume, 'Failed', { type: 'Warning', reason, message }) ?? [];
  switch (volume.spec?.persistentVolumeReclaimPolicy) {
    case 'Retain':
      return [];
    case 'Recycle':
      return fail('VolumeFailedRecycle', 'No recycler plugin found for the volume!');
    case 'Delete': {
      const provisioner = volume.metadata.annotations?.[provisionedBy];
      // Who made it outside takes it away.
      if (provisioner && !provisioner.startsWith('kubernetes.io/')) return [];
      return fail(
        'VolumeFailedDelete',
        `error getting deleter volume plugin for volume "${volume.metadata.name}": no deletable volume plugin matched`,
      );
    }
    default:
      return fail(
        'VolumeUnknownReclaimPolicy',
        'Volume has unrecognized PersistentVolumeReclaimPolicy',
      );
  }
}
