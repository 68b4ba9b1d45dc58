import {
  Deployments,
  formatTime,
  type KubeObject,
  PodDisruptionBudgets,
  Pods,
  ReplicaSets,
  ReplicationControllers,
  type Resource,
  selectorOf,
  StatefulSets,
} from '@coxswain/api';
import type { Condition } from '@coxswain/api/types/meta';
import type { Pod } from '@coxswain/api/types/core-v1';
import type { PodDisruptionBudget, PodDisruptionBudgetStatus } from '@coxswain/api/types/policy-v1';
import { keyOf } from '@coxswain/client';
import type { Action, Controller, Observed, Plan } from '@coxswain/control';
import { controllerOf } from '../objects/owner.ts';
import { same } from '../objects/same.ts';
import { shareOf } from '../objects/share.ts';
import { soonest, timeMs } from '../objects/time.ts';
import { isReady, isTerminated } from '../pods/state.ts';

/** An eviction that was allowed must lead to a deletion in this time, or it counts no longer. */
const evictionMs = 120_000;

/** Keeps in the status of each PodDisruptionBudget how many of its pods may be evicted now. */
export const disruptionController: Controller<PodDisruptionBudget> = {
  name: 'disruption-controller',
  eventSource: 'controllermanager',
  reconciles: PodDisruptionBudgets,
  watches: [
    {
      resource: Pods,
      keys: (now, before, observed) =>
        observed
          .all(PodDisruptionBudgets, (now ?? before)!.metadata.namespace)
          .filter((pdb) => [now, before].some((pod) => pod && selects(pdb, pod)))
          .map(keyOf),
    },
    ...[ReplicaSets, Deployments, StatefulSets, ReplicationControllers].map((resource) => ({
      resource: resource as Resource,
    })),
  ],
  writes: [{ resource: PodDisruptionBudgets, subresource: 'status', verbs: ['update'] }],
  plan: (pdb, observed) => (pdb ? plan(pdb, observed) : { actions: [] }),
};

const selects = ({ spec }: PodDisruptionBudget, { metadata }: KubeObject): boolean =>
  selectorOf(spec?.selector).matches(metadata.labels);

function plan(pdb: PodDisruptionBudget, observed: Observed): Plan {
  const { nowMs } = observed;
  const pods = observed.all(Pods, pdb.metadata.namespace).filter((pod) => selects(pdb, pod));
  const told: readonly Action[] =
    pods.length > 0 ? [] : [event(pdb, 'Normal', 'NoPods', 'No matching pods found')];
  const expected = expectedOf(pdb, pods, observed);
  if (typeof expected === 'string') return failed(pdb, expected, nowMs);
  const { disrupted, nextMs } = stillDisrupted(pdb, pods, nowMs);
  const healthy = pods.filter(
    (pod) => !pod.metadata.deletionTimestamp && !(pod.metadata.name in disrupted) && isReady(pod),
  ).length;
  const allowed = expected.count <= 0 ? 0 : Math.max(0, healthy - expected.healthy);
  const status: PodDisruptionBudgetStatus = {
    ...pdb.status,
    currentHealthy: healthy,
    desiredHealthy: expected.healthy,
    expectedPods: expected.count,
    disruptionsAllowed: allowed,
    disruptedPods: disrupted,
    observedGeneration: pdb.metadata.generation,
    conditions: withAllowed(pdb, allowed > 0 ? 'SufficientPods' : 'InsufficientPods', '', nowMs),
  };
  const facts = { allowed, healthy, desired: expected.healthy, expected: expected.count };
  return {
    actions: [...told, ...write(pdb, status)],
    requeueAfterMs: nextMs,
    why: allowed > 0 ? [] : [{ verdict: 'no disruption allowed', facts }],
  };
}

interface Expected {
  readonly count: number;
  readonly healthy: number;
}

/** How many pods there should be, and how many of them must stay; or why that cannot be told. */
function expectedOf(
  { spec }: PodDisruptionBudget,
  pods: readonly Pod[],
  observed: Observed,
): Expected | string {
  const { minAvailable, maxUnavailable } = spec ?? {};
  if (maxUnavailable !== undefined) {
    const count = scaleOf(pods, observed);
    if (typeof count === 'string') return count;
    return { count, healthy: Math.max(0, count - shareOf(maxUnavailable, count, 'up')) };
  }
  if (typeof minAvailable === 'number') return { count: pods.length, healthy: minAvailable };
  if (minAvailable === undefined) return { count: pods.length, healthy: 0 };
  const count = scaleOf(pods, observed);
  return typeof count === 'string' ? count : { count, healthy: shareOf(minAvailable, count, 'up') };
}

/** The sizes of all that own the pods, each once. */
function scaleOf(pods: readonly Pod[], observed: Observed): number | string {
  const sizes = new Map<string, number>();
  for (const pod of pods) {
    const owner = controllerOf(pod);
    if (!owner || sizes.has(owner.uid)) continue;
    const scaled = scaledBy(owner.kind, owner.name, pod.metadata.namespace, observed);
    if (!scaled) return `found no controllers for pod "${pod.metadata.name}"`;
    sizes.set(scaled.metadata.uid ?? owner.uid, scaled.spec?.replicas ?? 1);
  }
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}

type Scaled = KubeObject & {
  readonly spec?: { readonly replicas?: number | undefined } | undefined;
};

function scaledBy(
  kind: string,
  name: string,
  namespace: string | undefined,
  observed: Observed,
): Scaled | undefined {
  if (kind === 'ReplicaSet') {
    const rs = observed.get(ReplicaSets, name, namespace);
    const above = rs && controllerOf(rs);
    return above?.kind === 'Deployment' ? observed.get(Deployments, above.name, namespace) : rs;
  }
  if (kind === 'StatefulSet') return observed.get(StatefulSets, name, namespace);
  return kind === 'ReplicationController'
    ? observed.get(ReplicationControllers, name, namespace)
    : undefined;
}

/** Pods that an eviction was allowed for and that are still there: they count as gone for a while. */
function stillDisrupted(
  { status }: PodDisruptionBudget,
  pods: readonly Pod[],
  nowMs: number,
): { readonly disrupted: Readonly<Record<string, string>>; readonly nextMs: number | undefined } {
  const disrupted: Record<string, string> = {};
  let nextMs: number | undefined;
  for (const [name, since] of Object.entries(status?.disruptedPods ?? {})) {
    const pod = pods.find(({ metadata }) => metadata.name === name);
    const leftMs = (timeMs(since as string) ?? 0) + evictionMs - nowMs;
    if (!pod || pod.metadata.deletionTimestamp || isTerminated(pod) || leftMs <= 0) continue;
    disrupted[name] = since as string;
    nextMs = soonest(nextMs, leftMs);
  }
  return { disrupted, nextMs };
}

function failed(pdb: PodDisruptionBudget, why: string, nowMs: number): Plan {
  const status = {
    ...pdb.status,
    disruptionsAllowed: 0,
    observedGeneration: pdb.metadata.generation,
    conditions: withAllowed(pdb, 'SyncFailed', why, nowMs),
  } as PodDisruptionBudgetStatus;
  const message = `Failed to calculate the number of expected pods: ${why}`;
  return {
    actions: [
      event(pdb, 'Warning', 'CalculateExpectedPodCountFailed', message),
      ...write(pdb, status),
    ],
  };
}

function withAllowed(
  pdb: PodDisruptionBudget,
  reason: string,
  message: string,
  nowMs: number,
): readonly Condition[] {
  const before = pdb.status?.conditions ?? [];
  const status = reason === 'SufficientPods' ? 'True' : 'False';
  const present = before.find(({ type }) => type === 'DisruptionAllowed');
  const lastTransitionTime =
    present?.status === status ? present.lastTransitionTime : formatTime(nowMs);
  const { generation: observedGeneration } = pdb.metadata;
  const next = {
    type: 'DisruptionAllowed',
    status,
    observedGeneration,
    reason,
    message,
    lastTransitionTime,
  };
  return [...before.filter(({ type }) => type !== 'DisruptionAllowed'), next as Condition];
}

const event = (
  about: KubeObject,
  type: 'Normal' | 'Warning',
  reason: string,
  message: string,
): Action => ({
  do: 'event',
  about,
  type,
  reason,
  message,
});

const write = (pdb: PodDisruptionBudget, status: PodDisruptionBudgetStatus): readonly Action[] =>
  same(pdb.status, status)
    ? []
    : [
        {
          do: 'update',
          resource: PodDisruptionBudgets,
          object: { ...pdb, status } as PodDisruptionBudget,
          subresource: 'status',
        },
      ];
