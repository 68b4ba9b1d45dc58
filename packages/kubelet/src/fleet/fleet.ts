import { Nodes, Pods } from '@coxswain/api';
import type { Node, Pod } from '@coxswain/api/types/core-v1';
import type { World } from '@coxswain/base';
import type { Changes, Client, Informers } from '@coxswain/client';
import type { NetworkChecks } from '../host.ts';
import type { SimulatedRuntime } from '../simulated/simulated-runtime.ts';
import { FleetNode } from './fleet-node.ts';
import { Heartbeats } from './heartbeats.ts';
import { FleetShared } from './fleet-shared.ts';
import { isSimulated } from './node-object.ts';

/** What the kubelets of a fleet share. */
export interface FleetParts {
  readonly world: World;
  /** Caches of Nodes and Pods: the control plane's own, or any. */
  readonly informers: Informers;
  /** Writes as the kubelet of that node. */
  readonly clientOf: (nodeName: string) => Client;
  readonly kubeletVersion: string;
  readonly clusterDns?: string | undefined;
  readonly clusterDomain?: string | undefined;
  /** The one port by which every kubelet of the fleet is reached, at its node's address. */
  readonly kubeletPort?: number | undefined;
  /** What probes over the network find; every check succeeds when absent. */
  readonly checks?: NetworkChecks | undefined;
  /** What runs the containers of a node, where it is more than the simulation. */
  readonly runtimeOf?: ((node: Node) => SimulatedRuntime) | undefined;
  /** Pods that need that runtime, or those checks: each gets a worker. */
  readonly needsWorker?: ((pod: Pod) => boolean) | undefined;
  readonly signal: AbortSignal;
}

/** The kubelets of all simulated Nodes, in one. */
export interface Fleet extends AsyncDisposable {
  /** The kubelet of that Node; undefined when it is not of this fleet. */
  node(name: string): FleetNode | undefined;
  readonly size: number;
  /** Settles when everything has ended. */
  readonly done: Promise<void>;
}

/**
 * Runs the kubelet of every Node that is marked as simulated, from when the Node is made until it is gone: Nodes are created and
 * removed by whoever likes, through the API. One watch of Nodes and one of Pods serve them all.
 */
export function startFleet(parts: FleetParts): Fleet {
  const { informers } = parts;
  const end = new AbortController();
  const signal = AbortSignal.any([parts.signal, end.signal]);
  const world: World = { ...parts.world, log: parts.world.log.named('fleet') };
  const nodes = new Map<string, FleetNode>();
  const heartbeats = new Heartbeats(world, signal);
  const clients = new Map<string, Client>();
  const clientOf = (name: string): Client => {
    let client = clients.get(name);
    if (!client) clients.set(name, (client = parts.clientOf(name)));
    return client;
  };
  const podsOf = (names: ReadonlySet<string>): readonly Pod[] =>
    podCache.all().filter(({ spec }) => names.has(spec?.nodeName ?? ''));
  const shared = new FleetShared({ ...parts, clientOf, world, signal }, (node) =>
    node.replacePods(podsOf(new Set([node.name]))),
  );
  const podCache = informers.of(Pods);
  let hasPods = false; // the first sight of pods comes after that of nodes
  const seeNodes = (changes: Changes<Node>): void => {
    const entered = new Set<string>();
    for (const { now, before } of changes) {
      const { name } = (now ?? before)!.metadata;
      const known = nodes.get(name);
      if (now && isSimulated(now) && known?.uid === now.metadata.uid) known?.see(now);
      else {
        if (known) leave(known);
        if (now && isSimulated(now)) {
          enter(now);
          entered.add(name);
        }
      }
    }
    if (entered.size === 0 || !hasPods) return;
    for (const pod of podsOf(entered)) nodes.get(pod.spec!.nodeName!)!.seePod(pod);
  };
  const enter = (object: Node): void => {
    const node = new FleetNode(object, { ...parts, clientOf, world }, shared);
    nodes.set(node.name, node);
    heartbeats.add(node);
  };
  const leave = (node: FleetNode): void => {
    nodes.delete(node.name);
    clients.delete(node.name);
    heartbeats.remove(node);
    void node.end();
  };
  const seePods = (changes: Changes<Pod>): void => {
    for (const { now, before } of changes) {
      const nodeName = (now ?? before)!.spec?.nodeName;
      const node = nodeName ? nodes.get(nodeName) : undefined;
      if (!node) continue;
      if (before && before.metadata.uid !== now?.metadata.uid) node.removePod(before);
      if (now) node.seePod(now);
    }
  };
  const live = async (): Promise<void> => {
    const nodeCache = informers.of(Nodes);
    await Promise.all([nodeCache.whenSynced(signal), podCache.whenSynced(signal)]);
    using _nodes = nodeCache.subscribe(seeNodes);
    hasPods = true;
    using _pods = podCache.subscribe(seePods);
    await new Promise<void>((resolve) =>
      signal.addEventListener('abort', () => resolve(), { once: true }),
    );
  };
  const done = live()
    .catch((error: unknown) => {
      if (!signal.aborted) throw error;
    })
    .finally(async () => {
      await Promise.all([...nodes.values()].map((node) => node.end()));
      await shared[Symbol.asyncDispose]();
    });
  done.catch((error: unknown) => world.log.error('fleet ended', error));
  return {
    node: (name) => nodes.get(name),
    get size() {
      return nodes.size;
    },
    done,
    async [Symbol.asyncDispose]() {
      end.abort();
      await done;
    },
  };
}
