import type { SchedulerPlugin } from '../framework/plugin.ts';
import type { Amounts } from '../nodes/amounts.ts';
import { podRequests } from '../nodes/pod-requests.ts';

/** Prefers nodes on which CPU and memory would be used to the same degree. Pods without requests have no preference. */
export const balancedAllocation: SchedulerPlugin<undefined, Amounts> = {
  name: 'NodeResourcesBalancedAllocation',
  wakeOn: [],
  scoring: {
    weight: 1,
    prepare(pod) {
      const { asked } = podRequests(pod);
      return asked.milliCpu === 0 && asked.memory === 0 ? undefined : asked;
    },
    score(asked, { allocatable, requested }) {
      const cpu = share(requested.milliCpu + asked.milliCpu, allocatable.milliCpu);
      const memory = share(requested.memory + asked.memory, allocatable.memory);
      const deviation = cpu === undefined || memory === undefined ? 0 : Math.abs(cpu - memory) / 2;
      return Math.trunc((1 - deviation) * 100);
    },
  },
};

const share = (used: number, size: number): number | undefined =>
  size === 0 ? undefined : Math.min(1, used / size);
