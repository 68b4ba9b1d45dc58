import { rm } from 'node:fs/promises';
import { isRunning, type ProcessId } from '../system/process.ts';
import { makeFolder, readJson, writeFileAtomic } from './files.ts';
import type { ClusterPaths } from './paths.ts';

/** The process that serves a cluster, as it wrote itself down. */
export interface Daemon extends ProcessId {
  readonly startedMs: number;
  readonly server: string; // https://127.0.0.1:6443
}

/** The cluster's process, if it runs. */
export async function runningDaemon(paths: ClusterPaths): Promise<Daemon | undefined> {
  const daemon = await readJson<Daemon>(paths.daemon).catch(() => undefined);
  return daemon && (await isRunning(daemon)) ? daemon : undefined;
}

export async function writeDaemon(paths: ClusterPaths, daemon: Daemon): Promise<void> {
  await makeFolder(paths.run);
  await writeFileAtomic(paths.daemon, JSON.stringify(daemon));
}

export const removeDaemon = (paths: ClusterPaths): Promise<void> =>
  rm(paths.daemon, { force: true });
