import { StorageClasses } from '@coxswain/api';
import type { StorageClass } from '@coxswain/api/types/storage-v1';
import type { Kind } from '../kind.ts';
import { ageColumn, nameColumn, textColumn } from '../rules/columns.ts';
import { forbiddenField, notSupported, required, type Rules } from '../rules/field.ts';
import { equal } from '../rules/equal.ts';
import { immutable } from '../rules/meta.ts';

const defaultKeys = [
  'storageclass.kubernetes.io/is-default-class',
  'storageclass.beta.kubernetes.io/is-default-class',
];

function* rules({ provisioner, reclaimPolicy, volumeBindingMode }: StorageClass): Rules {
  if (!provisioner) yield required('provisioner');
  if (reclaimPolicy && reclaimPolicy !== 'Delete' && reclaimPolicy !== 'Retain')
    yield notSupported('reclaimPolicy', reclaimPolicy, ['Delete', 'Retain']);
  if (!volumeBindingMode) yield required('volumeBindingMode');
  else if (volumeBindingMode !== 'Immediate' && volumeBindingMode !== 'WaitForFirstConsumer')
    yield notSupported('volumeBindingMode', volumeBindingMode, [
      'Immediate',
      'WaitForFirstConsumer',
    ]);
}

/** A kind of storage that claims can ask for. */
export const storageClassKind: Kind<StorageClass> = {
  resource: StorageClasses,
  shortNames: ['sc'],
  generation: false,
  defaults: (draft) => {
    draft.reclaimPolicy ??= 'Delete';
    draft.volumeBindingMode ??= 'Immediate';
  },
  validate: rules,
  *validateUpdate(next, before) {
    if (!equal(next.parameters, before.parameters))
      yield forbiddenField('parameters', 'updates to parameters are forbidden.');
    if (next.provisioner !== before.provisioner)
      yield forbiddenField('provisioner', 'updates to provisioner are forbidden.');
    if (next.reclaimPolicy !== before.reclaimPolicy)
      yield forbiddenField('reclaimPolicy', 'updates to reclaimPolicy are forbidden.');
    yield* immutable('volumeBindingMode', next.volumeBindingMode, before.volumeBindingMode);
  },
  columns: [
    {
      ...nameColumn,
      value: ({ metadata }) =>
        defaultKeys.some((key) => metadata.annotations?.[key] === 'true')
          ? `${metadata.name} (default)`
          : metadata.name,
    },
    textColumn('Provisioner', 'Who makes its volumes.', ({ provisioner }) => provisioner),
    textColumn(
      'ReclaimPolicy',
      'What becomes of a volume when its claim goes.',
      ({ reclaimPolicy = 'Delete' }) => reclaimPolicy,
    ),
    textColumn(
      'VolumeBindingMode',
      'When a claim gets its volume.',
      ({ volumeBindingMode = 'Immediate' }) => volumeBindingMode,
    ),
    textColumn(
      'AllowVolumeExpansion',
      'Whether volumes can grow.',
      ({ allowVolumeExpansion = false }) => allowVolumeExpansion,
    ),
    ageColumn,
  ],
};
