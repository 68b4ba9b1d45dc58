import { rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { Nodes } from '@coxswain/api';
import { ensurePki, lasting, type Pki } from '@coxswain/apiserver/certificates';
import { PacedClock, systemClock, systemWorld, type World } from '@coxswain/base';
import { createInformers, type Informers, lastingWatchSeconds } from '@coxswain/client';
import type { Storage } from '@coxswain/storage';
import { createReasons } from '@coxswain/control';
import { Failure } from '../command/verb.ts';
import { removeDaemon, runningDaemon, writeDaemon } from '../home/daemon.ts';
import { writeFileAtomic } from '../home/files.ts';
import type { ClusterPaths } from '../home/paths.ts';
import { type Settings, writeSettings } from '../home/settings.ts';
import { type Access, kubeconfigText, mergeKubeconfig } from '../kubeconfig/kubeconfig.ts';
import { addressPlan, nodeAddress } from '../nodes/addresses.ts';
import { setUpLinks } from '../nodes/links.ts';
import { tearDownNodes } from '../nodes/tear-down.ts';
import { tuneCollector } from '../system/collector.ts';
import { identify, type ProcessId } from '../system/process.ts';
import { startGroup } from '../fleet/start-group.ts';
import { openApiServer, openListener } from './api-server.ts';
import { keepClusterClock, openClusterClock } from './cluster-clock.ts';
import { type ClusterContext, nodeNames } from './cluster-context.ts';
import { componentClient } from './components.ts';
import { runCompaction } from './compaction.ts';
import { startControlPlane } from './control-plane.ts';
import { fileLog } from './file-log.ts';
import * as identities from './identities.ts';
import { Keeper } from './keeper.ts';
import { openStore } from './open-store.ts';
import { renewCertificates } from './renew-certificates.ts';
import { registerNodes } from './register-nodes.ts';
import { ensureRuntime, startRealNode } from './real-node.ts';
import type { Reporter } from './report.ts';
import { kubernetesAddress } from './service-range.ts';
import { readSchedulerConfiguration } from './scheduler-configuration.ts';
import { serverSettings, type ServerSettings } from './server-settings.ts';
import { type Step, steps } from './steps.ts';

export interface ServeOptions {
  readonly signal: AbortSignal;
  readonly report: Reporter;
}

/**
 * The whole cluster in this process, until `signal` aborts. Tells when it is ready. When the start fails, all that it had
 * started is taken back before the error goes on.
 */
export async function serveCluster(
  paths: ClusterPaths,
  settings: Settings,
  { signal, report }: ServeOptions,
): Promise<void> {
  if (await runningDaemon(paths))
    throw new Failure(`cluster "${settings.name}" is running already`);
  const machine = systemWorld(fileLog(paths));
  const end = new AbortController();
  const stop = (): void => end.abort(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  signal.throwIfAborted();
  await using stack = new AsyncDisposableStack();
  stack.defer(() => removeDaemon(paths));
  const world = await worldOf(machine, paths, settings, stack);
  tuneCollector();
  try {
    const server = await start(paths, settings, world, stack, end, steps(systemClock, report));
    report({ type: 'ready', server });
  } catch (error) {
    end.abort(error);
    await stack.disposeAsync();
    if (settings.runtime === 'containerd') await tearDownNodes(paths, addressPlan(settings.slot));
    else await rm(paths.run, { recursive: true, force: true });
    throw error;
  }
  if (!signal.aborted)
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}

/** The machine's world, or one with a time of its own. */
async function worldOf(
  machine: World,
  paths: ClusterPaths,
  settings: Settings,
  stack: AsyncDisposableStack,
): Promise<World> {
  if (settings.clock !== 'virtual') return machine;
  const clock = stack.use(await openClusterClock(paths.clock, machine));
  return { ...machine, clock, network: systemClock };
}

const rememberedConfiguration = async ({ schedulerConfig: file }: Settings) =>
  file === undefined ? undefined : readSchedulerConfiguration('scheduler-config', file);

/** Everything up to all nodes being Ready; gives the address of the API server. */
async function start(
  paths: ClusterPaths,
  settings: Settings,
  world: World,
  stack: AsyncDisposableStack,
  end: AbortController,
  step: Step,
): Promise<string> {
  const plan = addressPlan(settings.slot);
  const isReal = settings.runtime === 'containerd';
  const numbers = nodeNames(settings).map((_, at) => at + 1);
  const flags = await serverSettings(settings.serverFlags);
  const self = (await identify(process.pid))!;
  const startMs = world.clock.now();
  const startedMs = systemClock.now();
  await writeDaemon(paths, { ...self, startedMs, server: '' });

  const pki = await step('certificates', async () => ensurePki(...pkiOf(paths, settings, flags)));
  const linked = isReal ? setUpLinks(paths.id, plan, numbers) : Promise.resolve();
  const runtimes = linked.then(() =>
    Promise.all(isReal ? numbers.map((number) => ensureRuntime({ paths, plan }, number)) : []),
  );
  // Both are awaited below; a failure of the store must not leave theirs unheard, nor a runtime starting.
  linked.catch(() => {});
  stack.defer(async () => void (await Promise.allSettled([runtimes])));
  const storage = stack.use(
    await step('store', () => openStore(world, paths.store, settings.datastore, flags)),
  );
  const server = stack.use(
    await step('API server', () =>
      openApiServer({
        ...{ world, storage, pki, settings: flags, signal: end.signal },
        kubeletAuthority: pki.ca.certificate,
      }),
    ),
  );
  await linked;
  const { listener, port, renewed } = await openListener(
    ...([server, pki, hostsOf(settings, plan.gateway), settings.port] as const),
    flags,
  );
  stack.use(listener);
  const { listen } = settings;
  const url = `https://${listen && !isAny(listen) ? listen : '127.0.0.1'}:${port}`;
  await enterKubeconfig(paths, settings, pki, url);
  if (port !== settings.port) await writeSettings(paths, { ...settings, port });
  await writeDaemon(paths, { ...self, startedMs, server: url });

  const clientAs: ClusterContext['clientAs'] = (user, name) => componentClient(server, user, name);
  const loopback = clientAs(identities.loopback);
  const informers = stack.use(createInformers(loopback, world, lastingWatchSeconds));
  const keeper = stack.use(new Keeper(world, end.signal));
  stack.defer(() => end.abort(new Error('the cluster stops')));
  const context: ClusterContext = {
    ...{ world, paths, settings, plan, pki, clientAs, informers, loopback },
    serverSettings: flags,
    schedulerConfiguration: await rememberedConfiguration(settings),
    reasons: createReasons(),
    signal: end.signal,
    ...{ keep: keeper.keep, check: keeper.check },
  };
  keepInOrder(context, storage, renewed);
  const kubelets = await step('controllers and scheduler', async () =>
    startControlPlane(context, server, port, stack),
  );
  await step(numbers.length === 1 && !settings.simulated ? 'node' : 'nodes', () =>
    startNodes(context, runtimes, kubelets, startMs),
  );
  const { simulated, ...kept } = settings;
  if (simulated !== undefined) await writeSettings(paths, { ...kept, port });
  return url;
}

/** What looks after the cluster as long as it runs. */
function keepInOrder(
  context: ClusterContext,
  storage: Storage,
  renewed: Parameters<typeof renewCertificates>[0],
): void {
  const {
    world,
    paths,
    settings,
    serverSettings: flags,
    loopback,
    informers,
    signal,
    keep,
  } = context;
  const { clock } = world;
  keep('certificates', () =>
    renewCertificates(renewed, () => ensurePki(...pkiOf(paths, settings, flags)), context),
  );
  keep('compaction', () => runCompaction(storage, world, flags.compactionMs, signal));
  if (!(clock instanceof PacedClock)) return;
  const parts = { clock, file: paths.clock, client: loopback, informers, signal };
  keep('clock', () => keepClusterClock(parts));
}

/** All nodes, up to being Ready; `runtimes` are those of the real ones, on their way, `kubelets` starts the simulated ones' and gives their port. */
async function startNodes(
  context: ClusterContext,
  runtimes: Promise<readonly ProcessId[]>,
  kubelets: () => Promise<number>,
  startMs: number,
): Promise<void> {
  const { settings, informers, signal } = context;
  const names = nodeNames(settings);
  const kubeletPort = await kubelets();
  const [processes] = await Promise.all([runtimes, registerNodes(context, kubeletPort)]);
  const group =
    settings.simulated === undefined ? [] : await startGroup(context, settings.simulated);
  if (settings.runtime === 'containerd')
    await Promise.all(names.map((_, at) => startRealNode(context, at + 1, processes[at]!)));
  await nodesReady(informers, [...names, ...group], startMs, signal);
}

const isAny = (host: string | undefined): boolean => host === '0.0.0.0' || host === '::';

/** Loopback, or where the user wants it; and the bridge, by which nodes and pods come. */
function hostsOf({ listen, runtime }: Settings, gateway: string): string[] {
  if (listen && isAny(listen)) return [listen];
  return [listen ?? '127.0.0.1', ...(runtime === 'containerd' ? [gateway] : [])];
}

/** Certificates are for peers whose clocks are the machine's; where the cluster's is another, they last through any leap. */
const pkiOf = (paths: ClusterPaths, settings: Settings, flags: ServerSettings) =>
  [
    ...([paths.pki, pkiWanted(settings, flags), systemClock] as const),
    ...(settings.clock === 'virtual' ? [lasting] : []),
  ] as const;

const pkiWanted = (settings: Settings, flags: ServerSettings) => {
  const plan = addressPlan(settings.slot);
  return {
    names: [
      ...(settings.listen && !isAny(settings.listen) ? [settings.listen] : []),
      hostname().toLowerCase(),
      plan.gateway,
      kubernetesAddress(flags.serviceRange),
    ],
    nodes: nodeNames(settings).map((name, at) => ({
      name,
      addresses: settings.runtime === 'containerd' ? [nodeAddress(plan, at + 1)] : ['127.0.0.1'],
    })),
  };
};

async function enterKubeconfig(
  paths: ClusterPaths,
  settings: Settings,
  pki: Pki,
  server: string,
): Promise<void> {
  const access: Access = {
    name: `cox-${settings.name}`,
    server,
    ca: pki.ca.certificate,
    certificate: pki.admin.certificate,
    key: pki.admin.key,
  };
  await writeFileAtomic(paths.kubeconfig, kubeconfigText(access));
  await mergeKubeconfig(settings.kubeconfig, access).catch((cause: Error) => {
    throw new Failure(`cannot enter the cluster into ${settings.kubeconfig}: ${cause.message}`, {
      cause,
      advice: 'mend that file, or name another one with --kubeconfig FILE',
    });
  });
}

/** Longest wait for a node before the start counts as failed. */
const readyMaxMs = 60_000;

/** Resolves when every node has said since `sinceMs` that it is Ready: what an earlier run said does not count. */
async function nodesReady(
  informers: Informers,
  names: readonly string[],
  sinceMs: number,
  signal: AbortSignal,
): Promise<void> {
  const waiting = new Set(names);
  if (waiting.size === 0) return;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  using _limit = systemClock.after(readyMaxMs, () =>
    reject(new Failure(`not Ready after ${readyMaxMs / 1000} s: ${[...waiting].join(', ')}`)),
  );
  using _seen = informers.of(Nodes).subscribe((changes) => {
    for (const { now } of changes) {
      const ready = now?.status?.conditions?.find(({ type }) => type === 'Ready');
      const saidMs = Date.parse(ready?.lastHeartbeatTime ?? '') + 999; // told in whole seconds
      if (now && ready?.status === 'True' && saidMs >= sinceMs) waiting.delete(now.metadata.name);
    }
    if (waiting.size === 0) resolve();
  });
  signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  await promise;
}
