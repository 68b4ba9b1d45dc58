import { badRequest, DaemonSets } from '@coxswain/api';
import type { DaemonSet, DaemonSetUpdateStrategy } from '@coxswain/api/types/apps-v1';
import type { Draft, Kind } from '../kind.ts';
import {
  ageColumn,
  containerColumns,
  countColumn,
  nameColumn,
  selectorColumn,
  textColumn,
  wide,
} from '../rules/columns.ts';
import { equal } from '../rules/equal.ts';
import { invalidValue, nonNegative, notSupported, required, type Rules } from '../rules/field.ts';
import { internalForm } from '../rules/internal-form.ts';
import { isEmptySelector, labelSelector, labelsText } from '../rules/labels.ts';
import { immutable } from '../rules/meta.ts';
import { podTemplateDefaults } from '../rules/pod-defaults.ts';
import { lastingTemplate } from '../rules/pod-template.ts';
import {
  atMostAll,
  countOrPercent,
  neverDecremented,
  numberOf,
  statusCounts,
} from '../rules/replicas.ts';
import { splitStatus } from '../rules/split.ts';
import { templateWarnings } from '../rules/template-warnings.ts';

const counts = {
  currentNumberScheduled: 0,
  numberMisscheduled: 0,
  desiredNumberScheduled: 0,
  numberReady: 0,
};
const split = splitStatus<DaemonSet>(counts);

/** Counts changes of the template, as it did in a version that is gone. */
const templateGeneration = 'deprecated.daemonset.template.generation';

const withGeneration = (set: DaemonSet, generation: string): DaemonSet => ({
  ...set,
  metadata: {
    ...set.metadata,
    annotations: { ...set.metadata.annotations, [templateGeneration]: generation },
  },
});

/** Upstream keeps the annotation as a number. */
function checkGeneration(text: string): void {
  const isNumber = /^[+-]?\d+$/.test(text);
  if (isNumber && BigInt.asIntN(64, BigInt(text)) === BigInt(text)) return;
  const why = isNumber ? 'value out of range' : 'invalid syntax';
  throw badRequest(
    `DaemonSet in version "v1" cannot be handled as a DaemonSet: strconv.ParseInt: parsing ${JSON.stringify(text)}: ${why}`,
  );
}

function defaults({ spec, metadata }: Draft<DaemonSet>): void {
  const generation = metadata.annotations?.[templateGeneration];
  if (generation !== undefined) checkGeneration(generation);
  else metadata.annotations = { [templateGeneration]: '1', ...metadata.annotations };
  podTemplateDefaults(spec.template);
  spec.updateStrategy ??= {};
  spec.updateStrategy.type ||= 'RollingUpdate';
  if (spec.updateStrategy.type === 'RollingUpdate') {
    spec.updateStrategy.rollingUpdate ??= {};
    spec.updateStrategy.rollingUpdate.maxUnavailable ??= 1;
    spec.updateStrategy.rollingUpdate.maxSurge ??= 0;
  }
  spec.revisionHistoryLimit ??= 10;
}

function* updateStrategy(path: string, given: DaemonSetUpdateStrategy): Rules {
  const { type, rollingUpdate } = given;
  if (type === 'OnDelete') return;
  if (type !== 'RollingUpdate') {
    yield notSupported(path, internalForm('apps.DaemonSetUpdateStrategy', given), [
      'RollingUpdate',
      'OnDelete',
    ]);
    return;
  }
  const at = `${path}.rollingUpdate`;
  if (!rollingUpdate) {
    yield required(at);
    return;
  }
  const { maxUnavailable, maxSurge } = rollingUpdate;
  yield* countOrPercent(`${at}.maxUnavailable`, maxUnavailable);
  yield* countOrPercent(`${at}.maxSurge`, maxSurge);
  yield* atMostAll(`${at}.maxUnavailable`, maxUnavailable);
  yield* atMostAll(`${at}.maxSurge`, maxSurge);
  const unavailable = numberOf(maxUnavailable) !== 0;
  const surge = numberOf(maxSurge) !== 0;
  if (unavailable && surge)
    yield invalidValue(
      `${at}.maxSurge`,
      maxSurge,
      'may not be set when maxUnavailable is non-zero',
    );
  if (!unavailable && !surge)
    yield required(`${at}.maxUnavailable`, 'cannot be 0 when maxSurge is 0');
}

function* rules({ spec }: DaemonSet): Rules {
  // Upstream asks for no selector; one that is absent matches no template.
  yield* labelSelector('spec.selector', spec.selector);
  if (spec.selector && isEmptySelector(spec.selector))
    yield invalidValue('spec.selector', spec.selector, 'empty selector is invalid for daemonset');
  yield* lastingTemplate('spec.template', spec.selector, spec.template, 'DaemonSet');
  yield* nonNegative('spec.minReadySeconds', spec.minReadySeconds);
  yield* updateStrategy('spec.updateStrategy', spec.updateStrategy ?? {});
  yield* nonNegative('spec.revisionHistoryLimit', spec.revisionHistoryLimit);
}

const statusFields = [
  ...Object.keys(counts),
  ...['observedGeneration', 'updatedNumberScheduled', 'numberAvailable', 'numberUnavailable'],
  'collisionCount',
];

/** Keeps one pod on each node that suits it. */
export const daemonSetKind: Kind<DaemonSet> = {
  resource: DaemonSets,
  shortNames: ['ds'],
  categories: ['all'],
  ...split,
  defaults,
  prepareForCreate: (set, context) => withGeneration(split.prepareForCreate!(set, context), '1'),
  prepareForUpdate: (next, before, context) => {
    const old = before.metadata.annotations?.[templateGeneration] ?? '1';
    const isSame = equal(next.spec.template, before.spec.template);
    return withGeneration(
      split.prepareForUpdate!(next, before, context),
      isSame ? old : String(Number(old) + 1),
    );
  },
  validate: rules,
  *validateUpdate(next, before) {
    yield* immutable('spec.selector', next.spec.selector, before.spec.selector);
    yield* rules(next);
  },
  warnings: ({ spec }, before) =>
    templateWarnings('spec.template.', spec.template, before?.spec.template),
  status: {
    ...split.status,
    prepareForUpdate: (next, before, context) =>
      withGeneration(
        split.status.prepareForUpdate(next, before, context),
        before.metadata.annotations?.[templateGeneration] ?? '1',
      ),
    *validateUpdate({ status }, before) {
      yield* statusCounts(status, statusFields, []);
      yield* neverDecremented(
        'status.collisionCount',
        status?.collisionCount,
        before.status?.collisionCount,
      );
    },
  },
  columns: [
    nameColumn,
    countColumn(
      'Desired',
      'How many nodes should have its pod.',
      ({ status }) => status?.desiredNumberScheduled ?? 0,
    ),
    countColumn(
      'Current',
      'How many of them have one.',
      ({ status }) => status?.currentNumberScheduled ?? 0,
    ),
    countColumn(
      'Ready',
      'How many of them have a ready one.',
      ({ status }) => status?.numberReady ?? 0,
    ),
    countColumn(
      'Up-to-date',
      'How many of them have one of the current template.',
      ({ status }) => status?.updatedNumberScheduled ?? 0,
    ),
    countColumn(
      'Available',
      'How many of them have one that was ready for long enough.',
      ({ status }) => status?.numberAvailable ?? 0,
    ),
    textColumn('Node Selector', 'The labels of the nodes that its pods ask for.', ({ spec }) =>
      labelsText(spec.template.spec?.nodeSelector),
    ),
    ageColumn,
    ...containerColumns<DaemonSet>(({ spec }) => spec.template.spec?.containers).map(wide),
    wide(selectorColumn(({ spec }) => spec.selector)),
  ],
};
