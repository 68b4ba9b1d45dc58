import { readFile, statfs } from 'node:fs/promises';
import type { Clock } from '@coxswain/base';
import type {
  FilesystemFigures,
  InterfaceFigures,
  MachineFigures,
  MachineSample,
} from '../served-node.ts';

/** `/proc` counts processor time in hundredths of a second. */
const tickNanoseconds = 10_000_000;

/** The figures of this machine, from `/proc`; `rootDir` is where pods' storage is counted, `imageDir` where images lie. */
export function linuxFigures(clock: Clock, rootDir: string, imageDir: string): MachineFigures {
  return { sample: () => sampleOf(clock, rootDir, imageDir) };
}

async function sampleOf(clock: Clock, rootDir: string, imageDir: string): Promise<MachineSample> {
  const [stat, memory, vm, network, load, processesMax] = await Promise.all(
    ['stat', 'meminfo', 'vmstat', 'net/dev', 'loadavg', 'sys/kernel/pid_max'].map((name) =>
      readFile(`/proc/${name}`, 'utf8'),
    ),
  );
  const [filesystem, imageFilesystem] = await Promise.all([
    filesystemOf(rootDir),
    filesystemOf(imageDir),
  ]);
  const kilobytes = (name: string): number => number(memory!, `${name}:`) * 1024;
  const total = kilobytes('MemTotal');
  const used = total - kilobytes('MemFree');
  return {
    atMs: clock.now(),
    bootedAtMs: number(stat!, 'btime') * 1000,
    cpuNanoseconds: busyTicks(stat!) * tickNanoseconds,
    memoryTotalBytes: total,
    memoryUsageBytes: used,
    // As cgroups count it: without file pages that nobody has used for long.
    memoryWorkingSetBytes: Math.max(0, used - kilobytes('Inactive(file)')),
    memoryRssBytes: kilobytes('AnonPages'),
    pageFaults: number(vm!, 'pgfault'),
    majorPageFaults: number(vm!, 'pgmajfault'),
    swapTotalBytes: kilobytes('SwapTotal'),
    swapUsageBytes: kilobytes('SwapTotal') - kilobytes('SwapFree'),
    interfaces: interfacesOf(network!),
    ...{ filesystem, imageFilesystem },
    processesMax: Number(processesMax),
    processes: Number(/\/(\d+)/.exec(load!)?.[1] ?? 0),
  };
}

function number(text: string, name: string): number {
  const line = text.split('\n').find((each) => each.startsWith(`${name} `));
  return Number(line?.slice(name.length).trim().split(' ')[0] ?? 0);
}

/** All ticks but those that were idle or waited for a disk. */
function busyTicks(stat: string): number {
  const ticks = stat.split('\n', 1)[0]!.trim().split(/\s+/).slice(1, 9).map(Number);
  const all = ticks.reduce((sum, each) => sum + each, 0);
  return all - (ticks[3] ?? 0) - (ticks[4] ?? 0);
}

/** Those that lead somewhere, as upstream shows them. */
const inner = /^(lo|veth|docker|cni|cali|flannel|cilium)/;

function interfacesOf(text: string): readonly InterfaceFigures[] {
  return text
    .split('\n')
    .slice(2)
    .flatMap((line): readonly InterfaceFigures[] => {
      const [name = '', ...counts] = line.trim().split(/:?\s+/);
      if (name === '' || inner.test(name)) return [];
      const [rxBytes = 0, , rxErrors = 0] = counts.map(Number);
      const [txBytes = 0, , txErrors = 0] = counts.slice(8).map(Number);
      return [{ name, rxBytes, rxErrors, txBytes, txErrors }];
    });
}

async function filesystemOf(path: string): Promise<FilesystemFigures> {
  const { bavail, bfree, blocks, bsize, ffree, files } = await statfs(path);
  return {
    availableBytes: bavail * bsize,
    capacityBytes: blocks * bsize,
    usedBytes: (blocks - bfree) * bsize,
    inodesFree: ffree,
    inodes: files,
    inodesUsed: files - ffree,
  };
}
