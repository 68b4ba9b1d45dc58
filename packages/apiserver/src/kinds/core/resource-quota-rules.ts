import type { ResourceQuota, ResourceQuotaSpec } from '@coxswain/api/types/core-v1';
import { invalidValue, required, type Rules } from '../rules/field.ts';
import { isQuotaResource, resourceName, resourceQuantity } from '../rules/resources.ts';

const compute = ['cpu', 'memory', 'limits.cpu', 'limits.memory', 'requests.cpu', 'requests.memory'];
const podResources = new Set(['pods', ...compute]);

/** The scopes there are, and the resources that each can be asked about. */
const scopes: Readonly<Record<string, ReadonlySet<string>>> = {
  Terminating: podResources,
  NotTerminating: podResources,
  BestEffort: new Set(['pods']),
  NotBestEffort: podResources,
  PriorityClass: podResources,
  CrossNamespacePodAffinity: podResources,
  VolumeAttributesClass: new Set(['persistentvolumeclaims', 'requests.storage']),
};
const conflicting = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
] as const;
/** Scopes that a pod is in or not, whatever the values. */
const valueless = new Set([...conflicting.flat(), 'CrossNamespacePodAffinity'] as string[]);

function* amounts(path: string, list: Readonly<Record<string, string>> | undefined): Rules {
  for (const [name, quantity] of Object.entries(list ?? {})) {
    const at = `${path}[${name}]`;
    yield* resourceName(at, name);
    if (!name.includes('/') && !isQuotaResource(name))
      yield invalidValue(at, name, 'must be a standard resource for quota');
    yield* resourceQuantity(at, name, quantity);
  }
}

/** Rules of what a quota asks for. */
export function* quotaRules(quota: ResourceQuota): Rules {
  const spec = quota.spec ?? {};
  yield* amounts('spec.hard', spec.hard);
  const given = spec.scopes ?? [];
  for (const scope of given) {
    if (!scopes[scope]) yield invalidValue('spec.scopes', given, 'unsupported scope');
    yield* scopeFits('spec.scopes', scope, spec, given);
  }
  yield* conflicts('spec.scopes', given, given);
  if (spec.scopeSelector) yield* selectorRules('spec.scopeSelector.matchExpressions', spec);
}

function* scopeFits(path: string, scope: string, spec: ResourceQuotaSpec, shown: unknown): Rules {
  const fitting = scopes[scope];
  for (const name in spec.hard)
    if (fitting && isQuotaResource(name) && !fitting.has(name))
      yield invalidValue(path, shown, 'unsupported scope applied to resource');
}

function* conflicts(path: string, given: readonly string[], shown: unknown): Rules {
  for (const pair of conflicting)
    if (pair.every((scope) => given.includes(scope)))
      yield invalidValue(path, shown, 'conflicting scopes');
}

function* selectorRules(path: string, spec: ResourceQuotaSpec): Rules {
  const requirements = spec.scopeSelector?.matchExpressions ?? [];
  const selector = {
    MatchExpressions: requirements.map(({ scopeName, operator, values = null }) => ({
      ScopeName: scopeName,
      Operator: operator,
      Values: values,
    })),
  };
  for (const { scopeName, operator, values = [] } of requirements) {
    if (!scopes[scopeName]) yield invalidValue(`${path}.scopeName`, scopeName, 'unsupported scope');
    yield* scopeFits(path, scopeName, spec, selector);
    if (valueless.has(scopeName) && operator !== 'Exists')
      yield invalidValue(
        `${path}.operator`,
        operator,
        "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity",
      );
    if (operator === 'In' || operator === 'NotIn') {
      if (!values.length)
        yield required(
          `${path}.values`,
          "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector",
        );
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (values.length)
        yield invalidValue(
          `${path}.values`,
          values,
          "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector",
        );
    } else yield invalidValue(`${path}.operator`, operator, 'not a valid selector operator');
  }
  const names = requirements.map(({ scopeName }) => scopeName);
  yield* conflicts(path, names, spec.scopes ?? null);
}

/** Rules of what a quota says is used. */
export function* quotaStatusRules({ status }: ResourceQuota): Rules {
  yield* amounts('status.hard', status?.hard);
  yield* amounts('status.used', status?.used);
}
