import { ReplicationControllers } from '@coxswain/api';
import type { ReplicationController } from '@coxswain/api/types/core-v1';
import type { Kind } from '../kind.ts';
import {
  ageColumn,
  containerColumns,
  countColumn,
  nameColumn,
  textColumn,
  wide,
} from '../rules/columns.ts';
import { invalidValue, nonNegative, required, type Rules } from '../rules/field.ts';
import { isReadable, labelsText, selectorText } from '../rules/labels.ts';
import { podTemplateDefaults } from '../rules/pod-defaults.ts';
import { lastingTemplate } from '../rules/pod-template.ts';
import { statusCounts } from '../rules/replicas.ts';
import { splitStatus } from '../rules/split.ts';
import { templateWarnings } from '../rules/template-warnings.ts';

const split = splitStatus<ReplicationController>({ replicas: 0 });
const replicaFields = ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'];

function* rules({ spec }: ReplicationController): Rules {
  yield* nonNegative('spec.minReadySeconds', spec.minReadySeconds);
  if (!Object.keys(spec.selector ?? {}).length) yield required('spec.selector');
  yield* nonNegative('spec.replicas', spec.replicas);
  // A selector that is not well formed is compared as it is.
  const given = spec.selector ?? {};
  const labels = spec.template?.metadata?.labels;
  if (
    spec.template &&
    !isReadable({ matchLabels: given }) &&
    Object.entries(given).some(([key, value]) => labels?.[key] !== value)
  )
    yield invalidValue(
      'spec.template.metadata.labels',
      labels,
      '`selector` does not match template `labels`',
    );
  yield* lastingTemplate(
    'spec.template',
    { matchLabels: spec.selector ?? {} },
    spec.template,
    'ReplicationController',
  );
}

/** Keeps a number of pods of one template; the elder of ReplicaSet. */
export const replicationControllerKind: Kind<ReplicationController> = {
  resource: ReplicationControllers,
  shortNames: ['rc'],
  categories: ['all'],
  ...split,
  defaultPropagation: 'Orphan', // as in its first version, for old clients
  defaults: (draft) => {
    const spec = (draft.spec ??= {});
    podTemplateDefaults(spec.template);
    spec.replicas ??= 1;
    const labels = spec.template?.metadata?.labels;
    if (!labels) return;
    if (!Object.keys(spec.selector ?? {}).length) spec.selector = { ...labels };
    if (!Object.keys(draft.metadata.labels ?? {}).length)
      draft.metadata = { ...draft.metadata, labels: { ...labels } };
  },
  validate: rules,
  warnings: ({ spec }, before) =>
    templateWarnings('spec.template.', spec.template, before?.spec.template),
  status: {
    ...split.status,
    validateUpdate: ({ status }) =>
      statusCounts(status, ['replicas', ...replicaFields, 'observedGeneration'], replicaFields),
  },
  scale: {
    specReplicas: ({ spec }) => spec.replicas ?? 0,
    statusReplicas: ({ status }) => status?.replicas ?? 0,
    selector: ({ spec }) => selectorText({ matchLabels: spec.selector ?? {} }),
    untimed: true, // as upstream
    withReplicas: (object, replicas) => ({ ...object, spec: { ...object.spec, replicas } }),
  },
  selectableFields: { 'status.replicas': ({ status }) => String(status?.replicas ?? 0) },
  columns: [
    nameColumn,
    countColumn('Desired', 'How many pods are wanted.', ({ spec }) => spec.replicas ?? 0),
    countColumn('Current', 'How many pods there are.', ({ status }) => status?.replicas ?? 0),
    countColumn('Ready', 'How many of them are ready.', ({ status }) => status?.readyReplicas ?? 0),
    ageColumn,
    ...containerColumns<ReplicationController>(({ spec }) => spec.template?.spec?.containers).map(
      wide,
    ),
    wide(
      textColumn('Selector', 'The labels that the selected pods carry.', ({ spec }) =>
        labelsText(spec.selector),
      ),
    ),
  ],
};
