import { ReplicaSets } from '@coxswain/api';
import type { ReplicaSet } from '@coxswain/api/types/apps-v1';
import type { Kind } from '../kind.ts';
import {
  ageColumn,
  containerColumns,
  countColumn,
  nameColumn,
  selectorColumn,
  wide,
} from '../rules/columns.ts';
import { nonNegative, type Rules } from '../rules/field.ts';
import { selectorText } from '../rules/labels.ts';
import { immutable } from '../rules/meta.ts';
import { podTemplateDefaults } from '../rules/pod-defaults.ts';
import { lastingTemplate } from '../rules/pod-template.ts';
import { statusCounts, workloadSelector } from '../rules/replicas.ts';
import { splitStatus } from '../rules/split.ts';
import { templateWarnings } from '../rules/template-warnings.ts';

const split = splitStatus<ReplicaSet>({ replicas: 0 });
const replicaFields = ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'];

function* rules({ spec }: ReplicaSet): Rules {
  yield* nonNegative('spec.replicas', spec.replicas);
  yield* nonNegative('spec.minReadySeconds', spec.minReadySeconds);
  yield* workloadSelector(
    'spec.selector',
    spec.selector,
    'empty selector is invalid for deployment',
  );
  yield* lastingTemplate('spec.template', spec.selector, spec.template, 'ReplicaSet');
}

/** Keeps a number of pods of one template. */
export const replicaSetKind: Kind<ReplicaSet> = {
  resource: ReplicaSets,
  shortNames: ['rs'],
  categories: ['all'],
  ...split,
  defaults: ({ spec }) => {
    podTemplateDefaults(spec.template);
    spec.replicas ??= 1;
  },
  validate: rules,
  *validateUpdate(next, before) {
    yield* rules(next);
    yield* immutable('spec.selector', next.spec.selector, before.spec.selector);
  },
  warnings: ({ spec }, before) =>
    templateWarnings('spec.template.', spec.template, before?.spec.template),
  status: {
    ...split.status,
    validateUpdate: ({ status }) =>
      statusCounts(
        status,
        ['replicas', ...replicaFields, 'observedGeneration', 'terminatingReplicas'],
        replicaFields,
      ),
  },
  scale: {
    specReplicas: ({ spec }) => spec.replicas ?? 0,
    statusReplicas: ({ status }) => status?.replicas ?? 0,
    selector: ({ spec }) => selectorText(spec.selector),
    withReplicas: (object, replicas) => ({ ...object, spec: { ...object.spec, replicas } }),
  },
  columns: [
    nameColumn,
    countColumn('Desired', 'How many pods are wanted.', ({ spec }) => spec.replicas ?? 0),
    countColumn('Current', 'How many pods there are.', ({ status }) => status?.replicas ?? 0),
    countColumn('Ready', 'How many of them are ready.', ({ status }) => status?.readyReplicas ?? 0),
    ageColumn,
    ...containerColumns<ReplicaSet>(({ spec }) => spec.template?.spec?.containers).map(wide),
    wide(selectorColumn(({ spec }) => spec.selector)),
  ],
};
