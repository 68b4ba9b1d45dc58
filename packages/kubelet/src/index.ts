import { mkdir, statfs } from 'node:fs/promises';
import { wholeValue } from '@coxswain/api';
import type { ResourceList, Taint } from '@coxswain/api/types/core-v1';
import type { World } from '@coxswain/base';
import type { Client } from '@coxswain/client';
import { LinuxHost } from './host/linux-host.ts';
import { rotateLogs } from './host/log-rotation.ts';
import { readMachine, readPressure } from './host/machine.ts';
import { networkChecks } from './host/network-checks.ts';
import { cleanUpImages } from './images/clean-up.ts';
import { type Kubelet, type KubeletParts, startKubelet } from './kubelet.ts';
import type { Pressure } from './node/conditions.ts';
import { nodeAllocatable } from './node/resources.ts';
import type { NodeSettings } from './node/settings.ts';
import type { Runtime } from './runtime.ts';

export { CriRuntime } from './cri/index.ts';
export type { KubeletContext, Note } from './context.ts';
export type { CheckResult, HttpRequest, NetworkChecks } from './host.ts';
export { type Kubelet, type KubeletParts, startKubelet } from './kubelet.ts';
export type { NodeSettings } from './node/settings.ts';
export type { PodWorker } from './pods/worker.ts';
export type * from './runtime.ts';

/** A real node of this machine. */
export interface KubeletOptions {
  readonly world: World;
  readonly client: Client;
  readonly runtime: Runtime;
  readonly nodeName: string;
  readonly nodeIp: string;
  readonly kubeletVersion: string;
  /** The node's own folder for pods' volumes and files. */
  readonly rootDir: string;
  /** The node's own folder for pods' logs. */
  readonly podLogsDir: string;
  readonly clusterDns: string;
  readonly clusterDomain: string;
  readonly podCidr?: string | undefined;
  readonly cgroupRoot?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly taints?: readonly Taint[] | undefined;
  readonly podsMax?: number | undefined;
  readonly kubeletPort?: number | undefined;
  readonly reserved?: ResourceList | undefined;
  /** A resolv.conf for the node, where it is not the machine's. */
  readonly resolvConf?: string | undefined;
  readonly duties?: KubeletParts['duties'];
  readonly note?: KubeletParts['note'];
  readonly signal: AbortSignal;
}

/** Pods' memory is short below so much, as upstream's default eviction signal has it. */
const memoryAvailableMin = wholeValue('100Mi');
const diskFreeMin = 0.1;
const inodesFreeMin = 0.05;

/** Starts the kubelet of a real node; its containers outlive it and are found again by the next. */
export async function runKubelet(options: KubeletOptions): Promise<Kubelet> {
  const { world, client, nodeName, nodeIp, rootDir, signal } = options;
  await mkdir(rootDir, { recursive: true });
  const machine = await readMachine(rootDir);
  const settings: NodeSettings = {
    ...{ nodeName, nodeIps: [nodeIp], machine, kubeletVersion: options.kubeletVersion },
    labels: options.labels ?? {},
    taints: options.taints ?? [],
    podCidr: options.podCidr,
    podsMax: options.podsMax ?? 110,
    kubeletPort: options.kubeletPort ?? 10_250,
    reserved: options.reserved,
  };
  const allocatable = nodeAllocatable(settings);
  const host = await LinuxHost.open({
    ...{ world, client, rootDir, nodeName, signal },
    podLogsDir: options.podLogsDir,
    cgroupRoot: options.cgroupRoot,
    hostIps: [nodeIp],
    allocatable: () => allocatable,
    resolvConf: options.resolvConf,
  });
  const parts: KubeletParts = {
    ...settings,
    ...{ world, client, runtime: options.runtime, host, checks: networkChecks },
    references: host.objects,
    note: options.note,
    clusterDns: [options.clusterDns],
    clusterDomain: options.clusterDomain,
    hasServiceLinks: true,
    pressure: () => pressureOf(rootDir),
    duties: [rotateLogs, cleanUpImages(() => diskUse(rootDir)), ...(options.duties ?? [])],
  };
  return startKubelet(parts, signal);
}

async function pressureOf(rootDir: string): Promise<Pressure> {
  const { memoryAvailableBytes, diskFree, inodesFree } = await readPressure(rootDir);
  return {
    memory: memoryAvailableBytes < memoryAvailableMin,
    disk: diskFree < diskFreeMin || inodesFree < inodesFreeMin,
    pids: false,
  };
}

async function diskUse(path: string): Promise<{ capacityBytes: number; availableBytes: number }> {
  const { blocks, bavail, bsize } = await statfs(path);
  return { capacityBytes: blocks * bsize, availableBytes: bavail * bsize };
}
