import { compareQuantities } from '@coxswain/api/quantity';
import {
  addLists,
  excessOf,
  inScopes,
  pick,
  type QuotaEvaluator,
  type QuotaReads,
  scopesOf,
  withoutZeros,
} from '@coxswain/api/quota';
import type {
  ResourceList,
  ResourceQuota,
  ScopedResourceSelectorRequirement,
} from '@coxswain/api/types/core-v1';
import type { Admission } from '../plugin.ts';
import { plainError, refuse } from '../refuse.ts';
import type { LimitedResource } from './configuration.ts';

/** A quota that the object counts in, and how much of it is taken on top. */
interface Concerned {
  readonly quota: ResourceQuota;
  readonly delta: ResourceList;
}

const namesText = (names: Iterable<string>): string => [...names].toSorted().join(',');
const listText = (list: ResourceList): string =>
  Object.keys(list)
    .toSorted()
    .map((name) => `${name}=${list[name]}`)
    .join(',');

/**
 * The quotas with what the request takes of them, those alone that change. Throws 403 when one does not allow it, or when
 * none covers what the configuration says must be covered.
 */
export function charge(
  admission: Admission,
  quotas: readonly ResourceQuota[],
  evaluator: QuotaEvaluator,
  limited: readonly LimitedResource[],
  reads: QuotaReads,
): readonly ResourceQuota[] {
  const object = admission.object!;
  const { resource, group } = admission.resource;
  const usage = evaluator.usage(object, reads);
  const concerned = quotas.filter((quota) => concerns(admission, quota, evaluator, reads));
  const negative = Object.keys(usage).filter((name) => compareQuantities(usage[name]!, '0') < 0);
  if (negative.length > 0)
    throw refuse(admission, `quota usage is negative for resource(s): ${namesText(negative)}`);
  const change = changeOf(admission, usage, evaluator, reads);
  const deltas = concerned
    .map((quota): Concerned => {
      const wasIn =
        admission.operation === 'UPDATE' && matches(quota, evaluator, admission.before!, reads);
      return { quota, delta: withoutZeros(wasIn ? change : usage) };
    })
    .filter(({ delta }) => Object.keys(delta).length > 0);
  const isIdle =
    concerned.length > 0 ? deltas.length === 0 : Object.keys(withoutZeros(change)).length === 0;
  if (isIdle) return [];
  const own = limited.filter(
    (each) => each.resource === resource && (each.apiGroup ?? '') === group,
  );
  mustBeCovered(admission, evaluator, usage, own, concerned, reads);
  mustBeInScope(admission, evaluator, limited, quotas);
  return deltas.map((each) => withCharge(admission, each));
}

/** On an update what is taken more than before; on a create everything. */
function changeOf(
  { operation, before }: Admission,
  usage: ResourceList,
  evaluator: QuotaEvaluator,
  reads: QuotaReads,
): ResourceList {
  if (operation !== 'UPDATE' || !before) return usage;
  return excessOf(usage, evaluator.usage(before, reads));
}

const measuredOf = (
  { status }: ResourceQuota,
  evaluator: QuotaEvaluator,
  reads: QuotaReads,
): readonly string[] =>
  Object.keys(status?.hard ?? {}).filter((name) => evaluator.measures(name, reads));

const matches = (
  quota: ResourceQuota,
  evaluator: QuotaEvaluator,
  object: NonNullable<Admission['object']>,
  reads: QuotaReads,
): boolean => measuredOf(quota, evaluator, reads).length > 0 && inScopes(evaluator, quota, object);

/** Whether the quota counts the object; throws when it cannot tell. */
function concerns(
  admission: Admission,
  quota: ResourceQuota,
  evaluator: QuotaEvaluator,
  reads: QuotaReads,
): boolean {
  if (!matches(quota, evaluator, admission.object!, reads)) return false;
  const names = measuredOf(quota, evaluator, reads);
  const { name } = quota.metadata;
  const lacking = evaluator.lacks?.(names, admission.object!);
  if (lacking) throw refuse(admission, `failed quota: ${name}: ${lacking}`);
  if (names.some((each) => quota.status?.used?.[each] === undefined))
    throw refuse(admission, `status unknown for quota: ${name}, resources: ${namesText(names)}`);
  return true;
}

function mustBeCovered(
  admission: Admission,
  evaluator: QuotaEvaluator,
  usage: ResourceList,
  limited: readonly LimitedResource[],
  concerned: readonly ResourceQuota[],
  reads: QuotaReads,
): void {
  const parts = limited.flatMap(({ matchContains }) => matchContains ?? []);
  const covered = new Set(concerned.flatMap((quota) => measuredOf(quota, evaluator, reads)));
  const open = Object.keys(usage).filter(
    (name) =>
      compareQuantities(usage[name]!, '0') > 0 &&
      parts.some((part) => name.includes(part)) &&
      !covered.has(name),
  );
  if (open.length > 0) throw refuse(admission, `insufficient quota to consume: ${namesText(open)}`);
}

/** Every scope that is limited and that the object lies in needs a quota with that scope. */
function mustBeInScope(
  { object }: Admission,
  { inScope }: QuotaEvaluator,
  limited: readonly LimitedResource[],
  quotas: readonly ResourceQuota[],
): void {
  if (!inScope) return;
  const held = (scopes: readonly ScopedResourceSelectorRequirement[]) =>
    scopes.filter((scope) => inScope(scope, object));
  const covered = held(quotas.flatMap(scopesOf)).map(({ scopeName }) => scopeName);
  const open = held(limited.flatMap(({ matchScopes }) => matchScopes ?? [])).filter(
    ({ scopeName }) => !covered.includes(scopeName),
  );
  if (open.length === 0) return;
  const text = open
    .map(
      ({ scopeName, operator, values = [] }) => `{${scopeName} ${operator} [${values.join(' ')}]}`,
    )
    .join(' ');
  throw plainError(`insufficient quota to match these scopes: [${text}]`);
}

function withCharge(admission: Admission, { quota, delta }: Concerned): ResourceQuota {
  const { hard = {}, used = {} } = quota.status ?? {};
  const requested = pick(delta, Object.keys(hard));
  const next = addLists(used, requested);
  const exceeded =
    admission.subresource === 'status'
      ? []
      : Object.keys(requested).filter((name) => compareQuantities(next[name]!, hard[name]!) > 0);
  if (exceeded.length > 0)
    throw refuse(
      admission,
      `exceeded quota: ${quota.metadata.name}, requested: ${listText(pick(requested, exceeded))}, used: ${listText(pick(used, exceeded))}, limited: ${listText(pick(hard, exceeded))}`,
    );
  return { ...quota, status: { ...quota.status, used: next } };
}
