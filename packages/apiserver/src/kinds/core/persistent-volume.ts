import { formatTime, PersistentVolumes } from '@coxswain/api';
import type { PersistentVolume } from '@coxswain/api/types/core-v1';
import type { Kind, Status } from '../kind.ts';
import { ageColumn, nameColumn, textColumn, wide } from '../rules/columns.ts';
import { nodeTermWarnings } from '../rules/node-label-warnings.ts';
import { legacyVolumeDefaults, resourceDefaults } from '../rules/pod-defaults.ts';
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

const oldAnnotations: Readonly<Record<string, string>> = {
  [oldClass]: 'deprecated since v1.8; use "storageClassName" attribute instead',
  'volume.beta.kubernetes.io/mount-options':
    'deprecated since v1.31; use "mountOptions" attribute instead',
};
const oldSources = {
  cephfs: 'deprecated in v1.28, non-functional in v1.31+',
  photonPersistentDisk: 'deprecated in v1.11, non-functional in v1.16+',
  scaleIO: 'deprecated in v1.16, non-functional in v1.22+',
  storageos: 'deprecated in v1.22, non-functional in v1.25+',
  glusterfs: 'deprecated in v1.25, non-functional in v1.26+',
  rbd: 'deprecated in v1.28, non-functional in v1.31+',
} as const;

function* warnings({ metadata, spec }: PersistentVolume): Generator<string> {
  for (const [key, why] of Object.entries(oldAnnotations))
    if (metadata.annotations?.[key] !== undefined) yield `metadata.annotations[${key}]: ${why}`;
  if (spec.persistentVolumeReclaimPolicy === 'Recycle')
    yield 'spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.';
  for (const [index, term] of (spec.nodeAffinity?.required?.nodeSelectorTerms ?? []).entries())
    yield* nodeTermWarnings(`spec.nodeAffinity.required.nodeSelectorTerms[${index}]`, term, false);
  for (const [field, why] of Object.entries(oldSources))
    if (spec[field as keyof typeof oldSources])
      yield `spec.${field === 'storageos' ? 'storageOS' : field}: ${why}`;
}

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
    legacyVolumeDefaults(draft.spec as Parameters<typeof legacyVolumeDefaults>[0]);
    resourceDefaults(draft.spec.capacity);
  },
  prepareForCreate: (volume, { nowMs }) => ({
    ...volume,
    status: { phase: 'Pending', lastPhaseTransitionTime: formatTime(nowMs) },
  }),
  validate: persistentVolumeRules,
  validateUpdate: persistentVolumeUpdateRules,
  warnings,
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
