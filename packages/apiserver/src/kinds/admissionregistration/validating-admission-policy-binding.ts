import { ValidatingAdmissionPolicyBindings } from '@coxswain/api';
import type { ValidatingAdmissionPolicyBinding } from '@coxswain/api/types/admissionregistration-v1';
import type { Kind } from '../kind.ts';
import { ageColumn, nameColumn, textColumn } from '../rules/columns.ts';
import { matchDefaults, paramText } from './defaults.ts';
import { validatingBindingRules } from './policy-rules.ts';

/** Puts a policy into force. */
export const validatingAdmissionPolicyBindingKind: Kind<ValidatingAdmissionPolicyBinding> = {
  resource: ValidatingAdmissionPolicyBindings,
  allowUnconditionalUpdate: false,
  categories: ['api-extensions'],
  defaults: ({ spec }) => matchDefaults(spec.matchResources),
  validate: validatingBindingRules,
  columns: [
    nameColumn,
    textColumn('PolicyName', 'The policy.', ({ spec }) => spec.policyName ?? ''),
    textColumn('ParamRef', 'Where its parameters are.', ({ spec }) => paramText(spec.paramRef)),
    ageColumn,
  ],
};
