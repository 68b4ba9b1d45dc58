import type { KubeObject } from '@coxswain/api';
import { compareQuantities } from '@coxswain/api/quantity';
import {
  addLists,
  pick,
  type QuotaEvaluator,
  type QuotaReads,
  sameLists,
  usageOf,
} from '@coxswain/api/quota';
import type { ResourceList, ResourceQuota } from '@coxswain/api/types/core-v1';

/** What all objects of the quota's namespace use of the names in its spec. */
export function measure(
  quota: ResourceQuota,
  evaluators: readonly QuotaEvaluator[],
  objectsOf: (evaluator: QuotaEvaluator) => Iterable<KubeObject>,
  reads: QuotaReads,
): ResourceList {
  let used: ResourceList = {};
  for (const evaluator of evaluators)
    used = addLists(used, usageOf(quota, evaluator, objectsOf(evaluator), reads));
  return used;
}

/** The quota with what was counted; undefined when it says so already. What could not be counted stays as it was. */
export function recounted(quota: ResourceQuota, counted: ResourceList): ResourceQuota | undefined {
  const hard = quota.spec?.hard ?? {};
  const { hard: known, used: before } = quota.status ?? {};
  const used = pick({ ...before, ...counted }, Object.keys(hard));
  const isTrue = known && before && sameLists(known, hard) && sameLists(before, used);
  return isTrue ? undefined : { ...quota, status: { hard, used } };
}

/** Whether `next` says that less is used of something than `quota` does. */
export const isLess = (next: ResourceQuota, { status }: ResourceQuota): boolean =>
  Object.entries(next.status?.used ?? {}).some(
    ([name, amount]) => compareQuantities(amount, status?.used?.[name] ?? '0') < 0,
  );
