import type { SchedulerPlugin } from '../framework/plugin.ts';
import type { Amounts } from '../nodes/amounts.ts';
import { podRequests } from '../nodes/pod-requests.ts';
import { asksAny, balanceScore, type WeighedResource } from './resource-scores.ts';

/** As `balancedAllocation`, over the resources that the configuration names. */
export const balancedAllocationOver = (
  resources: readonly WeighedResource[],
): SchedulerPlugin<undefined, Amounts> => ({
  ...balancedAllocation,
  scoring: {
    weight: 1,
    prepare(pod) {
      const { asked } = podRequests(pod);
      return asksAny(resources, asked) ? asked : undefined;
    },
    score: (asked, node) => balanceScore(resources, asked, node),
  },
});

/**
 * Prefers nodes whose use of CPU and memory the pod would bring nearer to each other (since v1.36 upstream looks at
 * the change, not at the outcome). Pods without requests have no preference.
 */
export const balancedAllocation: SchedulerPlugin<undefined, Amounts> = {
  name: 'NodeResourcesBalancedAllocation',
  wakeOn: [],
  likeness: (pod) => podRequests(pod).text,
  scoring: {
    weight: 1,
    prepare(pod) {
      const { asked } = podRequests(pod);
      return asked.milliCpu === 0 && asked.memory === 0 ? undefined : asked;
    },
    score(asked, { allocatable, requested }) {
      const { milliCpu, memory } = requested;
      const after = balance(milliCpu + asked.milliCpu, memory + asked.memory, allocatable);
      return 50 + Math.trunc((50 + after - balance(milliCpu, memory, allocatable)) / 2);
    },
  },
};

/** 100 when both are used to the same degree, 50 when one is full and the other empty. */
function balance(milliCpu: number, memory: number, allocatable: Amounts): number {
  if (allocatable.milliCpu === 0 || allocatable.memory === 0) return 100;
  const cpuShare = Math.min(1, milliCpu / allocatable.milliCpu);
  const memoryShare = Math.min(1, memory / allocatable.memory);
  return Math.trunc((1 - Math.abs((cpuShare - memoryShare) / 2)) * 100);
}
