import { fits, type SchedulerPlugin, type Verdict } from '../framework/plugin.ts';
import { type Amounts, amountsOf } from '../nodes/amounts.ts';
import type { NodeInfo } from '../nodes/node-info.ts';
import { type PodRequests, podRequests } from '../nodes/pod-requests.ts';

/** Keeps a pod off nodes without room for what it requests, and prefers those with most room left. */
export const nodeResourcesFit: SchedulerPlugin<Amounts, PodRequests['scored']> = {
  name: 'NodeResourcesFit',
  wakeOn: [
    { event: 'pod/deleted' },
    { event: 'pod/scaled-down' },
    {
      event: 'node/add',
      cures: (pod, event) =>
        event.type === 'node/add' && couldHold(amountsOf(event.node.status?.allocatable), pod),
    },
    {
      event: 'node/allocatable',
      cures: (pod, event) =>
        event.type === 'node/allocatable' &&
        couldHold(amountsOf(event.node.status?.allocatable), pod),
    },
    { event: 'pod/updated' },
  ],
  prepare: (pod) => ({ is: 'ready', state: podRequests(pod).asked }),
  filter: fit,
  scoring: {
    weight: 1,
    prepare: (pod) => podRequests(pod).scored,
    score: leastAllocated,
  },
};

/** Whether an empty node of this size would do: upstream's hint, so that small nodes wake no large pods. */
function couldHold(allocatable: Amounts, pod: Parameters<typeof podRequests>[0]): boolean {
  const { asked } = podRequests(pod);
  return (
    asked.milliCpu <= allocatable.milliCpu &&
    asked.memory <= allocatable.memory &&
    asked.ephemeralStorage <= allocatable.ephemeralStorage &&
    [...asked.others].every(([name, amount]) => amount <= (allocatable.others.get(name) ?? 0))
  );
}

function fit(asked: Amounts, { allocatable, requested, podCount }: NodeInfo): Verdict {
  const reasons: string[] = [];
  let curable = true;
  const need = (name: string, amount: number, used: number, size: number): void => {
    if (amount === 0 || amount <= size - used) return;
    reasons.push(`Insufficient ${name}`);
    if (amount > size) curable = false; // not even an empty node would do
  };
  if (podCount + 1 > allocatable.pods) reasons.push('Too many pods');
  need('cpu', asked.milliCpu, requested.milliCpu, allocatable.milliCpu);
  need('memory', asked.memory, requested.memory, allocatable.memory);
  need(
    'ephemeral-storage',
    asked.ephemeralStorage,
    requested.ephemeralStorage,
    allocatable.ephemeralStorage,
  );
  for (const [name, amount] of asked.others)
    need(name, amount, requested.others.get(name) ?? 0, allocatable.others.get(name) ?? 0);
  return reasons.length === 0 ? fits : { is: 'rejected', reasons, curable };
}

/** The mean over CPU and memory of the share that would be left free, 0 to 100. */
function leastAllocated(asked: PodRequests['scored'], { allocatable, scored }: NodeInfo): number {
  let sum = 0;
  let resources = 0;
  const count = (size: number, used: number): void => {
    if (size === 0) return;
    resources++;
    if (used <= size) sum += Math.trunc(((size - used) * 100) / size);
  };
  count(allocatable.milliCpu, scored.milliCpu + asked.milliCpu);
  count(allocatable.memory, scored.memory + asked.memory);
  return resources === 0 ? 0 : Math.trunc(sum / resources);
}
