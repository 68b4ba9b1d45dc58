import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Failure, type VerbContext } from '../command/verb.ts';
import { type Cluster, listClusters } from '../home/clusters.ts';
import { runningDaemon } from '../home/daemon.ts';
import { withLock } from '../home/lock.ts';
import { type ClusterPaths, clusterPaths, coxHome } from '../home/paths.ts';
import { readRegistry, register } from '../home/registry.ts';
import { dataLayout, readSettings, type Settings, writeSettings } from '../home/settings.ts';
import { kubeconfigFile, removeFromKubeconfig } from '../kubeconfig/kubeconfig.ts';
import { freeSlot } from '../nodes/addresses.ts';
import { machineRoutes } from '../nodes/links.ts';
import { aptInstall, hasApt, isRoot, missingParts } from '../system/parts.ts';
import { refuseChanges, refuseClock, refuseFolder, unreadable } from './refusals.ts';

/** What `cox up` was asked for; absent means as remembered, else the default. */
export interface UpOptions {
  readonly name: string;
  readonly data?: string;
  readonly port?: number;
  readonly listen?: string;
  readonly nodes?: number;
  readonly runtime?: 'containerd' | 'simulated';
  readonly clock?: 'real' | 'virtual';
  /** Simulated nodes beside the others. */
  readonly simulated?: number;
  /** 2: controllers, scheduler and simulated nodes beside the server's thread; 1: all in one. */
  readonly threads?: number;
  /** Absolute paths of files with KWOK's Stages. */
  readonly stages?: readonly string[];
  readonly datastore?: string;
  readonly kubeconfig?: string;
  readonly foreground?: boolean;
  /** Absolute path of a KubeSchedulerConfiguration. */
  readonly schedulerConfig?: string;
  readonly serverFlags: Readonly<Record<string, string>>;
}

export interface Prepared {
  readonly paths: ClusterPaths;
  readonly settings: Settings;
  readonly isNew: boolean;
  /** What was written down is forgotten again: for a start that failed. The log stays. */
  readonly forget: () => Promise<void>;
}

const defaultPort = 6443;

/**
 * Settles what the cluster is, from its flags and from what is remembered, and writes that down. Installs missing
 * system parts where that is possible. Nothing is started yet. A running cluster is left as it is.
 */
export async function prepareCluster(options: UpOptions, context: VerbContext): Promise<Prepared> {
  const home = coxHome(context.env);
  const registered = (await readRegistry(home))[options.name];
  const folder = options.data ? resolve(options.data) : (registered ?? join(home, options.name));
  const paths = clusterPaths(folder, isRoot());
  const earlier = await readSettings(paths).catch((cause: Error) => {
    throw unreadable(paths, cause, options.name);
  });
  await refuseFolder(options, paths, earlier, registered);
  if (earlier && (await runningDaemon(paths))) {
    refuseChanges(options, earlier);
    return { paths, settings: earlier, isNew: false, forget: async () => {} };
  }
  const clock = refuseClock(options, earlier);
  const runtime = await settleRuntime(
    ...([
      clock ? { ...options, runtime: 'simulated' as const } : options,
      earlier,
      context,
    ] as const),
  );
  return withLock(home, async () => {
    const settings = await settle(options, earlier, runtime, folder, context.env);
    await writable(paths, () => writeSettings(paths, settings));
    await register(home, options.name, folder);
    const forget = (): Promise<void> => takeBack(home, paths, settings, earlier);
    return { paths, settings, isNew: earlier === undefined, forget };
  });
}

/** A cluster that was there before is what it was; one that never started is none. */
async function takeBack(
  home: string,
  paths: ClusterPaths,
  settings: Settings,
  earlier: Settings | undefined,
): Promise<void> {
  if (await runningDaemon(paths)) return; // another start of the same cluster came first
  if (earlier) return writeSettings(paths, earlier);
  // A file that cannot be read was not written to either.
  await removeFromKubeconfig(settings.kubeconfig, `cox-${settings.name}`).catch(() => {});
  const written = [paths.settings, paths.store, paths.pki, paths.kubeconfig, paths.clock];
  for (const path of [...written, join(paths.data, 'nodes')])
    await rm(path, { recursive: true, force: true });
  await withLock(home, () => register(home, settings.name, undefined));
}

/** All of a cluster's settings; its address ranges are free while nobody else settles his. */
async function settle(
  options: UpOptions,
  earlier: Settings | undefined,
  runtime: Settings['runtime'],
  folder: string,
  env: NodeJS.ProcessEnv,
): Promise<Settings> {
  const others = (await listClusters(env)).filter(({ paths: { data } }) => data !== folder);
  const listen = options.listen ?? earlier?.listen;
  const schedulerConfig = options.schedulerConfig ?? earlier?.schedulerConfig;
  const stages = options.stages ?? earlier?.stages;
  return {
    layout: dataLayout,
    name: options.name,
    // Any free port: the one it has had is as good as another, and kubeconfigs know it.
    port: (options.port || earlier?.port) ?? options.port ?? freePort(others),
    ...(listen !== undefined && { listen }),
    slot: earlier?.slot ?? (runtime === 'containerd' ? await takeSlot(others) : 0),
    nodes: options.nodes ?? earlier?.nodes ?? 1,
    runtime,
    ...((options.clock ?? earlier?.clock) === 'virtual' && { clock: 'virtual' as const }),
    ...(options.simulated !== undefined && { simulated: options.simulated }),
    ...(threadsOf(options, earlier) === 2 && { threads: 2 as const }),
    ...(stages !== undefined && { stages }),
    datastore: options.datastore ?? earlier?.datastore ?? 'sqlite',
    kubeconfig: resolve(
      options.kubeconfig ?? earlier?.kubeconfig ?? kubeconfigFile(undefined, env),
    ),
    ...(schedulerConfig !== undefined && { schedulerConfig }),
    serverFlags: { ...earlier?.serverFlags, ...options.serverFlags },
  };
}

/** From so many simulated nodes on, a thread of their own for components is worth what it costs. */
const manyNodes = 1000;

/** As wished or remembered; where time is the cluster's own, its steps are taken in one thread. */
function threadsOf(options: UpOptions, earlier: Settings | undefined): number {
  if ((options.clock ?? earlier?.clock) === 'virtual') return 1;
  const isLarge = (options.simulated ?? 0) >= manyNodes;
  return options.threads ?? earlier?.threads ?? (isLarge ? 2 : 1);
}

/** What to run containers with: as wished or remembered; simulated, and said so, where real ones are not possible. */
async function settleRuntime(
  options: UpOptions,
  earlier: Settings | undefined,
  { terminal, signal }: VerbContext,
): Promise<Settings['runtime']> {
  const wish = options.runtime ?? earlier?.runtime;
  const nodes = options.nodes ?? earlier?.nodes;
  if (wish === 'simulated' || (wish === undefined && nodes === 0)) return 'simulated';
  const missing = await missingParts();
  if (isRoot() && missing.length === 0) return 'containerd';
  const packages = missing.map((part) => part.package);
  if (isRoot() && (await hasApt())) {
    terminal.err(
      `${terminal.words(`Installing what real containers need, from Debian: ${packages.join(', ')}`)}\n`,
    );
    await aptInstall(packages, signal).catch((cause: Error) => {
      throw new Failure(`could not install ${packages.join(', ')}: ${cause.message}`, {
        cause,
        advice:
          'install them by hand, or go on without real containers: cox up --runtime simulated',
      });
    });
    return 'containerd';
  }
  const names = missing.map((part) => `${part.name} (Debian package ${part.package})`).join(', ');
  const lacks = names ? `not root; missing: ${names}` : 'not root';
  const why = isRoot() ? `missing: ${names}` : lacks;
  if (wish === 'containerd')
    throw new Failure(`real containers are not possible here: ${why}`, {
      advice: isRoot() ? 'install what is missing' : 'run cox as root, or use --runtime simulated',
    });
  terminal.err(
    `${terminal.words(`Containers will be simulated, because real ones are not possible here (${why}).`)}\n`,
  );
  return 'simulated';
}

/** 6443, or the next port that no other cluster of ours has. */
function freePort(others: readonly Cluster[]): number {
  const taken = new Set(others.map(({ settings }) => settings.port));
  let port = defaultPort;
  while (taken.has(port)) port++;
  return port;
}

async function takeSlot(others: readonly Cluster[]): Promise<number> {
  const taken = new Set(others.map(({ settings }) => settings.slot));
  const slot = freeSlot(taken, await machineRoutes());
  if (slot === undefined)
    throw new Failure('no address range is left for another cluster', {
      advice: 'see: cox clusters',
    });
  return slot;
}

async function writable(paths: ClusterPaths, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (cause) {
    const error = cause as NodeJS.ErrnoException;
    const full = error.code === 'ENOSPC';
    throw new Failure(
      full
        ? `the disk is full: cannot write to ${paths.data}`
        : `cannot write to ${paths.data}: ${error.message}`,
      {
        cause,
        advice: full ? 'free some space and run it again' : 'choose another folder with --data',
      },
    );
  }
}
