import { Deployments } from '@coxswain/api';
import type { Deployment, DeploymentStatus } from '@coxswain/api/types/apps-v1';
import type { Action } from '@coxswain/control';
import { same } from '../objects/same.ts';
import { condition, withCondition } from './conditions.ts';
import type { View } from './sets.ts';
import { availableOf, maxUnavailable, replicasOf, sum } from './size.ts';

/** The status by what the ReplicaSets report, the condition Available with it. */
export function statusOf({ d, all, newest }: View, nowMs: number): DeploymentStatus {
  const replicas = sum(all, (rs) => rs.status?.replicas ?? 0);
  const availableReplicas = sum(all, availableOf);
  const enough = availableReplicas >= replicasOf(d) - maxUnavailable(d);
  const available = enough
    ? condition(
        'Available',
        'True',
        'MinimumReplicasAvailable',
        'Deployment has minimum availability.',
        nowMs,
      )
    : condition(
        'Available',
        'False',
        'MinimumReplicasUnavailable',
        'Deployment does not have minimum availability.',
        nowMs,
      );
  return {
    observedGeneration: d.metadata.generation,
    replicas,
    updatedReplicas: newest?.status?.replicas ?? 0,
    readyReplicas: sum(all, (rs) => rs.status?.readyReplicas ?? 0),
    availableReplicas,
    unavailableReplicas: Math.max(0, sum(all, replicasOf) - availableReplicas),
    terminatingReplicas: sum(all, (rs) => rs.status?.terminatingReplicas ?? 0),
    collisionCount: d.status?.collisionCount,
    conditions: withCondition(d.status?.conditions, available),
  };
}

const zeros = {
  replicas: 0,
  updatedReplicas: 0,
  readyReplicas: 0,
  availableReplicas: 0,
  unavailableReplicas: 0,
  terminatingReplicas: 0,
};

/** Writes `status` where it differs, and the revision annotation where one is given. */
export function writeStatus(
  d: Deployment,
  status: DeploymentStatus,
  annotations?: Readonly<Record<string, string>>,
): readonly Action[] {
  const metadata = annotations ? { ...d.metadata, annotations } : d.metadata;
  const unchanged =
    same({ ...zeros, ...d.status }, { ...zeros, ...status }) &&
    same(metadata.annotations, d.metadata.annotations);
  if (unchanged) return [];
  const object = { ...d, metadata, status } as Deployment;
  return [{ do: 'update', resource: Deployments, object, subresource: 'status' }];
}

export const isComplete = (d: Deployment, status: DeploymentStatus | undefined): boolean =>
  status?.updatedReplicas === replicasOf(d) &&
  status.replicas === replicasOf(d) &&
  status.availableReplicas === replicasOf(d) &&
  (status.observedGeneration ?? 0) >= (d.metadata.generation ?? 0);
