import { Services } from '@coxswain/api';
import type { Node } from '@coxswain/api/types/core-v1';
import type { World } from '@coxswain/base';
import { type Client, createInformers, createRecorder } from '@coxswain/client';
import type { KubeletContext } from './context.ts';
import type { NetworkChecks, PodHost } from './host.ts';
import { ImagePuller } from './images/puller.ts';
import type { Pressure } from './node/conditions.ts';
import { keepLease } from './node/lease.ts';
import { NodeKeeper } from './node/node-keeper.ts';
import { nodeAllocatable } from './node/resources.ts';
import type { NodeSettings } from './node/settings.ts';
import type { References } from './pods/environment.ts';
import { PodWorkers } from './pods/pod-workers.ts';
import type { Runtime } from './runtime.ts';

/** What a kubelet is made of; the same for real and simulated nodes. */
export interface KubeletParts extends NodeSettings {
  readonly world: World;
  readonly client: Client;
  readonly runtime: Runtime;
  readonly host: PodHost;
  readonly checks: NetworkChecks;
  readonly references: References;
  readonly clusterDns: readonly string[];
  readonly clusterDomain: string;
  /** Pods learn of Services by variables; without it they do not. */
  readonly hasServiceLinks: boolean;
  readonly pressure?: (() => Promise<Pressure>) | undefined;
  readonly note?: KubeletContext['note'];
  /** Further duties of this node that live as long as it: clean-up, log rotation, a server. */
  readonly duties?:
    | readonly ((kubelet: Kubelet, signal: AbortSignal) => Promise<void>)[]
    | undefined;
}

/** One node's agent. Disposing it, or its signal, ends it and leaves the pods' containers running. */
export interface Kubelet extends AsyncDisposable {
  readonly pods: PodWorkers;
  readonly context: KubeletContext;
  /** The Node as last seen. */
  node(): Node;
  /** Resolves when the API has the Node. */
  readonly registered: Promise<void>;
  /** Settles when everything has ended. */
  readonly done: Promise<void>;
}

/** Starts a kubelet that lives until `signal` aborts. */
export function startKubelet(parts: KubeletParts, signal: AbortSignal): Kubelet {
  const { client, runtime } = parts;
  const log = parts.world.log.named('kubelet');
  const world: World = { ...parts.world, log };
  const end = new AbortController();
  const both = AbortSignal.any([signal, end.signal]);
  const recorder = createRecorder(client, world, { component: 'kubelet', host: parts.nodeName });
  const informers = createInformers(client, world);
  const allocatable = nodeAllocatable(parts);
  const context: KubeletContext = {
    ...{ world, client, runtime, recorder, note: parts.note },
    ...{ host: parts.host, checks: parts.checks, references: parts.references },
    images: new ImagePuller(runtime, recorder, world),
    nodeName: parts.nodeName,
    hostIps: parts.nodeIps,
    memoryBytes: parts.machine.memoryBytes,
    clusterDns: parts.clusterDns,
    clusterDomain: parts.clusterDomain,
    allocatable: () => allocatable,
    async services(signal) {
      if (!parts.hasServiceLinks) return [];
      const cache = informers.of(Services);
      await cache.whenSynced(signal);
      return cache.all();
    },
  };
  const keeper = new NodeKeeper(client, world, runtime, recorder, parts, parts.pressure);
  const node = (): Node => keeper.node;
  const pods = new PodWorkers(context, node);
  if (parts.hasServiceLinks) informers.of(Services);
  const registered = keeper.register(both);
  const live = async (): Promise<void> => {
    await registered;
    const duties = (parts.duties ?? []).map((duty) => duty(kubelet, both));
    await Promise.all([
      pods.run(both),
      keepLease(client, world, node, both),
      keeper.run(both),
      ...duties,
    ]);
  };
  const done = live()
    .catch((error: unknown) => {
      if (!both.aborted) throw error;
    })
    .finally(async () => {
      await informers[Symbol.asyncDispose]();
      await recorder[Symbol.asyncDispose]();
    });
  const kubelet: Kubelet = {
    ...{ pods, context, node, registered, done },
    async [Symbol.asyncDispose]() {
      end.abort();
      await done;
    },
  };
  done.catch((error: unknown) => log.error('kubelet ended', error));
  registered.catch(() => {}); // `done` tells
  return kubelet;
}
