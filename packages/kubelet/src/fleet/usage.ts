import { milliValue, wholeValue } from '@coxswain/api';
import type { Container, Node, Pod } from '@coxswain/api/types/core-v1';
import { uidOf } from '../pods/spec.ts';
import { instantMs } from './plain-pod.ts';
import type { ContainerUsage } from '../runtime.ts';
import { cpuAnnotation, memoryAnnotation, quantityIn } from '../simulated/behaviour.ts';
import type { MachineSample } from '../server/served-node.ts';

/** Of a container that asks for nothing. */
const idle = { milliCpu: 1, memoryBytes: 8 * 2 ** 20 };
/** What the node itself uses. */
const system = { milliCpu: 100, memoryBytes: 2 ** 30 };

/** A share between 0.3 and 0.8 that is always the same for one pod. */
function shareOf(pod: Pod): number {
  let hash = 0;
  for (const character of uidOf(pod)) hash = (hash * 31 + character.codePointAt(0)!) % 1009;
  return 0.3 + (hash / 1009) * 0.5;
}

function rateOf(pod: Pod, { resources }: Container): typeof idle {
  const { annotations } = pod.metadata;
  const { cpu, memory } = resources?.requests ?? {};
  const share = shareOf(pod);
  const told = quantityIn(annotations, cpuAnnotation);
  const toldBytes = quantityIn(annotations, memoryAnnotation);
  return {
    milliCpu: told ? milliValue(told) : cpu ? milliValue(cpu) * share : idle.milliCpu,
    memoryBytes: Math.round(
      toldBytes ? wholeValue(toldBytes) : memory ? wholeValue(memory) * share : idle.memoryBytes,
    ),
  };
}

/** What the running containers of these pods seem to use. */
export function usageOf(pods: Iterable<Pod>, nowMs: number): ContainerUsage[] {
  const all: ContainerUsage[] = [];
  for (const pod of pods)
    for (const { name, state, containerID = '' } of pod.status?.containerStatuses ?? []) {
      const spec = pod.spec!.containers.find((each) => each.name === name);
      if (!spec || !state?.running) continue;
      const { milliCpu, memoryBytes } = rateOf(pod, spec);
      const ranMs = nowMs - instantMs(state.running.startedAt);
      all.push({
        ...{ containerId: containerID.split('://')[1] ?? '', podUid: uidOf(pod), name },
        timestampMs: nowMs,
        cpuNanoseconds: Math.round(ranMs * milliCpu * 1_000),
        ...{ workingSetBytes: memoryBytes, rssBytes: memoryBytes, usageBytes: memoryBytes },
        ...{ writableBytes: 4_096, writableInodes: 1 },
      });
    }
  return all;
}

/** The machine of a simulated node, as its size and its pods let it seem. */
export function machineOf(
  { metadata, status }: Node,
  usage: readonly ContainerUsage[],
  nowMs: number,
): MachineSample {
  const bootedAtMs = instantMs(metadata.creationTimestamp) || nowMs;
  const sum = (of: (one: ContainerUsage) => number | undefined): number =>
    usage.reduce((total, one) => total + (of(one) ?? 0), 0);
  const memory = system.memoryBytes + sum(({ workingSetBytes }) => workingSetBytes);
  const disk = wholeValue(status?.capacity?.['ephemeral-storage'] ?? '0');
  const used = 2 ** 30 + sum(({ writableBytes }) => writableBytes);
  const filesystem = {
    ...{ availableBytes: Math.max(0, disk - used), capacityBytes: disk, usedBytes: used },
    ...{ inodesFree: 1_000_000, inodes: 1_100_000, inodesUsed: 100_000 },
  };
  return {
    ...{ atMs: nowMs, bootedAtMs },
    cpuNanoseconds:
      (nowMs - bootedAtMs) * system.milliCpu * 1_000 + sum(({ cpuNanoseconds }) => cpuNanoseconds),
    memoryTotalBytes: wholeValue(status?.capacity?.['memory'] ?? '0'),
    ...{ memoryUsageBytes: memory, memoryWorkingSetBytes: memory, memoryRssBytes: memory },
    ...{ pageFaults: 0, majorPageFaults: 0, swapTotalBytes: 0, swapUsageBytes: 0 },
    interfaces: [{ name: 'eth0', rxBytes: 0, rxErrors: 0, txBytes: 0, txErrors: 0 }],
    ...{ filesystem, imageFilesystem: filesystem },
    ...{ processesMax: 4_194_304, processes: 50 + usage.length },
  };
}
