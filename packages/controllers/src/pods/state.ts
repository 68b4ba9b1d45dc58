import type { Pod, PodCondition } from '@coxswain/api/types/core-v1';
import { timeMs } from '../objects/time.ts';

/** The pod has run to its end. */
export const isTerminated = ({ status }: Pod): boolean =>
  status?.phase === 'Succeeded' || status?.phase === 'Failed';

export const isTerminating = (pod: Pod): boolean => pod.metadata.deletionTimestamp !== undefined;

/** It counts as a replica: neither ended nor on its way out. */
export const isActive = (pod: Pod): boolean => !isTerminated(pod) && !isTerminating(pod);

/** It is on its way out, and has not ended yet. */
export const isLeaving = (pod: Pod): boolean => !isTerminated(pod) && isTerminating(pod);

export const conditionOf = (pod: Pod, type: string): PodCondition | undefined =>
  pod.status?.conditions?.find((condition) => condition.type === type);

export const isReady = (pod: Pod): boolean => conditionOf(pod, 'Ready')?.status === 'True';

/** Since when the pod is ready; undefined when it is not. */
export const readySinceMs = (pod: Pod): number | undefined =>
  isReady(pod) ? (timeMs(conditionOf(pod, 'Ready')?.lastTransitionTime) ?? 0) : undefined;

/** When a ready pod becomes available; undefined when it is not ready. */
export function availableAtMs(pod: Pod, minReadySeconds = 0): number | undefined {
  const since = readySinceMs(pod);
  return since === undefined ? undefined : since + minReadySeconds * 1000;
}

export const isAvailable = (
  pod: Pod,
  minReadySeconds: number | undefined,
  nowMs: number,
): boolean =>
  minReadySeconds ? (availableAtMs(pod, minReadySeconds) ?? Infinity) <= nowMs : isReady(pod);
