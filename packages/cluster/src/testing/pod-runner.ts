import { formatTime, Pods } from '@coxswain/api';
import type { Pod, PodStatus } from '@coxswain/api/types/core-v1';
import type { Controller } from '@coxswain/control';

/** Stands for scheduler and kubelet: every pod runs and is ready at once, and goes at once when deleted. */
export const podRunner: Controller<Pod> = {
  name: 'pod-runner',
  reconciles: Pods,
  watches: [],
  writes: [
    { resource: Pods, verbs: ['delete'] },
    { resource: Pods, subresource: 'status', verbs: ['update'] },
  ],
  plan(pod, { nowMs }) {
    if (!pod) return { actions: [] };
    if (pod.metadata.deletionTimestamp)
      return pod.metadata.finalizers?.length
        ? { actions: [] }
        : { actions: [{ do: 'remove', resource: Pods, object: pod, graceSeconds: 0 }] };
    if (pod.status?.phase && pod.status.phase !== 'Pending') return { actions: [] };
    const object: Pod = { ...pod, status: { ...pod.status, ...running(nowMs) } };
    return { actions: [{ do: 'update', resource: Pods, object, subresource: 'status' }] };
  },
};

const running = (nowMs: number): PodStatus => ({
  phase: 'Running',
  podIP: '10.1.0.1',
  podIPs: [{ ip: '10.1.0.1' }],
  startTime: formatTime(nowMs),
  conditions: [
    { type: 'Ready', status: 'True', lastTransitionTime: formatTime(nowMs) },
    { type: 'ContainersReady', status: 'True', lastTransitionTime: formatTime(nowMs) },
  ],
});
