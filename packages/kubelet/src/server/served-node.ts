import type { Pod } from '@coxswain/api/types/core-v1';
import type { StreamWire } from '@coxswain/api/streaming';
import type { World } from '@coxswain/base';
import type { RuntimeContainer, Runtime } from '../runtime.ts';

/** What the kubelet's server shows of its node. */
export interface ServedNode {
  readonly world: World;
  readonly nodeName: string;
  readonly runtime: Runtime;
  readonly wire: StreamWire;
  /** Sees to it that the runtime has that pod's containers, where it makes them only when asked. */
  readonly attend?: (namespace: string, name: string) => Promise<void>;
  /** The pods of this node, with the status that the kubelet itself knows. */
  pods(): readonly Pod[];
  /** The kubelet's configuration, as `/configz` shows it. */
  configuration(): unknown;
  /** Where the machine's logs lie; undefined where there is no machine. */
  readonly systemLogs: string | undefined;
  /** Figures of the machine; undefined where there is none. */
  readonly machine: MachineFigures | undefined;
  /** More lines of `/metrics`, in Prometheus' text form. */
  metrics?(): string;
  /** Why the kubelet does not get on with its work; undefined when it does. */
  trouble?(): string | undefined;
}

export interface FilesystemFigures {
  readonly availableBytes: number;
  readonly capacityBytes: number;
  readonly usedBytes: number;
  readonly inodesFree: number;
  readonly inodes: number;
  readonly inodesUsed: number;
}

export interface InterfaceFigures {
  readonly name: string;
  readonly rxBytes: number;
  readonly rxErrors: number;
  readonly txBytes: number;
  readonly txErrors: number;
}

/** The machine at one instant. */
export interface MachineSample {
  readonly atMs: number;
  readonly bootedAtMs: number;
  readonly cpuNanoseconds: number;
  readonly memoryTotalBytes: number;
  readonly memoryUsageBytes: number;
  readonly memoryWorkingSetBytes: number;
  readonly memoryRssBytes: number;
  readonly pageFaults: number;
  readonly majorPageFaults: number;
  readonly swapTotalBytes: number;
  readonly swapUsageBytes: number;
  readonly interfaces: readonly InterfaceFigures[];
  readonly filesystem: FilesystemFigures;
  readonly imageFilesystem: FilesystemFigures;
  readonly processesMax: number;
  readonly processes: number;
}

export interface MachineFigures {
  sample(): Promise<MachineSample>;
}

export const podOf = (node: ServedNode, namespace: string, name: string): Pod | undefined =>
  node.pods().find(({ metadata }) => metadata.name === name && metadata.namespace === namespace);

/** The container of that name that runs in the pod. Throws as upstream does when none does. */
export async function runningContainer(
  { runtime }: ServedNode,
  pod: Pod,
  name: string,
  signal: AbortSignal,
): Promise<RuntimeContainer> {
  const containers = await runtime.containers(pod.metadata.uid ?? '', signal);
  const found = containers.find((each) => each.name === name && each.state === 'running');
  if (!found) throw new Error(`container not found (${JSON.stringify(name)})`);
  return found;
}
