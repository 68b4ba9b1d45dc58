import {
  ApiError,
  type KubeObject,
  Namespaces,
  ValidatingAdmissionPolicies,
  ValidatingAdmissionPolicyBindings,
} from '@coxswain/api';
import type {
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
} from '@coxswain/api/types/admissionregistration-v1';
import type { AdmissionParts } from '../index.ts';
import type { Admission, AdmissionPlugin } from '../plugin.ts';
import { refuse } from '../refuse.ts';
import { Authority } from './authority.ts';
import { type CompiledValidating, compileValidating } from './compile.ts';
import { Decisions } from './decisions.ts';
import type { Given } from './evaluate.ts';
import { isBeyondPolicies, wantedAs } from './match.ts';
import { ConfigurationError, paramResource, paramsOf } from './params.ts';
import { type Enforced, Policies } from './policies.ts';
import { validate } from './validate.ts';

type Policy = Enforced<
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
  CompiledValidating
>;

/** The namespace that expressions see: none of the cluster's scope, and none of a Namespace itself. */
export function namespaceSeen(
  { objects }: AdmissionParts,
  admission: Admission,
): KubeObject | undefined {
  const { resource, namespace } = admission;
  const isNamespace = resource.group === '' && resource.resource === 'namespaces';
  return isNamespace || !namespace ? undefined : objects.get(Namespaces, namespace);
}

/** ValidatingAdmissionPolicies with their bindings: a request is told of all that is wrong, and refused by the first that denies. */
export function validatingPolicies(parts: AdmissionParts): AdmissionPlugin {
  const policies = new Policies(
    parts.objects,
    ValidatingAdmissionPolicies,
    ValidatingAdmissionPolicyBindings,
    ({ spec }: ValidatingAdmissionPolicy) => compileValidating(spec),
  );
  return {
    name: 'ValidatingAdmissionPolicy',
    handles: (admission) => policies.all.length > 0 && !isBeyondPolicies(admission),
    async validate(admission, signal) {
      const decisions = new Decisions(admission);
      const authority = new Authority(parts.authorizers, admission, signal);
      for (const policy of policies.all)
        await onePolicy(parts, policy, admission, authority, decisions);
      const [denied] = decisions.denied;
      if (!denied) return;
      const { code, message, details } = refuse(admission, denied.message);
      throw new ApiError(codes[denied.reason] ?? code, denied.reason, message, {
        ...details,
        causes: [{ message: denied.message }],
      });
    },
  };
}

const codes: Readonly<Record<string, number>> = {
  ...{ Unauthorized: 401, Forbidden: 403, RequestEntityTooLarge: 413, Invalid: 422 },
};

/** Makes of a configuration error what the failure policy says of it. */
async function configured(
  decisions: Decisions,
  policy: ValidatingAdmissionPolicy,
  binding: ValidatingAdmissionPolicyBinding | undefined,
  act: () => Promise<void> | void,
): Promise<void> {
  try {
    await act();
  } catch (cause) {
    if (!(cause instanceof ConfigurationError || cause instanceof ApiError)) throw cause;
    if (policy.spec.failurePolicy === 'Ignore') return;
    const what = binding ? 'binding' : 'policy';
    decisions.deny(policy, binding, `failed to configure ${what}: ${cause.message}`);
  }
}

async function onePolicy(
  parts: AdmissionParts,
  { policy, compiled, bindings }: Policy,
  admission: Admission,
  authority: Authority,
  decisions: Decisions,
): Promise<void> {
  await configured(decisions, policy, undefined, async () => {
    const resource = wantedAs(parts, policy.spec.matchConstraints ?? {}, admission);
    if (!resource) return;
    const params = paramResource(parts, policy.spec.paramKind);
    const convert = (object: KubeObject | undefined): KubeObject | undefined =>
      object && parts.versions.convert(object, admission.resource, resource);
    const seen = {
      ...{ admission, resource },
      object: convert(admission.object),
      before: convert(admission.before),
    };
    const namespace = namespaceSeen(parts, admission);
    for (const binding of bindings)
      await configured(decisions, policy, binding, async () => {
        const { matchResources, paramRef } = binding.spec;
        if (!wantedAs(parts, matchResources ?? { matchPolicy: 'Equivalent' }, admission)) return;
        for (const param of paramsOf(parts, params, paramRef, admission.namespace)) {
          const given: Given = {
            seen,
            namespace,
            authority,
            params: param,
            variables: compiled.variables,
          };
          decisions.take(policy, binding, await validate(policy, compiled, given));
        }
      });
    decisions.publish(policy);
  });
}
