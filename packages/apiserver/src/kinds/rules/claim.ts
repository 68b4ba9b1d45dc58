import { compareQuantities } from '@coxswain/api/quantity';
import type { PersistentVolumeClaimSpec } from '@coxswain/api/types/core-v1';
import {
  allInvalid,
  forbiddenField,
  invalidValue,
  notSupported,
  required,
  type Rules,
} from './field.ts';
import { labelSelector } from './labels.ts';
import { subdomainName } from './name.ts';

export const accessModes: readonly string[] = [
  'ReadOnlyMany',
  'ReadWriteMany',
  'ReadWriteOnce',
  'ReadWriteOncePod',
];

/** Rules of what a persistent volume claim asks for, in a claim or in a template of one. */
export function* claimSpec(path: string, spec: PersistentVolumeClaimSpec): Rules {
  const modes = spec.accessModes ?? [];
  if (!modes.length) yield required(`${path}.accessModes`, 'at least 1 access mode is required');
  yield* labelSelector(`${path}.selector`, spec.selector);
  for (const mode of modes)
    if (!accessModes.includes(mode)) yield notSupported(`${path}.accessModes`, mode, accessModes);
  if (modes.length > 1 && modes.includes('ReadWriteOncePod'))
    yield forbiddenField(
      `${path}.accessModes`,
      'may not use ReadWriteOncePod with other access modes',
    );
  const storage = spec.resources?.requests?.['storage'];
  if (storage === undefined) yield required(`${path}.resources[storage]`);
  else if (compareQuantities(storage, '0') <= 0)
    yield invalidValue(`${path}.resources[storage]`, storage, 'must be greater than zero');
  for (const field of ['storageClassName', 'volumeAttributesClassName'] as const)
    if (spec[field]) yield* allInvalid(`${path}.${field}`, spec[field], subdomainName(spec[field]));
  if (
    spec.volumeMode !== undefined &&
    spec.volumeMode !== 'Block' &&
    spec.volumeMode !== 'Filesystem'
  )
    yield notSupported(`${path}.volumeMode`, spec.volumeMode, ['Block', 'Filesystem']);
}
