import { readdir, readFile } from 'node:fs/promises';
import { exec } from '../system/exec.ts';
import { identify, type ProcessId, stopProcess } from '../system/process.ts';

/**
 * Ends every container of a node, gone or running: its shims are found by the socket of their containerd, which
 * stands in their command line. Used by `cox down`, after which nothing of them may be left.
 */
export async function endContainers(socket: string): Promise<void> {
  const shims = await shimsOf(socket);
  const tasks = (await Promise.all(shims.map(({ pid }) => childrenOf(pid)))).flat();
  await Promise.all(tasks.map((task) => stopProcess(task, 0)));
  await Promise.all(shims.map((shim) => stopProcess(shim, 2_000)));
}

async function shimsOf(socket: string): Promise<ProcessId[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      const args = line.split('\0');
      const isOurs = args[0]?.includes('containerd-shim') && args.includes(socket);
      return isOurs ? identify(Number(pid)) : undefined;
    }),
  );
  return found.filter((process) => process !== undefined);
}

async function childrenOf(pid: number): Promise<ProcessId[]> {
  const tasks = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  const pids = tasks.trim().split(' ').filter(Boolean).map(Number);
  return (await Promise.all(pids.map(identify))).filter((process) => process !== undefined);
}

/** Unmounts everything at or below `folder`, deepest first; busy mounts are detached. */
export async function unmountBelow(folder: string): Promise<void> {
  const text = await readFile('/proc/self/mountinfo', 'utf8');
  const points = text
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .map((point) =>
      point.replaceAll(/\\(\d{3})/g, (_, code: string) =>
        String.fromCharCode(Number.parseInt(code, 8)),
      ),
    )
    .filter((point) => point === folder || point.startsWith(`${folder}/`));
  for (const point of points.toReversed()) await exec('umount', ['--lazy', point]);
}
