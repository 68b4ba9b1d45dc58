import { readFile, statfs } from 'node:fs/promises';
import { availableParallelism, hostname, release, totalmem } from 'node:os';

/** What the machine is and has. */
export interface Machine {
  readonly architecture: 'amd64' | 'arm64';
  readonly hostname: string;
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly storageBytes: number;
  readonly machineId: string;
  readonly systemUuid: string;
  readonly bootId: string;
  readonly kernelVersion: string;
  readonly osImage: string;
}

/** The facts of this machine; `rootDir` is where pods' storage is counted. */
export async function readMachine(rootDir: string): Promise<Machine> {
  const text = async (path: string): Promise<string> =>
    (await readFile(path, 'utf8').catch(() => '')).trim();
  const [machineId, bootId, systemUuid, osRelease, storage] = await Promise.all([
    text('/etc/machine-id'),
    text('/proc/sys/kernel/random/boot_id'),
    text('/sys/class/dmi/id/product_uuid'),
    text('/etc/os-release'),
    statfs(rootDir),
  ]);
  return {
    architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
    hostname: hostname(),
    cpus: availableParallelism(),
    memoryBytes: totalmem(),
    storageBytes: storage.blocks * storage.bsize,
    machineId,
    systemUuid: systemUuid || machineId,
    bootId,
    kernelVersion: release(),
    osImage: /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(osRelease)?.[1] ?? 'Linux',
  };
}

/** Parts of the machine's room that are free, 0 to 1: of memory (without caches that can go), and of the disk under `path`. */
export async function readPressure(path: string): Promise<{
  readonly memoryAvailableBytes: number;
  readonly diskFree: number;
  readonly inodesFree: number;
}> {
  const [memory, disk] = await Promise.all([readFile('/proc/meminfo', 'utf8'), statfs(path)]);
  const available = Number(/^MemAvailable:\s+(\d+) kB$/m.exec(memory)?.[1] ?? 0) * 1024;
  return {
    memoryAvailableBytes: available,
    diskFree: disk.blocks > 0 ? disk.bavail / disk.blocks : 1,
    inodesFree: disk.files > 0 ? disk.ffree / disk.files : 1,
  };
}
