import { makeFolder, readJson, writeFileAtomic } from './files.ts';
import type { ClusterPaths } from './paths.ts';

/** The layout of the data folder that this program reads and writes. */
export const dataLayout = 1;

/** What a cluster is; remembered from its first `cox up`, changed by flags of later ones. */
export interface Settings {
  readonly layout: number;
  readonly name: string;
  readonly port: number; // of the API server
  /** Where the API server listens for this machine's users, beside the nodes' bridge. */
  readonly listen?: string;
  readonly slot: number; // of its address ranges
  readonly nodes: number;
  readonly runtime: 'containerd' | 'simulated';
  /** Size that the group of simulated nodes shall have after the next start; forgotten then, as the cluster itself keeps it. */
  readonly simulated?: number;
  /** `virtual`: its time is its own. Absent: the machine's. */
  readonly clock?: 'virtual';
  /** 2: controllers, scheduler and simulated nodes have a thread of their own. Absent: all share one. */
  readonly threads?: 2;
  readonly datastore: string; // sqlite, memory, or the members of an etcd
  readonly kubeconfig: string; // where its context was entered
  /** Files of KWOK Stages by which simulated pods and nodes live. */
  readonly stages?: readonly string[];
  /** Path of the scheduler's KubeSchedulerConfiguration. */
  readonly schedulerConfig?: string;
  /** kube-apiserver's own flags, by name. */
  readonly serverFlags: Readonly<Record<string, string>>;
}

/** The data folder was written by another version of this program. */
export class LayoutError extends Error {
  override readonly name = 'LayoutError';
}

export async function readSettings(paths: ClusterPaths): Promise<Settings | undefined> {
  const settings = await readJson<Settings>(paths.settings);
  if (settings && settings.layout !== dataLayout)
    throw new LayoutError(
      `${paths.data} has data layout ${settings.layout}, this version of cox reads ${dataLayout}`,
    );
  return settings;
}

export async function writeSettings(paths: ClusterPaths, settings: Settings): Promise<void> {
  await makeFolder(paths.data, 0o700);
  await writeFileAtomic(paths.settings, `${JSON.stringify(settings, null, 2)}\n`);
}
