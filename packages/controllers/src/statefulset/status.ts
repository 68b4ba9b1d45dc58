import { StatefulSets } from '@coxswain/api';
import type { StatefulSet, StatefulSetStatus } from '@coxswain/api/types/apps-v1';
import type { Pod } from '@coxswain/api/types/core-v1';
import type { Action } from '@coxswain/control';
import { same } from '../objects/same.ts';
import { isTerminating } from '../pods/state.ts';
import { isRunningAndReady, isServing, replicasOf, revisionOf } from './pods.ts';

/** The names of the snapshots that the set comes from and goes to. */
export interface Revisions {
  readonly current: string;
  readonly update: string;
}

/** Counts all pods of the set. A rolling update that every pod has taken makes its revision the current one. */
export function statusOf(
  set: StatefulSet,
  pods: readonly Pod[],
  { current, update }: Revisions,
  nowMs: number,
): StatefulSetStatus {
  const count = (of: (pod: Pod) => boolean): number => pods.filter(of).length;
  const isAt = (revision: string): number =>
    count((pod) => !isTerminating(pod) && revisionOf(pod) === revision);
  const replicas = pods.length;
  const readyReplicas = count(isRunningAndReady);
  const updatedReplicas = isAt(update);
  const complete =
    set.spec?.updateStrategy?.type !== 'OnDelete' &&
    updatedReplicas === replicasOf(set) &&
    readyReplicas === replicasOf(set) &&
    replicas === replicasOf(set);
  return {
    observedGeneration: set.metadata.generation,
    replicas,
    readyReplicas,
    availableReplicas: count((pod) => isServing(pod, set, nowMs)),
    currentReplicas: complete ? updatedReplicas : isAt(current),
    updatedReplicas,
    currentRevision: complete ? update : current,
    updateRevision: update,
    collisionCount: set.status?.collisionCount ?? 0,
    ...(set.status?.conditions && { conditions: set.status.conditions }),
  };
}

/** Zeros are not sent over the wire. */
const zeros = {
  readyReplicas: 0,
  availableReplicas: 0,
  currentReplicas: 0,
  updatedReplicas: 0,
  collisionCount: 0,
};

export function writeStatus(set: StatefulSet, status: StatefulSetStatus): readonly Action[] {
  if (set.status?.observedGeneration && same({ ...zeros, ...set.status }, status)) return [];
  const object = { ...set, status };
  return [{ do: 'update', resource: StatefulSets, object, subresource: 'status' }];
}
