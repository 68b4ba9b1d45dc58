import { formatTime, type KubeObject, Pods } from '@coxswain/api';
import type { Pod, PodCondition } from '@coxswain/api/types/core-v1';
import type { Action } from '@coxswain/control';
import { conditionOf, isTerminated } from './state.ts';

/** Says in a pod's status that something other than its own end takes it, before it is deleted. */
export function disruptionStatus(
  pod: Pod,
  { reason, message, failed }: { reason: string; message: string; failed: boolean },
  nowMs: number,
): readonly Action[] {
  const condition: PodCondition = {
    type: 'DisruptionTarget',
    status: 'True',
    reason,
    message,
    lastTransitionTime: formatTime(nowMs),
    observedGeneration: pod.metadata.generation,
  };
  const before = conditionOf(pod, 'DisruptionTarget');
  const fails = failed && !isTerminated(pod);
  if (before?.status === 'True' && before.reason === reason && !fails) return [];
  const conditions = [
    ...(pod.status?.conditions ?? []).filter(({ type }) => type !== 'DisruptionTarget'),
    condition,
  ];
  const status = { ...pod.status, conditions, ...(fails && { phase: 'Failed' }) };
  const object = { ...pod, status } as KubeObject;
  return [{ do: 'update', resource: Pods, object, subresource: 'status' }];
}
