import { formatTime, Pods } from '@coxswain/api';
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
  // Merged by type on the server, so that what the kubelet writes meanwhile stays.
  const patch = {
    metadata: { uid: pod.metadata.uid },
    status: { conditions: [condition], ...(fails && { phase: 'Failed' }) },
  };
  return [
    { do: 'patch', resource: Pods, object: pod, type: 'strategic', patch, subresource: 'status' },
  ];
}
