import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const root = '/sys/fs/cgroup';

/** The cgroup under which a node keeps all its pods: two kubelets on one kernel need one each. */
export const nodeCgroup = (id: string, node: number): string => `/coxswain-${id}/node-${node}`;

/** Version 2 when the whole tree is unified, else 1 (one hierarchy per controller). */
export async function cgroupVersion(): Promise<1 | 2> {
  return (await readdir(root)).includes('cgroup.controllers') ? 2 : 1;
}

async function hierarchies(): Promise<string[]> {
  if ((await cgroupVersion()) === 2) return [root];
  const entries = await readdir(root, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(root, name));
}

/** Makes `path` in every hierarchy, ready for children: controllers passed on, cpusets filled. */
export async function setUpCgroup(path: string): Promise<void> {
  for (const hierarchy of await hierarchies()) {
    let at = hierarchy;
    for (const part of path.split('/').filter(Boolean)) {
      const parent = at;
      at = join(at, part);
      await passOnControllers(parent);
      await mkdir(at, { recursive: true });
      for (const file of ['cpuset.cpus', 'cpuset.mems']) await inherit(parent, at, file);
    }
    await passOnControllers(at);
  }
}

/** Removes the empty tree under `path`; processes in it must have ended. */
export async function tearDownCgroup(path: string): Promise<void> {
  for (const hierarchy of await hierarchies()) await removeTree(join(hierarchy, path));
}

async function removeTree(path: string): Promise<void> {
  const entries = await readdir(path, { withFileTypes: true }).catch(absentIsEmpty);
  for (const entry of entries) if (entry.isDirectory()) await removeTree(join(path, entry.name));
  await rmdir(path).catch(absentIsEmpty);
}

const absentIsEmpty = (error: NodeJS.ErrnoException): never[] => {
  if (error.code === 'ENOENT') return [];
  throw error;
};

async function passOnControllers(path: string): Promise<void> {
  const available = await readFile(join(path, 'cgroup.controllers'), 'utf8').catch(() => '');
  const wanted = available
    .trim()
    .split(' ')
    .filter(Boolean)
    .map((controller) => `+${controller}`);
  if (wanted.length > 0) await writeFile(join(path, 'cgroup.subtree_control'), wanted.join(' '));
}

/** cgroup v1: a cpuset without CPUs or memory nodes takes no process. */
async function inherit(parent: string, child: string, file: string): Promise<void> {
  const own = await readFile(join(child, file), 'utf8').catch(() => undefined);
  if (own === undefined || own.trim() !== '') return;
  const value = await readFile(join(parent, file), 'utf8');
  if (value.trim() !== '') await writeFile(join(child, file), value);
}
