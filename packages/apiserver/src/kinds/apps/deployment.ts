import { Deployments } from '@coxswain/api';
import type { Deployment, DeploymentStrategy } from '@coxswain/api/types/apps-v1';
import type { Draft, Kind } from '../kind.ts';
import {
  ageColumn,
  containerColumns,
  countColumn,
  nameColumn,
  textColumn,
  wide,
} from '../rules/columns.ts';
import { equal } from '../rules/equal.ts';
import {
  forbiddenField,
  invalidValue,
  nonNegative,
  notSupported,
  required,
  type Rules,
} from '../rules/field.ts';
import { internalForm } from '../rules/internal-form.ts';
import { selectorText } from '../rules/labels.ts';
import { immutable } from '../rules/meta.ts';
import { podTemplateDefaults } from '../rules/pod-defaults.ts';
import { lastingTemplate } from '../rules/pod-template.ts';
import {
  atMostAll,
  countOrPercent,
  neverDecremented,
  numberOf,
  statusCounts,
  workloadSelector,
} from '../rules/replicas.ts';
import { splitStatus } from '../rules/split.ts';
import { templateWarnings } from '../rules/template-warnings.ts';

const split = splitStatus<Deployment>();

function defaults({ spec }: Draft<Deployment>): void {
  podTemplateDefaults(spec.template);
  spec.replicas ??= 1;
  spec.strategy ??= {};
  spec.strategy.type ||= 'RollingUpdate';
  if (spec.strategy.type === 'RollingUpdate') {
    spec.strategy.rollingUpdate ??= {};
    spec.strategy.rollingUpdate.maxUnavailable ??= '25%';
    spec.strategy.rollingUpdate.maxSurge ??= '25%';
  }
  spec.revisionHistoryLimit ??= 10;
  spec.progressDeadlineSeconds ??= 600;
}

function* strategy(path: string, given: DeploymentStrategy): Rules {
  const { type, rollingUpdate } = given;
  if (type === 'Recreate') {
    if (rollingUpdate)
      yield forbiddenField(
        `${path}.rollingUpdate`,
        "may not be specified when strategy `type` is 'Recreate'",
      );
    return;
  }
  if (type !== 'RollingUpdate') {
    yield notSupported(path, internalForm('apps.DeploymentStrategy', given), [
      'Recreate',
      'RollingUpdate',
    ]);
    return;
  }
  if (!rollingUpdate) {
    yield required(`${path}.rollingUpdate`, 'this should be defaulted and never be nil');
    return;
  }
  const { maxUnavailable, maxSurge } = rollingUpdate;
  const at = `${path}.rollingUpdate`;
  yield* countOrPercent(`${at}.maxUnavailable`, maxUnavailable);
  yield* countOrPercent(`${at}.maxSurge`, maxSurge);
  if (numberOf(maxUnavailable) === 0 && numberOf(maxSurge) === 0)
    yield invalidValue(
      `${at}.maxUnavailable`,
      maxUnavailable ?? 0,
      'may not be 0 when `maxSurge` is 0',
    );
  yield* atMostAll(`${at}.maxUnavailable`, maxUnavailable);
}

function* rules({ spec }: Deployment): Rules {
  yield* nonNegative('spec.replicas', spec.replicas);
  yield* workloadSelector(
    'spec.selector',
    spec.selector,
    'empty selector is invalid for deployment',
  );
  yield* lastingTemplate('spec.template', spec.selector, spec.template, 'ReplicaSet');
  yield* strategy('spec.strategy', spec.strategy ?? {});
  yield* nonNegative('spec.minReadySeconds', spec.minReadySeconds);
  yield* nonNegative('spec.revisionHistoryLimit', spec.revisionHistoryLimit);
  const deadline = spec.progressDeadlineSeconds;
  if (deadline === undefined) return;
  yield* nonNegative('spec.progressDeadlineSeconds', deadline);
  if (deadline <= (spec.minReadySeconds ?? 0))
    yield invalidValue(
      'spec.progressDeadlineSeconds',
      deadline,
      'must be greater than minReadySeconds',
    );
}

const replicaFields = ['updatedReplicas', 'readyReplicas', 'availableReplicas'];

/** Keeps a number of equal pods, and replaces them step by step when their template changes. */
export const deploymentKind: Kind<Deployment> = {
  resource: Deployments,
  shortNames: ['deploy'],
  categories: ['all'],
  ...split,
  defaults,
  // Annotations are passed on to replica sets: they count too.
  generation: (next, before) =>
    !equal(next.spec, before.spec) ||
    !equal(next.metadata.annotations, before.metadata.annotations),
  validate: rules,
  *validateUpdate(next, before) {
    yield* rules(next);
    yield* immutable('spec.selector', next.spec.selector, before.spec.selector);
  },
  warnings: ({ spec }, before) =>
    templateWarnings('spec.template.', spec.template, before?.spec.template),
  status: {
    // Labels of a deployment mark its revisions: its status must not touch them.
    prepareForUpdate: (next, before) => ({
      ...next,
      spec: before.spec,
      metadata: { ...next.metadata, labels: before.metadata.labels },
    }),
    *validateUpdate({ status }, before) {
      yield* statusCounts(
        status,
        [
          'observedGeneration',
          'replicas',
          ...replicaFields,
          'unavailableReplicas',
          'terminatingReplicas',
          'collisionCount',
        ],
        replicaFields,
      );
      yield* neverDecremented(
        'status.collisionCount',
        status?.collisionCount,
        before.status?.collisionCount,
      );
    },
    resetFields: [['f:spec'], ['f:metadata', 'f:labels']],
  },
  scale: {
    specReplicas: ({ spec }) => spec.replicas ?? 0,
    statusReplicas: ({ status }) => status?.replicas ?? 0,
    selector: ({ spec }) => selectorText(spec.selector),
    withReplicas: (object, replicas) => ({ ...object, spec: { ...object.spec, replicas } }),
  },
  columns: [
    nameColumn,
    textColumn(
      'Ready',
      'How many pods are ready, of how many wanted.',
      ({ spec, status }) => `${status?.readyReplicas ?? 0}/${spec.replicas ?? 0}`,
    ),
    {
      ...countColumn(
        'Up-to-date',
        'How many pods follow the current template.',
        ({ status }) => status?.updatedReplicas ?? 0,
      ),
      type: 'string',
    },
    {
      ...countColumn(
        'Available',
        'How many pods have been ready for long enough.',
        ({ status }) => status?.availableReplicas ?? 0,
      ),
      type: 'string',
    },
    ageColumn,
    ...containerColumns<Deployment>(({ spec }) => spec.template.spec?.containers).map(wide),
    wide(
      textColumn('Selector', 'The labels that the selected pods carry.', ({ spec }) =>
        selectorText(spec.selector),
      ),
    ),
  ],
};
