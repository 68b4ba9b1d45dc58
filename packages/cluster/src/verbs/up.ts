import { resolve } from 'node:path';
import { type Reporter } from '../boot/report.ts';
import { startDaemon } from '../boot/spawn.ts';
import { choice, count, type Flag, text, toggle, UsageError } from '../command/flags.ts';
import { progressOn } from '../command/progress.ts';
import { verb, type Verb, type VerbContext } from '../command/verb.ts';
import { runningDaemon } from '../home/daemon.ts';
import type { Settings } from '../home/settings.ts';
import { kubeconfigFile } from '../kubeconfig/kubeconfig.ts';
import { addressPlan } from '../nodes/addresses.ts';
import { tearDownNodes } from '../nodes/tear-down.ts';
import { nodesMax } from '../fleet/limits.ts';
import { prepareCluster, type UpOptions } from '../boot/prepare.ts';
import { isServers, serverFlags, takeServerFlags } from '../boot/server-flags.ts';

/** Names take part in host names and file names. */
const namePattern = /^[a-z0-9]([-a-z0-9]{0,28}[a-z0-9])?$/;

const datastore: Flag<string> = {
  value: 'sqlite|memory|URLS',
  help: 'Where objects are kept; URLs are the members of an etcd',
  fallback: 'sqlite',
  parse(given) {
    if (given.includes('://')) isServers(given);
    else if (given !== 'sqlite' && given !== 'memory')
      throw new Error('must be sqlite, memory or such as https://10.0.0.1:2379');
    return given;
  },
};

export const up: Verb = verb({
  name: 'up',
  usage:
    'up [--name NAME] [--nodes N] [--simulated N] [--port P] [--runtime containerd|simulated] [flags]',
  summary: 'Start a Kubernetes cluster, or go on with a stopped one',
  details: `Returns when the API answers and every node is Ready. Run again, it changes nothing. The flags of a
cluster's first start are remembered. The last group of flags is kube-apiserver's own.`,
  flags: {
    name: text('NAME', 'Name of the cluster; its kubeconfig context is cox-NAME', 'coxswain'),
    data: text('DIR', 'Folder for its data', '$COX_HOME/NAME, with COX_HOME ~/.coxswain'),
    port: count(
      'P',
      'Port of the API server; 0 takes any free one',
      { min: 0, max: 65535 },
      '6443',
    ),
    listen: text(
      'ADDRESS',
      'Where the API server listens, beside the bridge of the nodes; 0.0.0.0 opens it to the network',
      '127.0.0.1',
    ),
    nodes: count('N', 'Number of nodes', { min: 0, max: 200 }, '1'),
    simulated: count('N', 'Number of simulated nodes beside them', { min: 0, max: nodesMax }),
    threads: count(
      'N',
      '2 gives controllers, scheduler and simulated nodes a thread beside that of the server',
      { min: 1, max: 2 },
      '1, or 2 with --simulated 1000 and more',
    ),
    stages: {
      ...text('FILE', "KWOK's Stages, by which simulated pods and nodes live; may be given again"),
      join: '\n',
    },
    runtime: choice(['containerd', 'simulated'], 'What runs the containers', 'containerd'),
    clock: choice(
      ['real', 'virtual'],
      'Whose time passes: the machine\'s, or one that "cox clock" moves; with simulated containers',
      'real',
    ),
    datastore,
    kubeconfig: text(
      'FILE',
      'Kubeconfig to enter the cluster into',
      'first of $KUBECONFIG, else ~/.kube/config',
    ),
    'scheduler-config': text('FILE', 'KubeSchedulerConfiguration of the scheduler', 'its defaults'),
    foreground: toggle('Stay in the foreground; ^C stops the cluster'),
    ...serverFlags,
  },
  complete(given, args): UpOptions {
    if (args.length > 0) throw new UsageError(`unexpected argument "${args[0]}"`);
    const name = given.name ?? 'coxswain';
    if (!namePattern.test(name))
      throw new UsageError(
        `invalid value "${name}" for --name: lower case letters, digits and -, at most 30`,
      );
    const { 'scheduler-config': schedulerConfig, stages, ...plain } = given;
    return {
      ...{ ...plain, name, serverFlags: takeServerFlags(given) },
      ...(stages !== undefined && { stages: stages.split('\n').map((file) => resolve(file)) }),
      ...(schedulerConfig !== undefined && { schedulerConfig: resolve(schedulerConfig) }),
    };
  },
  run: start,
});

async function start(options: UpOptions, context: VerbContext): Promise<void> {
  const { terminal } = context;
  await checkServerFlags(options.serverFlags);
  if (options.schedulerConfig !== undefined) {
    const { readSchedulerConfiguration } = await import('../boot/scheduler-configuration.ts');
    await readSchedulerConfiguration('scheduler-config', options.schedulerConfig);
  }
  if (options.stages)
    await (await import('../fleet/stages/read-stages.ts')).readStages(options.stages);
  const { paths, settings, isNew, forget } = await prepareCluster(options, context);
  const earlier = await runningDaemon(paths);
  if (earlier) {
    const told = `Cluster "${settings.name}" is up already at ${earlier.server}.`;
    terminal.err(`${terminal.words(told)}\n`);
    return;
  }
  const progress = progressOn(terminal);
  let underWay: string | undefined;
  const report: Reporter = (news) => {
    if (news.type === 'start') progress.start((underWay = news.step));
    if (news.type !== 'done') return;
    underWay = undefined;
    progress.done(news.step, news.tookMs, news.note);
  };
  const giveUp = async (error: unknown): Promise<never> => {
    if (underWay !== undefined) progress.failed(underWay);
    await forget();
    throw error;
  };
  if (options.foreground) {
    const { serveCluster } = await import('../boot/serve-cluster.ts');
    let isUp = false;
    const tell: Reporter = (news) => {
      if (news.type !== 'ready') return report(news);
      isUp = true;
      farewell(settings, news.server, context);
    };
    await serveCluster(paths, settings, { signal: context.signal, report: tell }).catch(
      (error: unknown) => {
        if (!isUp) return giveUp(error);
        throw error;
      },
    );
    // Nobody else will: the containers outlive the process that serves them.
    if (settings.runtime === 'containerd') await tearDownNodes(paths, addressPlan(settings.slot));
    return;
  }
  const server = await startDaemon(paths, report, context.signal).catch(giveUp);
  farewell(settings, server, context, isNew);
}

/** The values that only the server can judge: wrong usage too, and nothing is started for them. */
async function checkServerFlags(flags: UpOptions['serverFlags']): Promise<void> {
  if (Object.keys(flags).length === 0) return;
  const { serverSettings } = await import('../boot/server-settings.ts');
  await serverSettings(flags).catch((cause: Error) => {
    throw new UsageError(cause.message, { cause });
  });
}

/** What to type next, as it works on this machine. */
function farewell(settings: Settings, server: string, context: VerbContext, isNew = true): void {
  const { env, terminal } = context;
  const name = settings.name === 'coxswain' ? '' : ` --name ${settings.name}`;
  const cox = env['COX_COMMAND'] ?? 'cox';
  const isFound = settings.kubeconfig === resolve(kubeconfigFile(undefined, env));
  const where = isFound ? '' : `  export KUBECONFIG=${settings.kubeconfig}\n`;
  const ready = `Cluster "${settings.name}" is ready at ${server} (context cox-${settings.name} in ${settings.kubeconfig}).`;
  terminal.out(`\n${terminal.words(ready)}\n`);
  if (isNew)
    terminal.out(
      `\n${terminal.words('Next')}:\n${where}  kubectl get nodes\n  kubectl create deployment hello --image=coxswain.local/hello:1\n  ${cox} status${name}\n  ${cox} down${name}\n`,
    );
}
