import { PersistentVolumeClaims } from '@coxswain/api';
import type { PersistentVolumeClaim } from '@coxswain/api/types/core-v1';
import type { Kind } from '../kind.ts';
import { claimSpec } from '../rules/claim.ts';
import { claimSpecDefaults } from '../rules/claim-defaults.ts';
import { ageColumn, nameColumn, textColumn, wide } from '../rules/columns.ts';
import { difference } from '../rules/difference.ts';
import { equal } from '../rules/equal.ts';
import { forbiddenField } from '../rules/field.ts';
import { immutable } from '../rules/meta.ts';
import { splitStatus } from '../rules/split.ts';
import { resourceDefaults } from '../rules/pod-defaults.ts';
import { accessModesText } from './access-modes.ts';

const split = splitStatus<PersistentVolumeClaim>({ phase: 'Pending' });
const oldClass = 'volume.beta.kubernetes.io/storage-class';

/** Asks for storage. */
export const persistentVolumeClaimKind: Kind<PersistentVolumeClaim> = {
  resource: PersistentVolumeClaims,
  shortNames: ['pvc'],
  generation: false,
  ...split,
  defaults: (draft) => {
    draft.spec ??= {};
    draft.status ??= {};
    draft.status.phase ||= 'Pending';
    claimSpecDefaults(draft.spec);
    resourceDefaults(draft.spec.resources?.requests);
    resourceDefaults(draft.spec.resources?.limits);
  },
  validate: ({ spec }) => claimSpec('spec', spec),
  *validateUpdate(next, before) {
    yield* claimSpec('spec', next.spec);
    const unbound = !before.spec.volumeName && next.spec.volumeName;
    const masked = {
      ...next.spec,
      ...(unbound && { volumeName: before.spec.volumeName }),
      ...(before.status?.phase === 'Bound' && { resources: before.spec.resources }),
      volumeAttributesClassName: before.spec.volumeAttributesClassName,
      ...(before.spec.storageClassName === undefined && { storageClassName: undefined }),
    };
    if (!equal(masked, before.spec))
      yield forbiddenField(
        'spec',
        `spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n${difference('core.PersistentVolumeClaimSpec', before.spec, masked)}`,
      );
    yield* immutable('volumeMode', next.spec.volumeMode, before.spec.volumeMode);
  },
  *warnings({ metadata }) {
    if (metadata.annotations?.[oldClass] !== undefined)
      yield `metadata.annotations[${oldClass}]: deprecated since v1.8; use "storageClassName" attribute instead`;
  },
  columns: [
    nameColumn,
    textColumn('Status', 'Whether it has its storage.', ({ metadata, status }) =>
      metadata.deletionTimestamp ? 'Terminating' : (status?.phase ?? ''),
    ),
    textColumn('Volume', 'The volume that it has.', ({ spec }) => spec.volumeName ?? ''),
    textColumn('Capacity', 'How much it has.', ({ spec, status }) =>
      spec.volumeName ? (status?.capacity?.['storage'] ?? '0') : '',
    ),
    textColumn('Access Modes', 'How it may be mounted.', ({ spec, status }) =>
      spec.volumeName ? accessModesText(status?.accessModes) : '',
    ),
    textColumn(
      'StorageClass',
      'The class that it asks for.',
      ({ metadata, spec }) => metadata.annotations?.[oldClass] ?? spec.storageClassName ?? '',
    ),
    textColumn(
      'VolumeAttributesClass',
      'The attributes that it asks for.',
      ({ spec }) => spec.volumeAttributesClassName ?? '<unset>',
    ),
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
