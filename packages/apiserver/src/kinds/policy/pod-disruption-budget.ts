import { PodDisruptionBudgets } from '@coxswain/api';
import type { PodDisruptionBudget } from '@coxswain/api/types/policy-v1';
import type { Kind } from '../kind.ts';
import { ageColumn, countColumn, nameColumn, textColumn } from '../rules/columns.ts';
import { invalidValue, notSupported, type Rules } from '../rules/field.ts';
import { internalForm } from '../rules/internal-form.ts';
import { labelSelector } from '../rules/labels.ts';
import { pathSegmentName } from '../rules/name.ts';
import { atMostAll, countOrPercent, statusCounts } from '../rules/replicas.ts';
import { splitStatus } from '../rules/split.ts';

const counts = { currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 };
const split = splitStatus<PodDisruptionBudget>(counts);
const policies = ['AlwaysAllow', 'IfHealthyBudget'];

function* rules({ spec }: PodDisruptionBudget): Rules {
  const { minAvailable, maxUnavailable, unhealthyPodEvictionPolicy: policy } = spec;
  if (minAvailable !== undefined && maxUnavailable !== undefined)
    yield invalidValue(
      'spec',
      internalForm('policy.PodDisruptionBudgetSpec', spec),
      'minAvailable and maxUnavailable cannot be both set',
    );
  for (const field of ['minAvailable', 'maxUnavailable'] as const) {
    yield* countOrPercent(`spec.${field}`, spec[field]);
    yield* atMostAll(`spec.${field}`, spec[field]);
  }
  yield* labelSelector('spec.selector', spec.selector);
  if (policy !== undefined && !policies.includes(policy))
    yield notSupported('spec.unhealthyPodEvictionPolicy', policy, policies);
}

/** Limits how many pods of one application may be away at once by somebody's will. */
export const podDisruptionBudgetKind: Kind<PodDisruptionBudget> = {
  resource: PodDisruptionBudgets,
  shortNames: ['pdb'],
  allowUnconditionalUpdate: false,
  validateName: pathSegmentName,
  metadataLast: true,
  ...split,
  defaults: (draft) => {
    draft.spec ??= {};
  },
  validate: rules,
  status: {
    ...split.status,
    validateUpdate: ({ status }) => statusCounts(status, Object.keys(counts), []),
  },
  columns: [
    nameColumn,
    textColumn('Min Available', 'How many pods must stay.', ({ spec }) =>
      String(spec.minAvailable ?? 'N/A'),
    ),
    textColumn('Max Unavailable', 'How many pods may be away.', ({ spec }) =>
      String(spec.maxUnavailable ?? 'N/A'),
    ),
    countColumn(
      'Allowed Disruptions',
      'How many pods may go now.',
      ({ status }) => status?.disruptionsAllowed ?? 0,
    ),
    ageColumn,
  ],
};
