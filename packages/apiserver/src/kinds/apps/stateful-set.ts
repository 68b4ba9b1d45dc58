import { StatefulSets } from '@coxswain/api';
import type {
  RollingUpdateStatefulSetStrategy,
  StatefulSet,
  StatefulSetSpec,
} from '@coxswain/api/types/apps-v1';
import type { Draft, Kind, KindContext } from '../kind.ts';
import { claimSpec } from '../rules/claim.ts';
import { claimSpecDefaults } from '../rules/claim-defaults.ts';
import { ageColumn, containerColumns, nameColumn, textColumn, wide } from '../rules/columns.ts';
import { equal } from '../rules/equal.ts';
import {
  allInvalid,
  forbiddenField,
  invalidValue,
  nonNegative,
  notSupported,
  required,
  type Rules,
} from '../rules/field.ts';
import { internalForm } from '../rules/internal-form.ts';
import { annotations, labels, selectorText } from '../rules/labels.ts';
import { dns1123Label, labelName } from '../rules/name.ts';
import { podAnnotations } from '../rules/pod-annotations.ts';
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

const split = splitStatus<StatefulSet>({ replicas: 0, availableReplicas: 0 });

function defaults({ spec }: Draft<StatefulSet>): void {
  podTemplateDefaults(spec.template);
  spec.podManagementPolicy ||= 'OrderedReady';
  spec.updateStrategy ??= {};
  if (!spec.updateStrategy.type) {
    spec.updateStrategy.type = 'RollingUpdate';
    spec.updateStrategy.rollingUpdate ??= {};
  }
  if (spec.updateStrategy.type === 'RollingUpdate' && spec.updateStrategy.rollingUpdate)
    spec.updateStrategy.rollingUpdate.partition ??= 0;
  const retention = (spec.persistentVolumeClaimRetentionPolicy ??= {});
  retention.whenDeleted ||= 'Retain';
  retention.whenScaled ||= 'Retain';
  spec.replicas ??= 1;
  spec.revisionHistoryLimit ??= 10;
  for (const claim of spec.volumeClaimTemplates ?? []) {
    claim.apiVersion ??= 'v1';
    claim.kind ??= 'PersistentVolumeClaim';
    claimSpecDefaults((claim.spec ??= {}));
    claim.status ??= {};
    claim.status.phase ||= 'Pending';
  }
}

const strategyOf = ({ spec }: StatefulSet): RollingUpdateStatefulSetStrategy | undefined =>
  spec.updateStrategy?.rollingUpdate;

/** Without the fields of features that are off, unless they were there before. */
function withoutDisabled(
  set: StatefulSet,
  before: StatefulSet | undefined,
  { enabled }: KindContext,
): StatefulSet {
  const strategy = strategyOf(set);
  if (strategy?.maxUnavailable === undefined || enabled('MaxUnavailableStatefulSet')) return set;
  if (before && strategyOf(before)?.maxUnavailable !== undefined) return set;
  const { maxUnavailable: _, ...rollingUpdate } = strategy;
  return {
    ...set,
    spec: { ...set.spec, updateStrategy: { ...set.spec.updateStrategy, rollingUpdate } },
  };
}

const strategies = "must be 'RollingUpdate' or 'OnDelete'";

function* rollingRules(
  path: string,
  strategy: RollingUpdateStatefulSetStrategy | undefined,
): Rules {
  const { partition, maxUnavailable: most } = strategy ?? {};
  yield* nonNegative(`${path}.partition`, partition);
  if (most === undefined) return;
  yield* countOrPercent(`${path}.maxUnavailable`, most);
  if (numberOf(most) === 0) yield invalidValue(`${path}.maxUnavailable`, most, 'cannot be 0');
  yield* atMostAll(`${path}.maxUnavailable`, most);
}

/** What of an existing set cannot change is not looked at again. */
function* rules({ spec, metadata }: StatefulSet, isNew: boolean): Rules {
  const { podManagementPolicy: order, updateStrategy: { type, rollingUpdate } = {} } = spec;
  if (!order) yield required('spec.podManagementPolicy');
  else if (order !== 'OrderedReady' && order !== 'Parallel')
    yield invalidValue('spec.podManagementPolicy', order, "must be 'OrderedReady' or 'Parallel'");
  if (!type) yield required('spec.updateStrategy');
  else if (type === 'OnDelete') {
    if (rollingUpdate)
      yield invalidValue(
        'spec.updateStrategy.rollingUpdate',
        internalForm('apps.RollingUpdateStatefulSetStrategy', rollingUpdate),
        "only allowed for updateStrategy 'RollingUpdate'",
      );
  } else if (type !== 'RollingUpdate')
    yield invalidValue(
      'spec.updateStrategy',
      internalForm('apps.StatefulSetUpdateStrategy', spec.updateStrategy),
      strategies,
    );
  else yield* rollingRules('spec.updateStrategy.rollingUpdate', rollingUpdate);
  for (const field of ['whenDeleted', 'whenScaled'] as const) {
    const value = spec.persistentVolumeClaimRetentionPolicy?.[field];
    if (value !== undefined && value !== 'Retain' && value !== 'Delete')
      yield notSupported(`spec.persistentVolumeClaimRetentionPolicy.${field}`, value, [
        'Retain',
        'Delete',
      ]);
  }
  if (isNew)
    for (const [index, claim] of (spec.volumeClaimTemplates ?? []).entries())
      yield* claimSpec(`spec.volumeClaimTemplates[${index}].spec`, claim.spec ?? {});
  yield* nonNegative('spec.replicas', spec.replicas);
  yield* nonNegative('spec.minReadySeconds', spec.minReadySeconds);
  yield* nonNegative('spec.ordinals.start', spec.ordinals?.start);
  if (isNew && spec.serviceName)
    yield* allInvalid('spec.serviceName', spec.serviceName, dns1123Label(spec.serviceName));
  yield* workloadSelector(
    'spec.selector',
    spec.selector,
    'empty selector is invalid for statefulset',
    '',
  );
  yield* lastingTemplate(
    'spec.template',
    spec.selector,
    withClaimVolumes(spec, metadata.name),
    'StatefulSet',
  );
  yield* metadataAgain('spec.template', spec.template);
}

/** Upstream looks twice at the metadata of the template. */
function* metadataAgain(path: string, template: StatefulSetSpec['template'] | undefined): Rules {
  const { labels: pairs, annotations: notes } = template?.metadata ?? {};
  if (pairs) yield* labels(`${path}.labels`, pairs);
  if (!notes) return;
  yield* annotations(`${path}.annotations`, notes);
  yield* podAnnotations(`${path}.annotations`, notes, template?.spec ?? { containers: [] });
}

/** The template as its pods will have it: each claim template adds a volume of its name. */
function withClaimVolumes(
  { template, volumeClaimTemplates = [] }: StatefulSetSpec,
  set: string,
): StatefulSetSpec['template'] {
  if (!volumeClaimTemplates.length || !template?.spec) return template;
  const names = new Set(volumeClaimTemplates.map(({ metadata }) => metadata.name));
  const volumes = [
    ...(template.spec.volumes ?? []).filter(({ name }) => !names.has(name)),
    ...[...names].map((name) => ({
      name,
      persistentVolumeClaim: { claimName: `${name}-${set}-0` },
    })),
  ];
  return { ...template, spec: { ...template.spec, volumes } };
}

const mutable = [
  ...['replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit'],
  ...['persistentVolumeClaimRetentionPolicy', 'minReadySeconds'],
] as const;

const fixedPart = (spec: StatefulSetSpec): object =>
  Object.fromEntries(
    Object.entries(spec).filter(([field]) => !mutable.includes(field as 'replicas')),
  );

const counted = ['readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas'];

/** Keeps pods that have names, an order and storage of their own. */
export const statefulSetKind: Kind<StatefulSet> = {
  resource: StatefulSets,
  shortNames: ['sts'],
  validateName: labelName,
  categories: ['all'],
  ...split,
  prepareForCreate: (set, context) =>
    withoutDisabled(split.prepareForCreate!(set, context), undefined, context),
  prepareForUpdate: (next, before, context) =>
    withoutDisabled(split.prepareForUpdate!(next, before, context), before, context),
  defaults,
  validate: (set) => rules(set, true),
  *validateUpdate(next, before) {
    yield* rules(next, false);
    if (!equal(fixedPart(next.spec), fixedPart(before.spec)))
      yield forbiddenField(
        'spec',
        "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
      );
  },
  *warnings({ spec }, before) {
    yield* templateWarnings('spec.template.', spec.template, before?.spec.template);
    if ((spec.revisionHistoryLimit ?? 0) < 0)
      yield 'spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended';
  },
  status: {
    ...split.status,
    *validateUpdate({ status }, before) {
      yield* statusCounts(
        status,
        ['replicas', ...counted, 'observedGeneration', 'collisionCount'],
        counted,
        'status.readyReplicas',
      );
      yield* neverDecremented(
        'status.collisionCount',
        status?.collisionCount,
        before.status?.collisionCount,
      );
    },
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
    ageColumn,
    ...containerColumns<StatefulSet>(({ spec }) => spec.template.spec?.containers).map(wide),
  ],
};
