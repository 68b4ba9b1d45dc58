import { type Resource, ValidatingAdmissionPolicies } from '@coxswain/api';
import type { ValidatingAdmissionPolicy } from '@coxswain/api/types/admissionregistration-v1';
import type { Engine } from '@coxswain/apiserver';
import { typeWarnings } from '@coxswain/apiserver/admission';
import type { Controller } from '@coxswain/control';

/** Tells in the status of policies what the server's types say of their expressions; it stands here since only the server knows them. */
export const policyStatus = ({
  catalog,
}: Pick<Engine, 'catalog'>): Controller<ValidatingAdmissionPolicy> => ({
  name: 'validatingadmissionpolicy-status-controller',
  reconciles: ValidatingAdmissionPolicies as Resource<ValidatingAdmissionPolicy>,
  watches: [],
  writes: [{ resource: ValidatingAdmissionPolicies, subresource: 'status', verbs: ['patch'] }],
  plan(policy) {
    const { generation = 0 } = policy?.metadata ?? {};
    if (!policy || generation <= (policy.status?.observedGeneration ?? 0)) return { actions: [] };
    const warnings = typeWarnings(policy, catalog.all());
    const typeChecking = { expressionWarnings: warnings.length ? warnings : null };
    return {
      actions: [
        {
          ...{ do: 'patch', type: 'merge', subresource: 'status' },
          ...{ resource: ValidatingAdmissionPolicies, object: policy },
          patch: { status: { observedGeneration: generation, typeChecking } },
        },
      ],
    };
  },
});
