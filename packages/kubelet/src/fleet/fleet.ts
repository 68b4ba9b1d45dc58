import { Nodes, Pods } from '@coxswain/api';
import type { Node, Pod } from '@coxswain/api/types/core-v1';
import type { World } from '@coxswain/base';
import type { Cache, Changes, Client, Informers } from '@coxswain/client';
import type { Note } from '../context.ts';
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
  /** Keeps why something was decided about a pod. */
  readonly note?: Note | undefined;
  /** What someone else tells of its nodes, and not this fleet: their statuses, the lives of their pods. */
  readonly others?: { readonly nodes: boolean; readonly pods: boolean } | undefined;
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
export const startFleet = (parts: FleetParts): Fleet => new RunningFleet(parts);

class RunningFleet implements Fleet {
  readonly done: Promise<void>;
  readonly #parts: FleetParts;
  readonly #end = new AbortController();
  readonly #nodes = new Map<string, FleetNode>();
  readonly #heartbeats: Heartbeats;
  readonly #shared: FleetShared;
  readonly #pods: Cache<Pod>;
  /** The first sight of pods comes after that of nodes. */
  #hasPods = false;

  constructor(given: FleetParts) {
    const signal = AbortSignal.any([given.signal, this.#end.signal]);
    const world: World = { ...given.world, log: given.world.log.named('fleet') };
    const clientOf = (name: string): Client =>
      this.#nodes.get(name)?.client ?? given.clientOf(name);
    this.#parts = { ...given, clientOf, world, signal };
    this.#heartbeats = new Heartbeats(world, signal);
    this.#shared = new FleetShared(this.#parts, (node) =>
      node.replacePods(this.#podsOf(new Set([node.name]))),
    );
    this.#pods = given.informers.of(Pods);
    this.done = this.#live().finally(async () => {
      await Promise.all([...this.#nodes.values()].map((node) => node.end()));
      await this.#shared[Symbol.asyncDispose]();
    });
    this.done.catch((error: unknown) => world.log.error('fleet ended', error));
  }

  node(name: string): FleetNode | undefined {
    return this.#nodes.get(name);
  }

  get size(): number {
    return this.#nodes.size;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    await this.done;
  }

  async #live(): Promise<void> {
    const { informers, signal } = this.#parts;
    const nodes = informers.of(Nodes);
    try {
      await Promise.all([nodes.whenSynced(signal), this.#pods.whenSynced(signal)]);
    } catch (error) {
      if (signal.aborted) return;
      throw error;
    }
    using _nodes = nodes.subscribe((changes) => this.#seeNodes(changes));
    this.#hasPods = true;
    using _pods = this.#pods.subscribe((changes) => this.#seePods(changes));
    if (!signal.aborted)
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  }

  #seeNodes(changes: Changes<Node>): void {
    const entered = new Set<string>();
    for (const { now, before } of changes) {
      const { name } = (now ?? before)!.metadata;
      const known = this.#nodes.get(name);
      const isOurs = now !== undefined && isSimulated(now);
      if (isOurs && known?.uid === now.metadata.uid) known?.see(now);
      else {
        if (known) this.#leave(known);
        if (isOurs) {
          this.#enter(now);
          entered.add(name);
        }
      }
    }
    if (entered.size === 0 || !this.#hasPods) return;
    for (const pod of this.#podsOf(entered)) this.#nodes.get(pod.spec!.nodeName!)!.seePod(pod);
  }

  #enter(object: Node): void {
    const node = new FleetNode(object, this.#parts, this.#shared);
    this.#nodes.set(node.name, node);
    this.#heartbeats.add(node);
  }

  #leave(node: FleetNode): void {
    this.#nodes.delete(node.name);
    this.#heartbeats.remove(node);
    void node.end();
  }

  #seePods(changes: Changes<Pod>): void {
    for (const { now, before } of changes) {
      const node = this.#nodes.get((now ?? before)!.spec?.nodeName ?? '');
      if (!node) continue;
      if (before && before.metadata.uid !== now?.metadata.uid) node.removePod(before);
      if (now) node.seePod(now);
    }
  }

  #podsOf(names: ReadonlySet<string>): readonly Pod[] {
    return this.#pods.all().filter(({ spec }) => names.has(spec?.nodeName ?? ''));
  }
}
