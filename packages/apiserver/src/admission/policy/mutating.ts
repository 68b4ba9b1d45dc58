import {
  ApiError,
  type KubeObject,
  MutatingAdmissionPolicies,
  MutatingAdmissionPolicyBindings,
  type Resource,
} from '@coxswain/api';
import type {
  MutatingAdmissionPolicy,
  MutatingAdmissionPolicyBinding,
} from '@coxswain/api/types/admissionregistration-v1';
import { isSame } from '../../rest/equal.ts';
import type { AdmissionParts } from '../index.ts';
import type { Admission, AdmissionPlugin } from '../plugin.ts';
import { refuse } from '../refuse.ts';
import { Authority } from './authority.ts';
import { type CompiledMutating, type CompiledMutation, compileMutating } from './compile.ts';
import { Evaluation, type Given, OutOfBudget } from './evaluate.ts';
import { matchConditions } from './match-conditions.ts';
import { isBeyondPolicies, wantedAs } from './match.ts';
import { ConfigurationError, paramResource, paramsOf } from './params.ts';
import { PatchError, withApplied, withJsonPatch } from './patch.ts';
import { type Enforced, Policies } from './policies.ts';
import { namespaceSeen } from './validating.ts';

type Policy = Enforced<MutatingAdmissionPolicy, MutatingAdmissionPolicyBinding, CompiledMutating>;

/** One policy with one binding and one parameter. */
interface Invocation {
  readonly key: string;
  readonly policy: Policy;
  readonly binding: MutatingAdmissionPolicyBinding;
  readonly resource: Resource;
  readonly param: KubeObject | undefined;
}

/** What is remembered between the rounds over one write. */
interface Kept {
  readonly ran: Set<string>;
  readonly again: Set<string>;
  output: KubeObject | undefined;
}

interface Wrong {
  readonly policy: MutatingAdmissionPolicy;
  readonly message: string;
  readonly reason?: string;
}

const pluginName = 'MutatingAdmissionPolicy';

/** MutatingAdmissionPolicies with their bindings, one after the other; once more when what they made was changed after them. */
export function mutatingPolicies(parts: AdmissionParts): AdmissionPlugin {
  const policies = new Policies(
    parts.objects,
    MutatingAdmissionPolicies,
    MutatingAdmissionPolicyBindings,
    ({ spec }: MutatingAdmissionPolicy) => compileMutating(spec),
  );
  return {
    name: pluginName,
    handles: (admission) => policies.all.length > 0 && !isBeyondPolicies(admission),
    async mutate(admission, signal) {
      const wrong: Wrong[] = [];
      const invocations = policies.all.flatMap((policy) =>
        invocationsOf(parts, policy, admission, wrong),
      );
      let object = admission.object;
      if (invocations.length) {
        const authority = new Authority(parts.authorizers, admission, signal);
        object = await runAll(parts, invocations, admission, authority, wrong);
      }
      const denied = wrong.filter(({ policy }) => policy.spec.failurePolicy !== 'Ignore');
      if (denied.length) throw denial(admission, denied);
      return object as KubeObject;
    },
  };
}

function denial(admission: Admission, denied: readonly Wrong[]): ApiError {
  const { code, reason, details } = refuse(admission, '');
  const [first] = denied;
  return new ApiError(code, first!.reason ?? reason, first!.message, {
    ...details,
    causes: denied.map(({ message }) => ({ message })),
  });
}

const policyError = (policy: MutatingAdmissionPolicy, why: string): Wrong => ({
  policy,
  message: `policy ${JSON.stringify(policy.metadata.name)} denied request: ${why}`,
});

const bindingError = (
  policy: MutatingAdmissionPolicy,
  binding: MutatingAdmissionPolicyBinding,
  why: string,
  reason?: string,
): Wrong => ({
  policy,
  message: `policy '${policy.metadata.name}' with binding '${binding.metadata.name}' denied request: ${why}`,
  ...(reason && { reason }),
});

/** What a policy that cannot be used is told of; any other failure goes on. */
function configured<T>(act: () => T, told: (why: string) => void): T | undefined {
  try {
    return act();
  } catch (cause) {
    if (!(cause instanceof ConfigurationError || cause instanceof ApiError)) throw cause;
    told(cause.message);
    return undefined;
  }
}

function invocationsOf(
  parts: AdmissionParts,
  enforced: Policy,
  admission: Admission,
  wrong: Wrong[],
): readonly Invocation[] {
  const { policy, bindings } = enforced;
  const { matchConstraints, paramKind } = policy.spec;
  const found = configured(
    () => {
      const resource = wantedAs(parts, matchConstraints ?? {}, admission);
      return resource && { resource, params: paramResource(parts, paramKind) };
    },
    (why) => wrong.push(policyError(policy, `failed to configure policy: ${why}`)),
  );
  if (!found) return [];
  return bindings.flatMap(
    (binding) =>
      configured(
        () => {
          const { matchResources, paramRef } = binding.spec;
          if (!wantedAs(parts, matchResources ?? { matchPolicy: 'Equivalent' }, admission))
            return [];
          return paramsOf(parts, found.params, paramRef, admission.namespace).map((param) => ({
            key: [policy, binding, param]
              .map((each) => `${each?.metadata.namespace ?? ''}/${each?.metadata.name ?? ''}`)
              .join(),
            ...{ policy: enforced, binding, resource: found.resource, param },
          }));
        },
        (why) => wrong.push(bindingError(policy, binding, `failed to configure binding: ${why}`)),
      ) ?? [],
  );
}

function keptOf({ rounds }: Admission): Kept {
  const found = rounds?.kept.get(pluginName) as Kept | undefined;
  if (found) return found;
  const fresh: Kept = { ran: new Set(), again: new Set(), output: undefined };
  rounds?.kept.set(pluginName, fresh);
  return fresh;
}

function askAgain({ ran, again }: Kept): void {
  for (const key of ran) again.add(key);
  ran.clear();
}

async function runAll(
  parts: AdmissionParts,
  invocations: readonly Invocation[],
  admission: Admission,
  authority: Authority,
  wrong: Wrong[],
): Promise<KubeObject | undefined> {
  const { rounds } = admission;
  const kept = keptOf(admission);
  const isAgain = rounds?.round === 1;
  if (isAgain && !isSame(kept.output, admission.object)) askAgain(kept);
  let current = admission.object;
  for (const invocation of invocations) {
    if (isAgain && !kept.again.has(invocation.key)) continue;
    const next = await run(parts, invocation, { ...admission, object: current }, authority, wrong);
    if (next === undefined) continue;
    if (current && !isSame(current, next)) {
      askAgain(kept);
      if (rounds) rounds.again = true;
    }
    current = next;
    if (invocation.policy.policy.spec.reinvocationPolicy === 'IfNeeded')
      kept.ran.add(invocation.key);
  }
  kept.output = current;
  return current;
}

/** The object as one policy leaves it; undefined when its conditions do not hold. */
async function run(
  parts: AdmissionParts,
  invocation: Invocation,
  admission: Admission,
  authority: Authority,
  wrong: Wrong[],
): Promise<KubeObject | undefined> {
  const {
    policy: { policy, compiled },
    binding,
    resource,
    param,
  } = invocation;
  const convert = (object: KubeObject | undefined): KubeObject | undefined =>
    object && parts.versions.convert(object, admission.resource, resource);
  const before = convert(admission.before);
  let object = convert(admission.object);
  const given = (): Given => ({
    seen: { admission, resource, object, before },
    ...{ params: param, namespace: namespaceSeen(parts, admission), authority },
    variables: compiled.variables,
  });
  const told = (why: string): void =>
    void wrong.push(bindingError(policy, binding, why, 'Invalid'));
  const matched = await matchConditions(compiled.conditions, given());
  if (matched.error !== undefined) told(matched.error);
  if (!matched.matches) return undefined;
  if (!object) return admission.object;
  const start = object;
  for (const mutation of compiled.mutations)
    try {
      object = await mutated(parts, mutation, object, resource, given());
    } catch (cause) {
      if (!(cause instanceof PatchError || cause instanceof OutOfBudget)) throw cause;
      told(cause.message);
    }
  return object === start
    ? admission.object
    : parts.versions.convert(object, resource, admission.resource);
}

async function mutated(
  { versions }: AdmissionParts,
  { patchType, expression }: CompiledMutation,
  object: KubeObject,
  resource: Resource,
  given: Given,
): Promise<KubeObject> {
  if (!expression.compiled.program) throw new PatchError(expression.compiled.message);
  const { value, error } = await new Evaluation(given).run(expression);
  if (error !== undefined) throw new PatchError(error);
  const patched =
    patchType === 'JSONPatch'
      ? withJsonPatch(object, value!)
      : withApplied(object, value!, versions.mergeTypeOf(resource, object));
  return versions.canonical(patched, resource, given.seen.admission.context);
}
