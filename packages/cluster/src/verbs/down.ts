import { rm } from 'node:fs/promises';
import { systemClock } from '@coxswain/base';
import { text, toggle, UsageError } from '../command/flags.ts';
import { progressOn } from '../command/progress.ts';
import { verb, type Verb } from '../command/verb.ts';
import { findCluster } from '../home/clusters.ts';
import { runningDaemon } from '../home/daemon.ts';
import { withLock } from '../home/lock.ts';
import { coxHome } from '../home/paths.ts';
import { register } from '../home/registry.ts';
import { removeFromKubeconfig } from '../kubeconfig/kubeconfig.ts';
import { addressPlan } from '../nodes/addresses.ts';
import { tearDownNodes } from '../nodes/tear-down.ts';
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
    const { paths, settings } = await findCluster(name, env);
    const step = async (title: string, work: () => Promise<void>): Promise<void> => {
      const startMs = systemClock.now();
      progress.start(title);
      await work();
      progress.done(title, systemClock.now() - startMs);
    };
    const daemon = await runningDaemon(paths);
    if (daemon) await step('server', () => stopProcess(daemon, stopGraceMs));
    if (settings.runtime === 'containerd')
      await step('containers and network', () => tearDownNodes(paths, addressPlan(settings.slot)));
    else await rm(paths.run, { recursive: true, force: true });
    if (wipe)
      await step('data and kubeconfig', async () => {
        await removeFromKubeconfig(settings.kubeconfig, `cox-${name}`);
        await rm(paths.data, { recursive: true, force: true });
        const home = coxHome(env);
        await withLock(home, () => register(home, name, undefined));
      });
    terminal.out(
      wipe
        ? `Cluster "${name}" is gone.\n`
        : `Cluster "${name}" is stopped. Its data are in ${paths.data}; go on with: cox up${name === 'coxswain' ? '' : ` --name ${name}`}\n`,
    );
  },
});
