import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '@coxswain/base';
import { text, toggle, UsageError } from '../command/flags.ts';
import { progressOn } from '../command/progress.ts';
import { Failure, verb, type Verb } from '../command/verb.ts';
import { findCluster } from '../home/clusters.ts';
import { runningDaemon } from '../home/daemon.ts';
import { withLock } from '../home/lock.ts';
import { clusterPaths, coxHome } from '../home/paths.ts';
import { readRegistry, register } from '../home/registry.ts';
import { kubeconfigFile, removeFromKubeconfig } from '../kubeconfig/kubeconfig.ts';
import { addressPlan } from '../nodes/addresses.ts';
import { tearDownNodes } from '../nodes/tear-down.ts';
import { isRoot } from '../system/parts.ts';
import { stopProcess } from '../system/process.ts';

/** How long the cluster's process may take to finish what is in flight. */
const stopGraceMs = 15_000;

export const down: Verb = verb({
  name: 'down',
  usage: 'down [--name NAME] [--wipe]',
  summary: 'Stop a cluster and all it started; its data stay for the next "cox up"',
  flags: {
    name: text('NAME', 'Cluster to stop', 'coxswain'),
    wipe: toggle('Also remove its data and its kubeconfig entries'),
  },
  complete(given, args) {
    if (args.length > 0)
      throw new UsageError(`unexpected argument "${args[0]}"; the cluster goes into --name`);
    return { name: given.name ?? 'coxswain', wipe: given.wipe ?? false };
  },
  async run({ name, wipe }, { terminal, env }) {
    const progress = progressOn(terminal);
    // What cannot be read any more can still be stopped and removed.
    const { paths, settings } = await findCluster(name, env).catch(async (cause: unknown) => {
      const folder = (await readRegistry(coxHome(env)))[name];
      if (!wipe || folder === undefined) throw cause;
      return { paths: clusterPaths(folder, isRoot()), settings: undefined };
    });
    const step = async (title: string, work: () => Promise<void>): Promise<void> => {
      const startMs = systemClock.now();
      progress.start(title);
      await work();
      progress.done(title, systemClock.now() - startMs);
    };
    const daemon = await runningDaemon(paths);
    if (daemon) await step('server', () => stopProcess(daemon, stopGraceMs));
    if (settings ? settings.runtime === 'containerd' : isRoot())
      await step('containers and network', () =>
        tearDownNodes(paths, addressPlan(settings?.slot ?? 0)),
      );
    else await rm(paths.run, { recursive: true, force: true });
    if (wipe)
      await step('data and kubeconfig', async () => {
        await leaveKubeconfig(settings?.kubeconfig ?? kubeconfigFile(undefined, env), name);
        await removeFolder(paths.data);
        const home = coxHome(env);
        await withLock(home, () => register(home, name, undefined));
      });
    const goOn = `cox up${name === 'coxswain' ? '' : ` --name ${name}`}`;
    const told = wipe
      ? `Cluster "${name}" is gone.`
      : `Cluster "${name}" is stopped. Its data are in ${paths.data}; go on with: ${goOn}`;
    terminal.out(`${terminal.words(told)}\n`);
  },
});

const leaveKubeconfig = (file: string, name: string): Promise<void> =>
  removeFromKubeconfig(file, `cox-${name}`).catch((cause: Error) => {
    throw new Failure(`cannot take the cluster out of ${file}: ${cause.message}`, {
      cause,
      advice: 'mend or remove that file and run it again',
    });
  });

/** A folder that is a disk of its own cannot go, but what is in it can. */
async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true }).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EBUSY') throw error;
    for (const entry of await readdir(folder))
      await rm(join(folder, entry), { recursive: true, force: true });
  });
}
