import { readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Kubelet } from '../kubelet.ts';
import { RuntimeError } from '../runtime.ts';

const bytesMax = 10 * 1024 * 1024;
const filesMax = 5; // with the one being written
const lookMs = 10_000;

/** Keeps the logs of running containers bounded, as upstream does: looked at every 10 s, moved aside at 10 MiB, five files kept. */
export async function rotateLogs({ pods, context }: Kubelet, signal: AbortSignal): Promise<void> {
  const { world, runtime } = context;
  while (!signal.aborted) {
    await world.clock.sleep(lookMs, signal);
    for (const worker of pods.all.values())
      for (const { id, state, logPath } of worker.observed.containers) {
        if (state !== 'running' || !logPath) continue;
        try {
          await rotateLog(logPath, world.clock.now(), () => runtime.reopenLog(id, signal));
        } catch (error) {
          signal.throwIfAborted();
          const isExpected =
            error instanceof RuntimeError || (error as NodeJS.ErrnoException).code === 'ENOENT';
          if (!isExpected) throw error;
          world.log.warn('container log not rotated', { path: logPath, error: String(error) });
        }
      }
  }
}

/** Moves a log that is too long aside and asks for a new one; put back when there is none. */
export async function rotateLog(
  path: string,
  nowMs: number,
  reopen: () => Promise<void>,
): Promise<boolean> {
  const { size } = await stat(path);
  if (size < bytesMax) return false;
  const name = basename(path);
  const folder = dirname(path);
  const older = (await readdir(folder)).filter((file) => file.startsWith(`${name}.`)).toSorted();
  const excess = older.slice(0, Math.max(0, older.length - (filesMax - 2)));
  for (const file of excess) await rm(join(folder, file), { force: true });
  const moved = `${path}.${new Date(nowMs)
    .toISOString()
    .replaceAll(/[-:]|\..*/g, '')
    .replace('T', '-')}`;
  await rename(path, moved);
  try {
    await reopen();
  } catch (error) {
    await rename(moved, path);
    throw error;
  }
  return true;
}
