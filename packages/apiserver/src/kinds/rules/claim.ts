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
import { dns1123Subdomain, labelName, subdomainName } from './name.ts';

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
  yield* className(path, 'storageClassName', spec);
  if (
    spec.volumeMode !== undefined &&
    spec.volumeMode !== 'Block' &&
    spec.volumeMode !== 'Filesystem'
  )
    yield notSupported(`${path}.volumeMode`, spec.volumeMode, ['Block', 'Filesystem']);
  yield* sourceRules(path, spec);
  yield* className(path, 'volumeAttributesClassName', spec);
}

function* className(
  path: string,
  field: 'storageClassName' | 'volumeAttributesClassName',
  spec: PersistentVolumeClaimSpec,
): Rules {
  const name = spec[field];
  if (name) yield* allInvalid(`${path}.${field}`, name, subdomainName(name));
}

function* sourceRules(path: string, spec: PersistentVolumeClaimSpec): Rules {
  const { dataSource, dataSourceRef } = spec;
  for (const field of ['dataSource', 'dataSourceRef'] as const) {
    const source = spec[field];
    if (!source) continue;
    const at = `${path}.${field}`;
    if (!source.name) yield required(`${at}.name`);
    if (!source.kind) yield required(`${at}.kind`);
    if (source.apiGroup)
      yield* allInvalid(`${at}.apiGroup`, source.apiGroup, dns1123Subdomain(source.apiGroup));
    else if (source.kind !== 'PersistentVolumeClaim')
      yield invalidValue(
        at,
        source.kind,
        "must be 'PersistentVolumeClaim' when referencing the default apiGroup",
      );
  }
  const namespace = dataSourceRef?.namespace;
  if (namespace)
    yield* allInvalid(`${path}.dataSourceRef.namespace`, namespace, labelName(namespace));
  if (!dataSource || !dataSourceRef) return;
  const differs = (['apiGroup', 'kind', 'name'] as const).some(
    (field) => (dataSource[field] ?? undefined) !== (dataSourceRef[field] ?? undefined),
  );
  const why = namespace
    ? 'may not be specified when dataSourceRef.namespace is specified'
    : 'must match dataSourceRef';
  // Upstream shows the inside of a path here, which has no public field.
  if (namespace || differs) yield invalidValue(path, {}, why);
}
