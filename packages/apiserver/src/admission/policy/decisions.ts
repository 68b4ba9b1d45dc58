import type {
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
} from '@coxswain/api/types/admissionregistration-v1';
import type { Admission } from '../plugin.ts';
import type { Failure, Validated } from './validate.ts';

const annotationMax = 10 * 1024;
const failureKey = 'validation.policy.admission.k8s.io/validation_failure';

interface Denial {
  readonly message: string;
  readonly reason: string;
}

/** What all policies say to one request: warnings and annotations at once, refusals at the end. */
export class Decisions {
  readonly denied: Denial[] = [];
  readonly #admission: Admission;
  readonly #annotations = new Map<string, string[]>();

  constructor(admission: Admission) {
    this.#admission = admission;
  }

  deny(
    policy: ValidatingAdmissionPolicy,
    binding: ValidatingAdmissionPolicyBinding | undefined,
    why: string,
    reason = 'Invalid',
  ): void {
    const by = binding ? ` with binding '${binding.metadata.name}'` : '';
    const message = `ValidatingAdmissionPolicy '${policy.metadata.name}'${by} denied request: ${why}`;
    this.denied.push({ message, reason });
  }

  take(
    policy: ValidatingAdmissionPolicy,
    binding: ValidatingAdmissionPolicyBinding,
    { failures, annotations, broken }: Validated,
  ): void {
    for (const failure of failures)
      for (const action of binding.spec.validationActions ?? [])
        this.#act(action, policy, binding, failure);
    for (const [key, value] of annotations) {
      const known = this.#annotations.get(key) ?? [];
      const kept = value.slice(0, annotationMax);
      if (!known.includes(kept)) this.#annotations.set(key, [...known, kept]);
    }
    for (const why of broken) this.deny(policy, binding, why);
  }

  /** Hands on the annotations of a policy, of all its bindings together. */
  publish({ metadata: { name } }: ValidatingAdmissionPolicy): void {
    for (const [key, values] of this.#annotations)
      this.#admission.annotate(`${name}/${key}`, values.join(', '));
    this.#annotations.clear();
  }

  #act(
    action: string,
    policy: ValidatingAdmissionPolicy,
    binding: ValidatingAdmissionPolicyBinding,
    { index, message, reason }: Failure,
  ): void {
    if (action === 'Deny') this.deny(policy, binding, message, reason || undefined);
    if (action === 'Warn')
      this.#admission.warn(
        `Validation failed for ValidatingAdmissionPolicy '${policy.metadata.name}' with binding '${binding.metadata.name}': ${message}`,
      );
    if (action === 'Audit')
      this.#admission.annotate(
        failureKey,
        JSON.stringify([
          {
            message,
            policy: binding.spec.policyName,
            binding: binding.metadata.name,
            expressionIndex: index,
            validationActions: binding.spec.validationActions,
          },
        ]),
      );
  }
}
