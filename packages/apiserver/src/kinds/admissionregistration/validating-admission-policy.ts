import { ValidatingAdmissionPolicies } from '@coxswain/api';
import type { ValidatingAdmissionPolicy } from '@coxswain/api/types/admissionregistration-v1';
import type { Kind } from '../kind.ts';
import { ageColumn, countColumn, nameColumn, textColumn } from '../rules/columns.ts';
import { splitStatus } from '../rules/split.ts';
import { matchDefaults } from './defaults.ts';
import { validatingPolicyRules } from './policy-rules.ts';

/** Expressions that validate writes. */
export const validatingAdmissionPolicyKind: Kind<ValidatingAdmissionPolicy> = {
  resource: ValidatingAdmissionPolicies,
  allowUnconditionalUpdate: false,
  categories: ['api-extensions'],
  ...splitStatus<ValidatingAdmissionPolicy>({}, 'kept from status'),
  defaults: (draft) => {
    draft.spec ??= {};
    draft.spec.failurePolicy ??= 'Fail';
    matchDefaults(draft.spec.matchConstraints);
  },
  validate: (policy) => validatingPolicyRules(policy),
  validateUpdate: (next, before) => validatingPolicyRules(next, before),
  columns: [
    nameColumn,
    countColumn(
      'Validations',
      'How many expressions it holds.',
      ({ spec }) => spec.validations?.length ?? 0,
    ),
    textColumn('ParamKind', 'The kind of its parameters.', ({ spec }) =>
      spec.paramKind
        ? `${spec.paramKind.apiVersion ?? ''}/${spec.paramKind.kind ?? ''}`
        : '<unset>',
    ),
    ageColumn,
  ],
};
