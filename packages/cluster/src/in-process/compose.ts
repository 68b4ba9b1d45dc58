import { Pods } from '@coxswain/api';
import type { ApiServer } from '@coxswain/apiserver';
import { passingPki, type Pki } from '@coxswain/apiserver/certificates';
import {
  countedWork,
  Metrics,
  seededRandom,
  silentLog,
  systemClock,
  VirtualClock,
  type World,
} from '@coxswain/base';
import { type Client, createInformers, lastingWatchSeconds } from '@coxswain/client';
import { type Action, createReasons, type Reasons } from '@coxswain/control';
import { type Fleet, startFleet } from '@coxswain/kubelet/fleet';
import { SimulatedRuntime } from '@coxswain/kubelet/simulated';
import { createVerdicts, type Verdicts } from '@coxswain/scheduler';
import type { Storage } from '@coxswain/storage';
import { openMemoryStorage } from '@coxswain/storage/memory';
import { policyStatus } from '../boot/policy-status.ts';
import { answerWhy } from '../boot/answer-why.ts';
import { openApiServer } from '../boot/api-server.ts';
import {
  componentClient,
  type ControlPlaneParts,
  runControllers,
  runOwnScheduler,
  tellHealth,
} from '../boot/components.ts';
import { runCompaction } from '../boot/compaction.ts';
import * as identities from '../boot/identities.ts';
import { kubeletNotes } from '../boot/kubelet-notes.ts';
import { serverSettings } from '../boot/server-settings.ts';
import { dnsAddress, kubernetesAddress } from '../boot/service-range.ts';
import { actionText } from '../testing/action-text.ts';
import { kubernetesVersion } from '../version.ts';
import { outgoingIn } from './fetch-call.ts';
import type { StartOptions } from './options.ts';
import { noOutside, openOutside, type Outside } from './outside.ts';
import { Programs } from './programs.ts';
import { type NodesAt, wireTo } from './wire.ts';

/** Addresses of pods: a /24 for each of 32,768 nodes. */
const clusterCidr = '10.128.0.0/9';
/** Where a server that does not listen would be. */
const unheard = { address: '172.31.255.1', port: 6443 };
const clusterDomain = 'cluster.local';
const virtualStart = Date.UTC(2026, 0, 1);
/** What controllers did last, kept to be told when they never settle. */
const actionsShown = 20;
/** What changes all the time and tells nothing later keeps no history. */
const retention = { forgotten: ['/registry/events/', '/registry/leases/'] };

/** Everything of a cluster that lives, and what to ask it. */
export interface Composed {
  readonly world: World;
  readonly server: ApiServer;
  readonly storage: Storage;
  readonly client: Client;
  readonly fleet: Fleet;
  readonly programs: Programs;
  readonly outside: Outside;
  readonly reasons: Reasons;
  readonly verdicts: Verdicts;
  /** What controllers did last, one a line. */
  readonly last: () => string;
  readonly signal: AbortSignal;
}

/** A world for one cluster: its clock, and chance from its seed. */
function worldOf({ clock = 'virtual', startTime, seed = 1, log = silentLog }: StartOptions): World {
  const startMs = startTime === undefined ? virtualStart : new Date(startTime).getTime();
  if (Number.isNaN(startMs)) throw new Error(`startTime ${String(startTime)} is no time`);
  return {
    clock: clock === 'virtual' ? new VirtualClock(startMs) : systemClock,
    network: systemClock,
    random: seededRandom(seed),
    work: countedWork(),
    log,
    metrics: new Metrics(),
  };
}

const wanted = { names: [], nodes: [] };
const seededMax = 16;
const seeded = new Map<string, Pki>();

/**
 * Fresh certificates for a cluster that listens: who knows a seed knows all keys that follow from it. The others have those of their
 * seed, kept for the next cluster from it.
 */
function pkiOf({ listen, seed = 1 }: StartOptions, nowMs: number): Pki {
  if (listen) return passingPki(wanted, systemClock.now());
  const id = `${seed} ${nowMs}`;
  const pki = seeded.get(id) ?? passingPki(wanted, nowMs, seededRandom(seed));
  if (seeded.size >= seededMax) seeded.clear();
  seeded.set(id, pki);
  return pki;
}

/** Starts everything but the nodes; `stack` ends it. */
export async function compose(
  options: StartOptions,
  stack: AsyncDisposableStack,
): Promise<Composed> {
  const world = worldOf(options);
  const end = new AbortController();
  const { signal } = end;
  const storage = stack.use(openMemoryStorage(world, retention));
  const chance = options.listen ? undefined : seededRandom(~(options.seed ?? 1));
  const pki = pkiOf(options, world.clock.now());
  const settings = await serverSettings(options.flags ?? {});
  const programs = new Programs(world, options.images ?? {}, clusterDomain);
  let nodes: NodesAt | undefined;
  const server = stack.use(
    await openApiServer({
      ...{ world, storage, pki, settings, kubeletAuthority: undefined, signal },
      wire: wireTo(world, () => nodes!, programs.network),
      outgoing: outgoingIn(programs.network, world.work),
    }),
  );
  const clientAs: ControlPlaneParts['clientAs'] = (user, name) =>
    componentClient(server, user, name);
  const loopback = clientAs(identities.loopback);
  const informers = stack.use(createInformers(loopback, world, lastingWatchSeconds));
  informers.of(Pods); // everybody's first question: asked before anybody waits for it
  programs.open({ informers, clientOf: clientAs });
  const outside = options.listen ? stack.use(await openOutside(server, pki)) : noOutside;
  const [reasons, verdicts] = [createReasons(), createVerdicts()];
  answerWhy(server, world, { reasons, verdicts });
  tellHealth(server, async () => 'ok'); // a component that fails takes the process with it
  const actions: string[] = [];
  const parts: ControlPlaneParts = {
    ...{ world, clientAs, informers, pki, clusterCidr, chance, reasons, signal },
    units: [policyStatus(server.engine), ...(options.controllers ?? [])],
    journal(unit, key, action: Action) {
      actions.push(`${unit} ${key}: ${actionText(action)}`);
      if (actions.length > 2 * actionsShown) actions.splice(0, actionsShown);
    },
    kubernetesService: {
      serviceIp: kubernetesAddress(settings.serviceRange),
      ...{ address: unheard.address, port: outside.port || unheard.port },
    },
  };
  const fleet = startFleet({
    ...{ world, informers, signal, kubeletVersion: kubernetesVersion, clusterDomain },
    clientOf: (name) => clientAs(identities.node(name), 'kubelet'),
    clusterDns: dnsAddress(settings.serviceRange),
    checks: programs.checks,
    note: kubeletNotes(reasons, world),
    runtimeOf: ({ spec }) => new SimulatedRuntime(world, spec!.podCIDR!, programs.run),
    needsWorker: programs.areIn,
  });
  nodes = { fleet, informers };
  const running = [
    runControllers(parts),
    runOwnScheduler(parts, { verdicts }),
    runCompaction(storage, world, settings.compactionMs, signal),
  ];
  stack.defer(async () => {
    end.abort(new Error('the cluster ended'));
    await Promise.all([...running, fleet[Symbol.asyncDispose]()]);
  });
  const last = (): string => actions.slice(-actionsShown).join('\n');
  const client = clientAs(identities.admin);
  return {
    ...{ world, server, storage, client, fleet, programs, outside },
    ...{ reasons, verdicts, last, signal },
  };
}
