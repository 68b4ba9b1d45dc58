import { ResourceQuotas } from '@coxswain/api';
import { canonicalQuantity, compareQuantities } from '@coxswain/api/quantity';
import type { ResourceQuota } from '@coxswain/api/types/core-v1';
import type { Kind } from '../kind.ts';
import { ageColumn, nameColumn, textColumn } from '../rules/columns.ts';
import { invalidValue } from '../rules/field.ts';
import { resourceDefaults } from '../rules/pod-defaults.ts';
import { splitStatus } from '../rules/split.ts';
import { quotaRules, quotaStatusRules } from './resource-quota-rules.ts';

const split = splitStatus<ResourceQuota>();

const requestsAndLimits = ['cpu', 'memory', 'storage', 'ephemeral-storage'];

/** A request that is above its limit can never be used up. */
function* warnings({ spec }: ResourceQuota, before?: ResourceQuota): Generator<string> {
  if (before) return;
  const hard = spec?.hard ?? {};
  for (const name of requestsAndLimits) {
    const long = `requests.${name}`;
    const key = hard[long] === undefined && (name === 'cpu' || name === 'memory') ? name : long;
    const [request, limit] = [hard[key], hard[`limits.${name}`]];
    if (request !== undefined && limit !== undefined && compareQuantities(request, limit) > 0)
      yield `ResourceQuota ${key} (${canonicalQuantity(request)}) should be less than limits.${name} (${canonicalQuantity(limit)})`;
  }
}

const used =
  (limits: boolean) =>
  ({ status }: ResourceQuota): string =>
    Object.keys(status?.hard ?? {})
      .toSorted()
      .filter((name) => name.startsWith('limits.') === limits)
      .map((name) => `${name}: ${status?.used?.[name] ?? '0'}/${status!.hard![name]}`)
      .join(', ');

/** Bounds of what a namespace may use together. */
export const resourceQuotaKind: Kind<ResourceQuota> = {
  resource: ResourceQuotas,
  shortNames: ['quota'],
  generation: false,
  ...split,
  defaults: ({ spec, status }) => {
    resourceDefaults(spec?.hard);
    resourceDefaults(status?.hard);
    resourceDefaults(status?.used);
  },
  validate: quotaRules,
  *validateUpdate(next, before) {
    yield* quotaRules(next);
    const [scopes, old] = [next.spec?.scopes ?? [], before.spec?.scopes ?? []];
    if (new Set(scopes).symmetricDifference(new Set(old)).size)
      yield invalidValue('spec.scopes', next.spec?.scopes ?? null, 'field is immutable');
  },
  warnings,
  status: { ...split.status, validateUpdate: quotaStatusRules },
  columns: [
    nameColumn,
    textColumn('Request', 'What is requested, of how much.', used(false)),
    textColumn('Limit', 'What is allowed at most, of how much.', used(true)),
    ageColumn,
  ],
};
