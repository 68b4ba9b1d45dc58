import { coxHome, type ClusterPaths, clusterPaths } from './paths.ts';
import { folderOf, readRegistry } from './registry.ts';
import { readSettings, type Settings } from './settings.ts';
import { unreadable } from '../boot/refusals.ts';
import { isRoot } from '../system/parts.ts';
import { Failure } from '../command/verb.ts';

export interface Cluster {
  readonly name: string;
  readonly paths: ClusterPaths;
  readonly settings: Settings;
}

/** Every registered cluster whose data can be read. */
export async function listClusters(env: NodeJS.ProcessEnv): Promise<Cluster[]> {
  const registry = await readRegistry(coxHome(env));
  const clusters = await Promise.all(
    Object.entries(registry).map(async ([name, folder]) => {
      const paths = clusterPaths(folder, isRoot());
      const settings = await readSettings(paths).catch(() => undefined);
      return settings && { name, paths, settings };
    }),
  );
  return clusters.filter((cluster) => cluster !== undefined);
}

/** Names and folders of the registered clusters whose settings are damaged or of another version. */
export async function unreadableClusters(env: NodeJS.ProcessEnv): Promise<[string, string][]> {
  const registry = Object.entries(await readRegistry(coxHome(env)));
  const isUnreadable = await Promise.all(
    registry.map(([, folder]) =>
      readSettings(clusterPaths(folder, isRoot())).then(
        () => false,
        () => true,
      ),
    ),
  );
  return registry.filter((_, at) => isUnreadable[at]);
}

/** The cluster called `name`; fails with what there is when it does not exist. */
export async function findCluster(name: string, env: NodeJS.ProcessEnv): Promise<Cluster> {
  const paths = clusterPaths(await folderOf(coxHome(env), name), isRoot());
  const settings = await readSettings(paths).catch((cause: Error) => {
    throw unreadable(paths, cause, name);
  });
  if (settings) return { name, paths, settings };
  const others = (await listClusters(env)).map((cluster) => cluster.name);
  throw new Failure(`there is no cluster called "${name}"`, {
    advice: others.length > 0 ? `clusters here: ${others.join(', ')}` : 'start one with: cox up',
  });
}
