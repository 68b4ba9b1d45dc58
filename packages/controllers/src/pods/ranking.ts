import type { Pod } from '@coxswain/api/types/core-v1';
import { createdMs } from '../objects/time.ts';
import { isActive, isReady, readySinceMs } from './state.ts';

const phases: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };

/** A step of the comparison: below zero when `a` goes first. */
type Step = (a: Pod, b: Pod) => number;

/**
 * The order in which upstream deletes replicas: unassigned before assigned, pending before running, unready before
 * ready, cheap before dear, crowded nodes before lone ones, newly ready before long ready, restarted before steady, young before old.
 */
export function deletionOrder(
  pods: readonly Pod[],
  related: readonly Pod[],
  nowMs: number,
): readonly Pod[] {
  const onNode = new Map<string, number>();
  for (const pod of related)
    if (isActive(pod)) onNode.set(nodeOf(pod), (onNode.get(nodeOf(pod)) ?? 0) + 1);
  const crowd = (pod: Pod): number => onNode.get(nodeOf(pod)) ?? 0;
  const steps: readonly Step[] = [
    (a, b) => Number(nodeOf(a) !== '') - Number(nodeOf(b) !== ''),
    (a, b) => phaseOf(a) - phaseOf(b),
    (a, b) => Number(isReady(a)) - Number(isReady(b)),
    (a, b) => deletionCost(a) - deletionCost(b),
    (a, b) => crowd(b) - crowd(a),
    (a, b) => (isReady(a) && isReady(b) ? byAge(a, b, readySinceMs, nowMs) : 0),
    (a, b) => restarts(b) - restarts(a),
    (a, b) => byAge(a, b, createdMs, nowMs),
  ];
  return pods.toSorted((a, b) => {
    for (const step of steps) {
      const order = step(a, b);
      if (order !== 0) return order;
    }
    return 0;
  });
}

const nodeOf = ({ spec }: Pod): string => spec?.nodeName ?? '';
const phaseOf = ({ status }: Pod): number => phases[status?.phase ?? ''] ?? 0;

function deletionCost({ metadata }: Pod): number {
  const cost = metadata.annotations?.['controller.kubernetes.io/pod-deletion-cost'];
  return cost !== undefined && /^(0|-?[1-9]\d*)$/.test(cost) ? Number(cost) : 0;
}

const restarts = ({ status }: Pod): number =>
  Math.max(0, ...(status?.containerStatuses ?? []).map(({ restartCount }) => restartCount));

/** Ages count by their order of magnitude only, and the uid decides among like ones, so that the choice is spread. */
function byAge(a: Pod, b: Pod, sinceMs: (pod: Pod) => number | undefined, nowMs: number): number {
  const left = sinceMs(a) ?? 0;
  const right = sinceMs(b) ?? 0;
  if (left === right) return 0;
  if (left === 0 || right === 0) return left === 0 ? -1 : 1;
  const difference = magnitude(nowMs - left) - magnitude(nowMs - right);
  if (difference !== 0) return difference;
  return (a.metadata.uid ?? '') < (b.metadata.uid ?? '') ? -1 : 1;
}

/** Of the nanoseconds, as upstream counts. */
const magnitude = (ms: number): number => (ms <= 0 ? -1 : Math.floor(Math.log2(ms * 1e6)));
