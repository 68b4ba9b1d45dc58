import { MutatingAdmissionPolicies } from '@coxswain/api';
import type { MutatingAdmissionPolicy } from '@coxswain/api/types/admissionregistration-v1';
import type { Kind } from '../kind.ts';
import { ageColumn, countColumn, nameColumn, textColumn } from '../rules/columns.ts';
import { matchDefaults } from './defaults.ts';
import { mutatingPolicyRules } from './policy-rules.ts';

/** Expressions that mutate writes. */
export const mutatingAdmissionPolicyKind: Kind<MutatingAdmissionPolicy> = {
  resource: MutatingAdmissionPolicies,
  allowUnconditionalUpdate: false,
  categories: ['api-extensions'],
  defaults: (draft) => {
    draft.spec ??= {};
    draft.spec.failurePolicy ??= 'Fail';
    matchDefaults(draft.spec.matchConstraints);
  },
  validate: (policy) => mutatingPolicyRules(policy),
  validateUpdate: (next, before) => mutatingPolicyRules(next, before),
  columns: [
    nameColumn,
    countColumn(
      'Mutations',
      'How many expressions it holds.',
      ({ spec }) => spec.mutations?.length ?? 0,
    ),
    textColumn('ParamKind', 'The kind of its parameters.', ({ spec }) =>
      spec.paramKind
        ? `${spec.paramKind.apiVersion ?? ''}/${spec.paramKind.kind ?? ''}`
        : '<unset>',
    ),
    ageColumn,
  ],
};
