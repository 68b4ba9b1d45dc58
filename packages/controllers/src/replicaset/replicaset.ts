import { type KubeObject, Pods, ReplicaSets, type Resource, selectorOf } from '@coxswain/api';
import type { ReplicaSet } from '@coxswain/api/types/apps-v1';
import type { Pod } from '@coxswain/api/types/core-v1';
import type { Action, Controller, Observed, Plan, Watch } from '@coxswain/control';
import { keyOf } from '@coxswain/client';
import { claim } from '../objects/claim.ts';
import { claimable, controllerKeys, controllerOf, orphans } from '../objects/owner.ts';
import { same } from '../objects/same.ts';
import { soonest } from '../objects/time.ts';
import { deletionOrder } from '../pods/ranking.ts';
import { availableAtMs, isTerminated, isTerminating } from '../pods/state.ts';
import { podFromTemplate } from '../pods/template.ts';
import { createPod, deletePod } from '../pods/write.ts';
import { statusOf } from './status.ts';

/** Pods that one plan creates or deletes at most. */
const burstMax = 500;

/** Keeps as many pods of each ReplicaSet alive as its spec asks for. */
export const replicaSetController: Controller<ReplicaSet> = {
  name: 'replicaset-controller',
  reconciles: ReplicaSets,
  watches: [podsWake(ReplicaSets)],
  writes: [
    { resource: Pods, verbs: ['create', 'delete', 'patch'] },
    { resource: ReplicaSets, subresource: 'status', verbs: ['update'] },
  ],
  plan: (rs, observed) => planReplicas(ReplicaSets, rs, observed),
};

/** A pod wakes the owner it names; an orphan every owner that might adopt it. Also for ReplicationControllers. */
export function podsWake<T extends KubeObject>(
  owners: Resource<T>,
  selector: (owner: T) => ReturnType<typeof selectorOf> = (owner) =>
    selectorOf((owner as KubeObject as ReplicaSet).spec?.selector),
): Watch<Pod> {
  return {
    resource: Pods,
    indexes: { orphans },
    keys(now, before, observed) {
      const owned = new Set(controllerKeys(owners, now, before));
      if (now && !controllerOf(now) && !now.metadata.deletionTimestamp)
        for (const owner of observed.all(owners, now.metadata.namespace))
          if (selector(owner).matches(now.metadata.labels)) owned.add(keyOf(owner));
      return owned;
    },
  };
}

/** The plan for a ReplicaSet, or for whatever has its shape. */
export function planReplicas(
  resource: Resource,
  rs: ReplicaSet | undefined,
  observed: Observed,
): Plan {
  if (!rs) return { actions: [] };
  const { nowMs, failure } = observed;
  const candidates = claimable(observed, Pods, rs);
  const selector = selectorOf(rs.spec?.selector);
  const claimer = { owner: rs, ownerResource: resource, resource: Pods, selector };
  const running = candidates.filter((pod) => !isTerminated(pod));
  const { claimed, actions } = claim(
    claimer,
    running.filter((pod) => !isTerminating(pod)),
  );
  const leaving = running.filter(
    (pod) => isTerminating(pod) && controllerOf(pod) && selector.matches(pod.metadata.labels),
  );
  const status = statusOf(rs, { active: claimed, terminating: leaving.length, failure, nowMs });
  const scaling = rs.metadata.deletionTimestamp ? [] : scale(resource, rs, claimed, observed);
  return {
    actions: [...actions, ...updateStatus(resource, rs, status), ...scaling],
    requeueAfterMs: nextAvailable(rs, claimed, nowMs),
    why: scaling.length > 0 ? [whyScale(rs, claimed.length)] : [],
  };
}

function updateStatus(
  resource: Resource,
  rs: ReplicaSet,
  status: NonNullable<ReplicaSet['status']>,
): readonly Action[] {
  const { generation } = rs.metadata;
  const known = { ...noStatus, ...rs.status };
  if (rs.status && same(known, status) && rs.status.observedGeneration === generation) return [];
  return [
    { do: 'update', resource, object: { ...rs, status } as KubeObject, subresource: 'status' },
  ];
}

/** Zeros are not sent over the wire. */
const noStatus = {
  fullyLabeledReplicas: 0,
  readyReplicas: 0,
  availableReplicas: 0,
  terminatingReplicas: 0,
};

function scale(
  resource: Resource,
  rs: ReplicaSet,
  pods: readonly Pod[],
  observed: Observed,
): readonly Action[] {
  const missing = (rs.spec?.replicas ?? 1) - pods.length;
  if (missing > 0) {
    const pod = podFromTemplate(rs.spec?.template, rs, resource);
    return Array.from({ length: Math.min(missing, burstMax) }, () => createPod(pod, rs));
  }
  if (missing === 0) return [];
  const surplus = Math.min(-missing, burstMax);
  const order =
    surplus < pods.length
      ? deletionOrder(pods, related(resource, rs, observed), observed.nowMs)
      : pods;
  return order.slice(0, surplus).map((pod) => deletePod(pod, rs));
}

/** Pods of all owners that one Deployment manages: they say how crowded each node is. */
function related(resource: Resource, rs: ReplicaSet, observed: Observed): readonly Pod[] {
  const deployment = controllerOf(rs);
  const siblings = deployment
    ? observed
        .all(resource as Resource<ReplicaSet>, rs.metadata.namespace)
        .filter((other) => controllerOf(other)?.uid === deployment.uid)
    : [rs];
  return siblings.flatMap((sibling) => observed.owned(Pods, sibling));
}

function nextAvailable(rs: ReplicaSet, pods: readonly Pod[], nowMs: number): number | undefined {
  const minReadySeconds = rs.spec?.minReadySeconds ?? 0;
  if (minReadySeconds === 0) return undefined;
  const waits = pods
    .map((pod) => (availableAtMs(pod, minReadySeconds) ?? Infinity) - nowMs)
    .filter((wait) => wait > 0);
  return soonest(...waits);
}

const whyScale = (
  rs: ReplicaSet,
  active: number,
): { verdict: string; facts: Readonly<Record<string, string | number>> } => ({
  verdict: active < (rs.spec?.replicas ?? 1) ? 'too few replicas' : 'too many replicas',
  facts: { wanted: rs.spec?.replicas ?? 1, active },
});
