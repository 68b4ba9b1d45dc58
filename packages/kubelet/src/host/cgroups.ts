import { mkdir, readdir, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pod } from '@coxswain/api/types/core-v1';
import { qosClass } from '../pods/qos.ts';
import { uidOf } from '../pods/spec.ts';
import type { LinuxContainerResources } from '../runtime-config.ts';

const mountPoint = '/sys/fs/cgroup';
const classFolders = { Guaranteed: '', Burstable: 'burstable', BestEffort: 'besteffort' } as const;

/** The pod's cgroup under the node's root: its QoS class has a folder, as upstream lays them out. */
export const podCgroup = (root: string, pod: Pod): string =>
  join(root, classFolders[qosClass(pod)], `pod${uidOf(pod)}`);

async function isUnified(): Promise<boolean> {
  return (await readdir(mountPoint)).includes('cgroup.controllers');
}

/** Makes the pod's cgroup and sets what the whole pod may use; the runtime makes the containers' below. */
export async function makePodCgroup(path: string, limits: LinuxContainerResources): Promise<void> {
  if (await isUnified()) return setUnified(join(mountPoint, path), limits);
  const cpu = join(mountPoint, 'cpu', path);
  const memory = join(mountPoint, 'memory', path);
  await Promise.all([
    mkdir(cpu, { recursive: true }),
    mkdir(memory, { recursive: true }),
    mkdir(join(mountPoint, 'pids', path), { recursive: true }),
  ]);
  const { cpuShares, cpuQuota, cpuPeriod, memoryLimitInBytes } = limits;
  if (cpuShares) await writeFile(join(cpu, 'cpu.shares'), String(cpuShares));
  if (cpuQuota && cpuPeriod) {
    await writeFile(join(cpu, 'cpu.cfs_period_us'), String(cpuPeriod));
    await writeFile(join(cpu, 'cpu.cfs_quota_us'), String(cpuQuota));
  }
  if (memoryLimitInBytes)
    await writeFile(join(memory, 'memory.limit_in_bytes'), String(memoryLimitInBytes));
}

async function setUnified(path: string, limits: LinuxContainerResources): Promise<void> {
  let at = mountPoint;
  for (const part of path.slice(mountPoint.length).split('/').filter(Boolean)) {
    await writeFile(join(at, 'cgroup.subtree_control'), '+cpu +memory +pids');
    at = join(at, part);
    await mkdir(at, { recursive: true });
  }
  const { cpuShares = 2, cpuQuota, cpuPeriod, memoryLimitInBytes } = limits;
  const weight = 1 + Math.trunc(((cpuShares - 2) * 9999) / 262_142);
  await writeFile(join(path, 'cpu.weight'), String(weight));
  if (cpuQuota) await writeFile(join(path, 'cpu.max'), `${cpuQuota} ${cpuPeriod}`);
  if (memoryLimitInBytes) await writeFile(join(path, 'memory.max'), String(memoryLimitInBytes));
}

/** Removes the cgroups of a pod in every hierarchy, whatever its class was; what is gone already is fine. */
export async function removePodCgroup(root: string, podUid: string): Promise<void> {
  const hierarchies = (await isUnified())
    ? [mountPoint]
    : (await readdir(mountPoint, { withFileTypes: true }))
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => join(mountPoint, name));
  for (const hierarchy of hierarchies)
    for (const folder of Object.values(classFolders))
      await removeTree(join(hierarchy, root, folder, `pod${podUid}`));
}

async function removeTree(path: string): Promise<void> {
  const entries = await readdir(path, { withFileTypes: true }).catch(goneIsEmpty);
  for (const entry of entries) if (entry.isDirectory()) await removeTree(join(path, entry.name));
  await rmdir(path).catch((error: NodeJS.ErrnoException) => {
    // The kernel lets go of an ended container's group a little later; the next clean-up finds it.
    if (error.code !== 'EBUSY') goneIsEmpty(error);
  });
}

function goneIsEmpty(error: NodeJS.ErrnoException): never[] {
  if (error.code === 'ENOENT') return [];
  throw error;
}
