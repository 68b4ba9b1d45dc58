import { PersistentVolumes } from '@coxswain/api';
import type { PersistentVolume } from '@coxswain/api/types/core-v1';
import type { Kind } from '../kind.ts';
import { accessModes } from '../rules/claim.ts';
import { ageColumn, nameColumn, textColumn, wide } from '../rules/columns.ts';
import { forbiddenField, notSupported, required, type Rules } from '../rules/field.ts';
import { nodeSelector } from '../rules/affinity.ts';
import { immutable } from '../rules/meta.ts';
import { resourceQuantity } from '../rules/resources.ts';
import { resourceDefaults } from '../rules/pod-defaults.ts';
import { splitStatus } from '../rules/split.ts';
import { accessModesText } from './access-modes.ts';

const split = splitStatus<PersistentVolume>({ phase: 'Pending' });
const oldClass = 'volume.beta.kubernetes.io/storage-class';
const shared = [
  ...['capacity', 'accessModes', 'claimRef', 'persistentVolumeReclaimPolicy', 'storageClassName'],
  ...['mountOptions', 'volumeMode', 'nodeAffinity', 'volumeAttributesClassName'],
];
const reclaims = ['Delete', 'Recycle', 'Retain'];

function* rules({ spec }: PersistentVolume): Rules {
  if (!spec.accessModes?.length) yield required('spec.accessModes');
  for (const mode of spec.accessModes ?? [])
    if (!accessModes.includes(mode)) yield notSupported('spec.accessModes', mode, accessModes);
  if (!spec.capacity || !Object.keys(spec.capacity).length) yield required('spec.capacity');
  else if (spec.capacity['storage'] === undefined || Object.keys(spec.capacity).length > 1)
    yield notSupported('spec.capacity', spec.capacity, ['storage']);
  for (const [name, quantity] of Object.entries(spec.capacity ?? {}))
    yield* resourceQuantity(`spec.capacity[${name}]`, name, quantity);
  const policy = spec.persistentVolumeReclaimPolicy;
  if (policy && !reclaims.includes(policy))
    yield notSupported('spec.persistentVolumeReclaimPolicy', policy, reclaims);
  if (spec.nodeAffinity?.required)
    yield* nodeSelector('spec.nodeAffinity.required', spec.nodeAffinity.required);
  const sources = Object.keys(spec).filter((field) => !shared.includes(field));
  if (!sources.length) yield required('spec', 'must specify a volume type');
  for (const source of sources.slice(1))
    yield forbiddenField(`spec.${source}`, 'may not specify more than 1 volume type');
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
    resourceDefaults(draft.spec.capacity);
  },
  validate: rules,
  *validateUpdate(next, before) {
    yield* rules(next);
    yield* immutable('spec.volumeMode', next.spec.volumeMode, before.spec.volumeMode);
    if (before.spec.nodeAffinity)
      yield* immutable('spec.nodeAffinity', next.spec.nodeAffinity, before.spec.nodeAffinity);
  },
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
