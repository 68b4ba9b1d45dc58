import { formatTime } from '@coxswain/api';
import type { Pod, PodCondition } from '@coxswain/api/types/core-v1';

/** What becomes of a pod that was not placed: no node took it, or something went wrong. */
export interface Failure {
  readonly reason: 'Unschedulable' | 'SchedulerError';
  readonly message: string;
}

/** The length that the API allows the text of an event. */
const eventTextMax = 1024;

/** `message` as an event may say it. */
export const eventText = (message: string): string =>
  message.length <= eventTextMax ? message : `${message.slice(0, eventTextMax - 4)} ...`;

/** The condition that tells of `failure`; undefined when the pod has it already. */
export function failureCondition(
  { metadata, status }: Pod,
  { reason, message }: Failure,
  nowMs: number,
): PodCondition | undefined {
  const old = status?.conditions?.find(({ type }) => type === 'PodScheduled');
  const wasFalse = old?.status === 'False';
  if (
    wasFalse &&
    old.reason === reason &&
    old.message === message &&
    old.observedGeneration === metadata.generation
  )
    return undefined;
  const since = wasFalse ? old.lastTransitionTime : undefined;
  return {
    type: 'PodScheduled',
    status: 'False',
    reason,
    message,
    ...(metadata.generation !== undefined && { observedGeneration: metadata.generation }),
    lastTransitionTime: since ?? formatTime(nowMs),
  };
}

/** An error in words. */
export const textOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
