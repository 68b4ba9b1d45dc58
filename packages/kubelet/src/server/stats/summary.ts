import { formatTime } from '@coxswain/api';
import type { Pod } from '@coxswain/api/types/core-v1';
import type { ContainerUsage } from '../../runtime.ts';
import { jsonAnswer, type KubeletHandler, textAnswer } from '../request.ts';
import type { FilesystemFigures, MachineSample, ServedNode } from '../served-node.ts';
import { CpuRate } from './cpu-rate.ts';

const rates = new WeakMap<ServedNode, CpuRate>();

/** `/stats/summary`: the Summary API, from what the runtime and the machine tell. */
export const summary: KubeletHandler = async (request, [what], node) => {
  if (what !== 'summary') return textAnswer(404, '404 page not found\n');
  const onlyCpuAndMemory = /^(1|t|true)$/i.test(request.query.get('only_cpu_and_memory') ?? '');
  return jsonAnswer(await summaryOf(node, onlyCpuAndMemory, request.signal));
};

async function summaryOf(
  node: ServedNode,
  onlyCpuAndMemory: boolean,
  signal: AbortSignal,
): Promise<unknown> {
  const [usage, machine] = await Promise.all([node.runtime.usage(signal), node.machine?.sample()]);
  let rate = rates.get(node);
  if (!rate) rates.set(node, (rate = new CpuRate()));
  rate.keepOnly(new Set(['node', ...usage.map(({ containerId }) => containerId)]));
  const byPod = Map.groupBy(usage, ({ podUid }) => podUid);
  const pods = node
    .pods()
    .filter(({ metadata }) => byPod.has(metadata.uid ?? ''))
    .map((pod) => podStats(pod, byPod.get(pod.metadata.uid ?? '')!, rate, onlyCpuAndMemory));
  return { node: nodeStats(node, machine, rate, onlyCpuAndMemory), pods };
}

function nodeStats(
  { nodeName }: ServedNode,
  machine: MachineSample | undefined,
  rate: CpuRate,
  onlyCpuAndMemory: boolean,
): unknown {
  if (!machine) return { nodeName, startTime: null };
  const time = formatTime(machine.atMs);
  const total = machine.memoryTotalBytes;
  const cpuAndMemory = {
    nodeName,
    startTime: formatTime(machine.bootedAtMs),
    cpu: {
      time,
      usageNanoCores: rate.take('node', machine.atMs, machine.cpuNanoseconds) ?? 0,
      usageCoreNanoSeconds: machine.cpuNanoseconds,
    },
    memory: {
      time,
      availableBytes: Math.max(0, total - machine.memoryWorkingSetBytes),
      usageBytes: machine.memoryUsageBytes,
      workingSetBytes: machine.memoryWorkingSetBytes,
      rssBytes: machine.memoryRssBytes,
      pageFaults: machine.pageFaults,
      majorPageFaults: machine.majorPageFaults,
    },
  };
  if (onlyCpuAndMemory) return cpuAndMemory;
  const [first, ...others] = machine.interfaces;
  return {
    ...cpuAndMemory,
    ...(first && { network: { time, ...first, interfaces: [first, ...others] } }),
    fs: fsStats(time, machine.filesystem),
    runtime: {
      imageFs: fsStats(time, machine.imageFilesystem),
      containerFs: fsStats(time, machine.imageFilesystem),
    },
    rlimit: { time, maxpid: machine.processesMax, curproc: machine.processes },
    swap: {
      time,
      swapAvailableBytes: machine.swapTotalBytes - machine.swapUsageBytes,
      swapUsageBytes: machine.swapUsageBytes,
    },
  };
}

const fsStats = (time: string, figures: FilesystemFigures): unknown => ({ time, ...figures });

const sum = (
  usage: readonly ContainerUsage[],
  of: (each: ContainerUsage) => number | undefined,
): number => usage.reduce((total, each) => total + (of(each) ?? 0), 0);

function podStats(
  { metadata, status }: Pod,
  usage: readonly ContainerUsage[],
  rate: CpuRate,
  onlyCpuAndMemory: boolean,
): unknown {
  const atMs = Math.max(...usage.map(({ timestampMs }) => timestampMs));
  const time = formatTime(atMs);
  const containers = usage.map((each) => containerStats(each, status, rate, onlyCpuAndMemory));
  return {
    podRef: { name: metadata.name, namespace: metadata.namespace, uid: metadata.uid },
    startTime: status?.startTime ?? null,
    containers,
    cpu: {
      time,
      usageNanoCores: sum(usage, (each) => rateOf(each, rate)),
      usageCoreNanoSeconds: sum(usage, ({ cpuNanoseconds }) => cpuNanoseconds),
    },
    memory: {
      time,
      usageBytes: sum(usage, ({ usageBytes }) => usageBytes),
      workingSetBytes: sum(usage, ({ workingSetBytes }) => workingSetBytes),
      rssBytes: sum(usage, ({ rssBytes }) => rssBytes),
    },
    ...(!onlyCpuAndMemory && {
      'ephemeral-storage': {
        time,
        usedBytes: sum(usage, ({ writableBytes }) => writableBytes),
        inodesUsed: sum(usage, ({ writableInodes }) => writableInodes),
      },
    }),
  };
}

const rateOf = (usage: ContainerUsage, rate: CpuRate): number =>
  usage.cpuNanoseconds === undefined
    ? 0
    : (rate.take(usage.containerId, usage.timestampMs, usage.cpuNanoseconds) ?? 0);

/** When the container that runs now has started, as the pod's status tells it. */
export function startTimeOf(status: Pod['status'], name: string): string | undefined {
  const all = [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])];
  return all.find((each) => each.name === name)?.state?.running?.startedAt;
}

function containerStats(
  usage: ContainerUsage,
  status: Pod['status'],
  rate: CpuRate,
  onlyCpuAndMemory: boolean,
): unknown {
  const time = formatTime(usage.timestampMs);
  return {
    name: usage.name,
    startTime: startTimeOf(status, usage.name) ?? null,
    cpu: {
      time,
      usageNanoCores: rateOf(usage, rate),
      usageCoreNanoSeconds: usage.cpuNanoseconds ?? 0,
    },
    memory: {
      time,
      usageBytes: usage.usageBytes,
      workingSetBytes: usage.workingSetBytes ?? 0,
      rssBytes: usage.rssBytes,
    },
    ...(!onlyCpuAndMemory && {
      rootfs: { time, usedBytes: usage.writableBytes, inodesUsed: usage.writableInodes },
    }),
  };
}
