import { Leases } from '@coxswain/api';
import type { Lease } from '@coxswain/api/types/coordination-v1';
import type { Kind, KindContext } from '../kind.ts';
import { ageColumn, nameColumn, textColumn } from '../rules/columns.ts';
import {
  allInvalid,
  forbiddenField,
  invalidValue,
  nonNegative,
  notSupported,
  positiveText,
  type Rules,
} from '../rules/field.ts';
import { qualifiedName } from '../rules/name.ts';

const strategies = ['OldestEmulationVersion'];

function* rules({ spec }: Lease): Rules {
  const { leaseDurationSeconds: seconds, strategy, preferredHolder } = spec;
  if (seconds !== undefined && seconds <= 0)
    yield invalidValue('spec.leaseDurationSeconds', seconds, positiveText);
  yield* nonNegative('spec.leaseTransitions', spec.leaseTransitions);
  if (strategy !== undefined) yield* strategyRules('spec.strategy.strategy', strategy);
  if (preferredHolder && !strategy)
    yield forbiddenField('spec.preferredHolder', 'may only be specified if `strategy` is defined');
}

/** A strategy of Kubernetes' own, or one that names a domain. */
function* strategyRules(path: string, strategy: string): Rules {
  if (strategy.includes('/')) yield* allInvalid(path, strategy, qualifiedName(strategy));
  else if (!strategies.includes(strategy)) yield notSupported(path, strategy, strategies);
}

/** Fields of coordinated leader election are dropped while that is off. */
function prepared(next: Lease, before: Lease | undefined, { enabled }: KindContext): Lease {
  const isPlain = next.spec?.strategy === undefined && next.spec?.preferredHolder === undefined;
  if (isPlain || enabled('CoordinatedLeaderElection')) return next;
  const { strategy, preferredHolder, ...spec } = next.spec;
  return {
    ...next,
    spec: {
      ...spec,
      ...(before?.spec?.strategy !== undefined && strategy !== undefined && { strategy }),
      ...(before?.spec?.preferredHolder !== undefined &&
        preferredHolder !== undefined && { preferredHolder }),
    },
  };
}

/** Says who leads, or that a node lives. */
export const leaseKind: Kind<Lease> = {
  resource: Leases,
  allowCreateOnUpdate: true,
  allowUnconditionalUpdate: false,
  generation: false,
  defaults: (draft) => {
    draft.spec ??= {};
  },
  prepareForCreate: (object, context) => prepared(object, undefined, context),
  prepareForUpdate: prepared,
  validate: rules,
  columns: [
    nameColumn,
    textColumn('Holder', 'Who holds it.', ({ spec }) => spec?.holderIdentity ?? ''),
    ageColumn,
  ],
};
