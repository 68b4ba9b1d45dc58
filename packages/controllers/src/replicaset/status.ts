import { formatTime } from '@coxswain/api';
import type {
  ReplicaSet,
  ReplicaSetCondition,
  ReplicaSetStatus,
} from '@coxswain/api/types/apps-v1';
import type { Pod } from '@coxswain/api/types/core-v1';
import { isAvailable, isReady } from '../pods/state.ts';

export interface Counted {
  readonly active: readonly Pod[];
  readonly terminating: number;
  readonly failure: Error | undefined;
  readonly nowMs: number;
}

/** The status that a ReplicaSet with these pods has. */
export function statusOf(
  rs: ReplicaSet,
  { active, terminating, failure, nowMs }: Counted,
): ReplicaSetStatus {
  const labels = Object.entries(rs.spec?.template?.metadata?.labels ?? {});
  const ready = active.filter(isReady);
  const { minReadySeconds } = rs.spec ?? {};
  return {
    ...rs.status,
    replicas: active.length,
    fullyLabeledReplicas: active.filter(({ metadata }) =>
      labels.every(([key, value]) => metadata.labels?.[key] === value),
    ).length,
    readyReplicas: ready.length,
    availableReplicas: minReadySeconds
      ? ready.filter((pod) => isAvailable(pod, minReadySeconds, nowMs)).length
      : ready.length,
    terminatingReplicas: terminating,
    observedGeneration: rs.metadata.generation,
    conditions: conditionsOf(rs, active.length, failure, nowMs),
  };
}

function conditionsOf(
  rs: ReplicaSet,
  active: number,
  failure: Error | undefined,
  nowMs: number,
): readonly ReplicaSetCondition[] {
  const present = rs.status?.conditions ?? [];
  const others = present.filter(({ type }) => type !== 'ReplicaFailure');
  if (!failure) return others;
  if (others.length < present.length) return present;
  const failed: ReplicaSetCondition = {
    type: 'ReplicaFailure',
    status: 'True',
    lastTransitionTime: formatTime(nowMs),
    reason: active < (rs.spec?.replicas ?? 1) ? 'FailedCreate' : 'FailedDelete',
    message: failure.message,
  };
  return [...others, failed];
}
