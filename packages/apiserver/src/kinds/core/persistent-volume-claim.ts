import { claimWarnings } from '../rules/volume-warnings.ts';
import { PersistentVolumeClaims } from '@coxswain/api';
import { compareQuantities, wholeValue } from '@coxswain/api/quantity';
import type { PersistentVolumeClaim } from '@coxswain/api/types/core-v1';
import type { Kind } from '../kind.ts';
import { claimSpec } from '../rules/claim.ts';
import { claimSpecDefaults } from '../rules/claim-defaults.ts';
import { ageColumn, nameColumn, textColumn, wide } from '../rules/columns.ts';
import { difference } from '../rules/difference.ts';
import { equal } from '../rules/equal.ts';
import {
  allInvalid,
  forbiddenField,
  invalidValue,
  notSupported,
  type Rules,
} from '../rules/field.ts';
import { qualifiedName } from '../rules/name.ts';
import { isNative, resourceQuantity } from '../rules/resources.ts';
import { withSources } from './claim-sources.ts';
import { immutable } from '../rules/meta.ts';
import { splitStatus } from '../rules/split.ts';
import { resourceDefaults } from '../rules/pod-defaults.ts';
import { accessModesText } from './access-modes.ts';

const split = splitStatus<PersistentVolumeClaim>({ phase: 'Pending' });
const oldClass = 'volume.beta.kubernetes.io/storage-class';

const resizeStatuses = [
  'ControllerResizeInProgress',
  'ControllerResizeInfeasible',
  'NodeResizePending',
  'NodeResizeInProgress',
  'NodeResizeInfeasible',
].toSorted();

/** Of a claim only its storage is of Kubernetes' own resources. */
function* claimResource(path: string, name: string): Rules {
  const wrong = qualifiedName(name);
  yield* allInvalid(path, name, wrong);
  if (!wrong.length && isNative(name) && name !== 'storage')
    yield notSupported(path, name, ['storage']);
}

function* basic(path: string, quantity: string): Rules {
  if (compareQuantities(quantity, '0') < 0)
    yield invalidValue(path, wholeValue(quantity), 'must be a valid resource quantity');
}

function* statusRules({ status = {} }: PersistentVolumeClaim): Rules {
  for (const [name, quantity] of Object.entries(status.capacity ?? {}))
    yield* basic(`status.capacity[${name}]`, quantity);
  const at = 'status.allocatedResourceStatuses';
  for (const [name, word] of Object.entries(status.allocatedResourceStatuses ?? {})) {
    yield* claimResource(at, name);
    if (!resizeStatuses.includes(word)) yield notSupported(at, name, resizeStatuses);
  }
  const path = 'status.allocatedResources';
  for (const [name, quantity] of Object.entries(status.allocatedResources ?? {})) {
    const wrong = [...claimResource(path, name), ...basic(`${path}[${name}]`, quantity)];
    yield* wrong;
    if (!wrong.length) yield* resourceQuantity(`${path}[${name}]`, 'storage', quantity);
  }
}

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
  prepareForCreate: (claim, context) =>
    withSources(split.prepareForCreate!(claim, context), undefined, context),
  prepareForUpdate: (next, before, context) =>
    withSources(split.prepareForUpdate!(next, before, context), before, context),
  validate: ({ spec }) => claimSpec('spec', spec),
  status: { ...split.status, validateUpdate: statusRules },
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
  *warnings({ metadata, spec }) {
    if (metadata.annotations?.[oldClass] !== undefined)
      yield `metadata.annotations[${oldClass}]: deprecated since v1.8; use "storageClassName" attribute instead`;
    yield* claimWarnings('spec', spec);
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
