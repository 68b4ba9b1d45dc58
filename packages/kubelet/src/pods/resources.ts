import { milliValue, wholeValue } from '@coxswain/api';
import type { Container, Pod, ResourceList } from '@coxswain/api/types/core-v1';
import type { LinuxContainerResources } from '../runtime-config.ts';
import { oomScoreAdj } from './qos.ts';
import { isSidecar } from './spec.ts';

const periodMicros = 100_000;
const sharesMin = 2;
const sharesMax = 262_144;
const quotaMin = 1_000;

const milliCpu = (list: ResourceList | undefined): number =>
  list?.['cpu'] === undefined ? 0 : milliValue(list['cpu']);
const memory = (list: ResourceList | undefined): number =>
  list?.['memory'] === undefined ? 0 : wholeValue(list['memory']);

/** The weight that the kernel knows for so much CPU. */
export const cpuShares = (milli: number): number =>
  milli === 0
    ? sharesMin
    : Math.min(sharesMax, Math.max(sharesMin, Math.trunc((milli * 1024) / 1000)));

/** Microseconds of CPU in each period; 0 is no limit. */
export const cpuQuota = (milli: number): number =>
  milli === 0 ? 0 : Math.max(quotaMin, Math.trunc((milli * periodMicros) / 1000));

/** What the runtime enforces for one container. */
export function containerResources(
  pod: Pod,
  container: Container,
  memoryBytes: number,
): LinuxContainerResources {
  const { requests, limits } = container.resources ?? {};
  const limitBytes = memory(limits);
  const quota = cpuQuota(milliCpu(limits));
  return {
    cpuShares: cpuShares(milliCpu(requests) || milliCpu(limits)),
    ...(quota && { cpuQuota: quota, cpuPeriod: periodMicros }),
    ...(limitBytes && { memoryLimitInBytes: limitBytes }),
    oomScoreAdj: oomScoreAdj(pod, container, memoryBytes),
  };
}

/** What the whole pod may use, for the cgroup around it; a limit only where every container has one. */
export function podResources(pod: Pod): LinuxContainerResources {
  const apps = pod.spec!.containers;
  const requests = podRequests(pod);
  const isLimited = (name: string): boolean =>
    apps.every(({ resources }) => resources?.limits?.[name] !== undefined);
  const limitOf = (read: (list: ResourceList | undefined) => number): number =>
    combined(pod, ({ resources }) => read(resources?.limits));
  const quota = isLimited('cpu') ? cpuQuota(limitOf(milliCpu)) : 0;
  const bytes = isLimited('memory') ? limitOf(memory) : 0;
  return {
    cpuShares: cpuShares(requests.milliCpu),
    ...(quota && { cpuQuota: quota, cpuPeriod: periodMicros }),
    ...(bytes && { memoryLimitInBytes: bytes }),
  };
}

export interface Requests {
  readonly milliCpu: number;
  readonly memoryBytes: number;
  readonly storageBytes: number;
  readonly others: Readonly<Record<string, number>>;
}

/** What the pod asks of a node: containers and sidecars together, or what initialising takes where that is more; plus overhead. */
export function podRequests(pod: Pod): Requests {
  const names = new Set(
    [...(pod.spec!.initContainers ?? []), ...pod.spec!.containers].flatMap(({ resources }) =>
      Object.keys(resources?.requests ?? {}),
    ),
  );
  const overhead = pod.spec!.overhead;
  for (const name of Object.keys(overhead ?? {})) names.add(name);
  const total = (name: string, read: (text: string) => number): number => {
    const own = pod.spec!.resources?.requests?.[name];
    const sum = combined(pod, ({ resources }) => {
      const text = resources?.requests?.[name];
      return text === undefined ? 0 : read(text);
    });
    const extra = overhead?.[name];
    return (own === undefined ? sum : read(own)) + (extra === undefined ? 0 : read(extra));
  };
  const plain = new Set(['cpu', 'memory', 'ephemeral-storage']);
  return {
    milliCpu: total('cpu', milliValue),
    memoryBytes: total('memory', wholeValue),
    storageBytes: total('ephemeral-storage', wholeValue),
    others: Object.fromEntries(
      [...names].filter((name) => !plain.has(name)).map((name) => [name, total(name, wholeValue)]),
    ),
  };
}

/** Sum over what runs together, or the most that any init container needs beside the sidecars before it. */
function combined(pod: Pod, read: (container: Container) => number): number {
  let sidecars = 0;
  let most = 0;
  for (const container of pod.spec!.initContainers ?? [])
    if (isSidecar(container)) {
      sidecars += read(container);
      most = Math.max(most, sidecars);
    } else most = Math.max(most, sidecars + read(container));
  const apps = pod.spec!.containers.reduce((sum, container) => sum + read(container), 0);
  return Math.max(apps + sidecars, most);
}
