import { MutatingAdmissionPolicyBindings } from '@coxswain/api';
import type { MutatingAdmissionPolicyBinding } from '@coxswain/api/types/admissionregistration-v1';
import type { Kind } from '../kind.ts';
import { ageColumn, nameColumn, textColumn } from '../rules/columns.ts';
import { matchDefaults, paramText } from './defaults.ts';
import { mutatingBindingRules } from './policy-rules.ts';

/** Puts a policy into force. */
export const mutatingAdmissionPolicyBindingKind: Kind<MutatingAdmissionPolicyBinding> = {
  resource: MutatingAdmissionPolicyBindings,
  allowUnconditionalUpdate: false,
  categories: ['api-extensions'],
  defaults: ({ spec }) => matchDefaults(spec.matchResources),
  validate: mutatingBindingRules,
  columns: [
    nameColumn,
    textColumn('PolicyName', 'The policy.', ({ spec }) => spec.policyName ?? ''),
    textColumn('ParamRef', 'Where its parameters are.', ({ spec }) => paramText(spec.paramRef)),
    ageColumn,
  ],
};
