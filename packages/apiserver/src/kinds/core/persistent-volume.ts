import { formatTime, PersistentVolumes } from '@coxswain/api';
import type { PersistentVolume } from '@coxswain/api/types/core-v1';
import type { Kind, Status } from '../kind.ts';
import { ageColumn, nameColumn, textColumn, wide } from '../rules/columns.ts';
import { resourceDefaults } from '../rules/pod-defaults.ts';
import { splitStatus } from '../rules/split.ts';
import { accessModesText } from './access-modes.ts';
import { persistentVolumeRules, persistentVolumeUpdateRules } from './persistent-volume-rules.ts';

const split = splitStatus<PersistentVolume>({ phase: 'Pending' });
const oldClass = 'volume.beta.kubernetes.io/storage-class';
/** A change of phase says when it was. */
const withTransitionTime: Status<PersistentVolume>['prepareForUpdate'] = (
  next,
  before,
  context,
) => {
  const { status, ...rest } = split.status.prepareForUpdate(next, before, context);
  const { lastPhaseTransitionTime: old } = before.status ?? {};
  const given = status?.lastPhaseTransitionTime;
  const changed = status?.phase !== before.status?.phase;
  if (changed ? given !== undefined && given !== old : given !== undefined)
    return { ...rest, status };
  const lastPhaseTransitionTime = changed ? formatTime(context.nowMs) : old;
  return {
    ...rest,
    status: { ...status, ...(lastPhaseTransitionTime && { lastPhaseTransitionTime }) },
  };
};

/** Storage of the cluster. */
export const persistentVolumeKind: Kind<PersistentVolume> = {
  resource: PersistentVolumes,
  shortNames: ['pv'],
  generation: false,
  ...split,
  defaults: (draft) => {
    draft.status ??= {};
    draft.status.phase ||= 'Pending';
    draft.spec.persistentVolumeReclaimPolicy ||= 'Retain';
    draft.spec.volumeMode ??= 'Filesystem';
    if (draft.spec.hostPath) draft.spec.hostPath.type ??= '';
    resourceDefaults(draft.spec.capacity);
  },
  prepareForCreate: (volume, { nowMs }) => ({
    ...volume,
    status: { phase: 'Pending', lastPhaseTransitionTime: formatTime(nowMs) },
  }),
  validate: persistentVolumeRules,
  validateUpdate: persistentVolumeUpdateRules,
  status: { ...split.status, prepareForUpdate: withTransitionTime },
  columns: [
    nameColumn,
    textColumn('Capacity', 'How much it holds.', ({ spec }) => spec.capacity?.['storage'] ?? '0'),
    textColumn('Access Modes', 'How it may be mounted.', ({ spec }) =>
      accessModesText(spec.accessModes),
    ),
    textColumn(
      'Reclaim Policy',
      'What becomes of it when its claim goes.',
      ({ spec }) => spec.persistentVolumeReclaimPolicy ?? '',
    ),
    textColumn('Status', 'Whether it is in use.', ({ metadata, status }) =>
      metadata.deletionTimestamp ? 'Terminating' : (status?.phase ?? ''),
    ),
    textColumn('Claim', 'The claim that has it.', ({ spec }) =>
      spec.claimRef ? `${spec.claimRef.namespace ?? ''}/${spec.claimRef.name ?? ''}` : '',
    ),
    textColumn(
      'StorageClass',
      'Its class.',
      ({ metadata, spec }) => metadata.annotations?.[oldClass] ?? spec.storageClassName ?? '',
    ),
    textColumn(
      'VolumeAttributesClass',
      'Its attributes.',
      ({ spec }) => spec.volumeAttributesClassName ?? '<unset>',
    ),
    textColumn('Reason', 'Why it failed.', ({ status }) => status?.reason ?? ''),
    ageColumn,
    wide(
      textColumn(
        'VolumeMode',
        'Whether it is files or a device.',
        ({ spec }) => spec.volumeMode ?? '<unset>',
      ),
    ),
  ],
};
