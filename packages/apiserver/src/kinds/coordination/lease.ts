import { Leases } from '@coxswain/api';
import type { Lease } from '@coxswain/api/types/coordination-v1';
import type { Kind } from '../kind.ts';
import { ageColumn, nameColumn, textColumn } from '../rules/columns.ts';
import {
  forbiddenField,
  nonNegative,
  positiveText,
  invalidValue,
  required,
  type Rules,
} from '../rules/field.ts';

function* rules({ spec }: Lease): Rules {
  const { leaseDurationSeconds: seconds, strategy, preferredHolder, holderIdentity } = spec;
  if (seconds !== undefined && seconds <= 0)
    yield invalidValue('spec.leaseDurationSeconds', seconds, positiveText);
  yield* nonNegative('spec.leaseTransitions', spec.leaseTransitions);
  if (strategy !== undefined && holderIdentity === '')
    yield required('spec.holderIdentity', 'holderIdentity must not be empty');
  if (preferredHolder !== undefined && !strategy)
    yield forbiddenField(
      'spec.preferredHolder',
      'may only be specified when `strategy` is defined',
    );
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
  validate: rules,
  columns: [
    nameColumn,
    textColumn('Holder', 'Who holds it.', ({ spec }) => spec?.holderIdentity ?? ''),
    ageColumn,
  ],
};
