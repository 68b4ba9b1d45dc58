/** What a cluster adds to its machine, and what of it is left. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun } from './run.ts';

/** The machine as `ip`, `nft` and the kernel tell it, one line per thing. */
export type MachineState = Readonly<Record<string, readonly string[]>>;

const lines = (text: string): string[] => text.split('\n').filter((line) => line.trim() !== '');

/** Interfaces, routes, namespaces, nftables, mounts and cgroups of this machine. */
export async function machineState(): Promise<MachineState> {
  const links = JSON.parse(await mustRun(['ip', '-json', 'link', 'show'])) as { ifname: string }[];
  return {
    links: links.map(({ ifname }) => ifname),
    routes: lines(await mustRun(['ip', 'route', 'show'])),
    namespaces: lines(await mustRun(['ip', 'netns', 'list'])).map((line) => line.split(' ')[0]!),
    tables: lines(await mustRun(['nft', 'list', 'tables'])),
    mounts: lines(readFileSync('/proc/self/mounts', 'utf8')).map((line) => line.split(' ')[1]!),
    cgroups: cgroupFolders(),
  };
}

function cgroupFolders(): string[] {
  const root = '/sys/fs/cgroup';
  const unified = existsSync(join(root, 'cgroup.controllers'));
  const hierarchies = unified ? [root] : readdirSync(root).map((name) => join(root, name));
  return hierarchies.flatMap((hierarchy) =>
    readdirSync(hierarchy, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => join(hierarchy, name)),
  );
}

interface Owner {
  readonly id: string;
  readonly folder: string;
}

/** Whether a line carries the id or the folder of a cluster under test that is not `owner`. */
function isOfAnother(line: string, { id, folder }: Owner): boolean {
  const foundId = /cox(?:swain)?[-/]?([0-9a-f]{6})/.exec(line)?.[1];
  const foundFolder = /^.*\/cox-walk-\w+/.exec(line)?.[0];
  return (
    (foundId !== undefined && foundId !== id) ||
    (foundFolder !== undefined && foundFolder !== folder)
  );
}

/** What `after` has over `before`, without what belongs to a cluster other than `owner`. */
export function added(before: MachineState, after: MachineState, owner: Owner): MachineState {
  const fresh = Object.entries(after).map(([sort, now]) => {
    const known = new Set(before[sort]);
    return [sort, now.filter((line) => !known.has(line) && !isOfAnother(line, owner))] as const;
  });
  return Object.fromEntries(fresh.filter(([, news]) => news.length > 0));
}

/** Process ids of everything that belongs to cluster `id`: by its cgroup, or by words on its command line. */
export function processesOf(id: string, words: readonly string[]): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
        const cgroup = readFileSync(`/proc/${pid}/cgroup`, 'utf8');
        return cgroup.includes(`coxswain-${id}`) || words.some((word) => line.includes(word));
      } catch {
        return false; // it ended while we looked
      }
    })
    .map(Number);
}
