import { StorageClasses } from '@coxswain/api';
import type { TopologySelectorTerm } from '@coxswain/api/types/core-v1';
import type { StorageClass } from '@coxswain/api/types/storage-v1';
import type { Kind } from '../kind.ts';
import { ageColumn, nameColumn, textColumn } from '../rules/columns.ts';
import { duplicate, notSupported, required, type Rules } from '../rules/field.ts';
import { labelKey } from '../rules/labels.ts';
import { immutable } from '../rules/meta.ts';
import { oldNodeLabels } from '../rules/node-label-warnings.ts';
import { parameterRules, provisionerRules } from './class-rules.ts';

const defaultKeys = [
  'storageclass.kubernetes.io/is-default-class',
  'storageclass.beta.kubernetes.io/is-default-class',
];

const reclaimPolicies = ['Delete', 'Retain'];
const bindingModes = ['Immediate', 'WaitForFirstConsumer'];

function* rules(given: StorageClass): Rules {
  const { reclaimPolicy, volumeBindingMode, allowedTopologies = [] } = given;
  yield* provisionerRules('provisioner', given.provisioner);
  yield* parameterRules('parameters', given.parameters, true);
  if (reclaimPolicy && !reclaimPolicies.includes(reclaimPolicy))
    yield notSupported('reclaimPolicy', reclaimPolicy, reclaimPolicies);
  if (volumeBindingMode === undefined) yield required('volumeBindingMode');
  else if (!bindingModes.includes(volumeBindingMode))
    yield notSupported('volumeBindingMode', volumeBindingMode, bindingModes);
  yield* topologyRules(allowedTopologies);
}

function* topologyRules(given: readonly TopologySelectorTerm[]): Rules {
  // Upstream begins with as many empty terms as there are terms.
  const seen = given.map(() => '[]');
  for (const [index, { matchLabelExpressions = [] }] of given.entries()) {
    const at = `allowedTopologies[${index}].matchLabelExpressions`;
    const values = new Map<string, readonly string[]>();
    for (const [place, { key, values: wanted = [] }] of matchLabelExpressions.entries()) {
      if (!wanted.length) yield required(`${at}[${place}].values`);
      for (const [nth, value] of wanted.entries())
        if (wanted.indexOf(value) < nth) yield duplicate(`${at}[${place}].values[${nth}]`, value);
      yield* labelKey(`${at}[${place}].key`, key);
      if (values.has(key)) yield duplicate(`${at}[${place}].key`, key);
      values.set(key, [...new Set(wanted)].toSorted());
    }
    const term = JSON.stringify([...values].toSorted(([a], [b]) => (a < b ? -1 : 1)));
    for (const other of seen) if (other === term) yield duplicate(at, '');
    seen.push(term);
  }
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
    yield* rules(next);
    for (const field of [
      'parameters',
      'provisioner',
      'reclaimPolicy',
      'volumeBindingMode',
    ] as const)
      yield* immutable(field, next[field], before[field]);
  },
  *warnings({ allowedTopologies = [] }) {
    for (const [index, { matchLabelExpressions = [] }] of allowedTopologies.entries())
      for (const [place, { key }] of matchLabelExpressions.entries())
        if (oldNodeLabels[key])
          yield `allowedTopologies[${index}].matchLabelExpressions[${place}].key: ${oldNodeLabels[key]}`;
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
