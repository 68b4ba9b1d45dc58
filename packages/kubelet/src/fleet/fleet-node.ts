import { Nodes, parseTime } from '@coxswain/api';
import type { Lease } from '@coxswain/api/types/coordination-v1';
import type { Node, Pod } from '@coxswain/api/types/core-v1';
import type { StreamWire } from '@coxswain/api/streaming';
import type { Client } from '@coxswain/client';
import type { KubeletContext } from '../context.ts';
import { ImagePuller } from '../images/puller.ts';
import { renewLease } from '../node/lease.ts';
import type { Rejection } from '../pods/admission.ts';
import { uidOf } from '../pods/spec.ts';
import type { ContainerUsage, Runtime, RuntimeImage } from '../runtime.ts';
import type { ServedNode } from '../server/served-node.ts';
import { simulatedChecks } from '../simulated/simulated-host.ts';
import { SimulatedRuntime } from '../simulated/simulated-runtime.ts';
import { cuttable } from './cuttable-client.ts';
import type { FleetParts } from './fleet.ts';
import type { FleetShared } from './fleet-shared.ts';
import { healthOf, type NodeHealth } from './node-faults.ts';
import { capacityDefault } from './node-object.ts';
import { NodePods } from './node-pods.ts';
import { statusChange, type Told } from './node-report.ts';
import { machineOf, usageOf } from './usage.ts';

const addressDefault = '127.0.0.1';
const noImages: readonly RuntimeImage[] = [];

/** What a node has once a pod has come. */
interface Inside {
  readonly context: KubeletContext;
  readonly runtime: SimulatedRuntime;
  readonly pods: NodePods;
}

/** One simulated node: its Node's kubelet, without a timer or a watch of its own. */
export class FleetNode {
  readonly name: string;
  readonly uid: string;
  readonly #parts: FleetParts;
  readonly #shared: FleetShared;
  /** Writes as this node's kubelet, unless it is cut off. */
  readonly client: Client;
  readonly #end = new AbortController();
  #node: Node;
  #health: NodeHealth;
  #lease: Lease | undefined;
  #isRenewing = false;
  #isReporting = false;
  #told: Told;
  #inside: Inside | undefined;
  /** Pods that came before the node had addresses for them. */
  readonly #early = new Map<string, Pod>();

  constructor(node: Node, parts: FleetParts, shared: FleetShared) {
    this.name = node.metadata.name;
    this.uid = node.metadata.uid ?? '';
    this.#node = node;
    this.#health = healthOf(node);
    this.#parts = parts;
    this.#shared = shared;
    this.client = cuttable(parts.clientOf(this.name), () => this.#health.isCut);
    const ready = node.status?.conditions?.find(({ type }) => type === 'Ready');
    const toldAt = ready?.lastHeartbeatTime;
    const atMs = toldAt ? parseTime(toldAt) : -Infinity;
    // Written before this fleet began: an earlier kubelet's word.
    this.#told = { atMs: atMs + 1000 > shared.sinceMs ? atMs : -Infinity, images: 0 };
  }

  get node(): Node {
    return this.#node;
  }

  get health(): NodeHealth {
    return this.#health;
  }

  /** Undefined before a pod has come. */
  get inside(): Inside | undefined {
    return this.#inside;
  }

  /** What the node's server shows. */
  served(wire: StreamWire): ServedNode {
    const { world } = this.#parts;
    const pods = (): readonly Pod[] => this.#inside?.pods.all ?? [];
    const usage = (): ContainerUsage[] => usageOf(pods(), world.clock.now());
    const { runtime } = this.#open();
    return {
      ...{ world, nodeName: this.name, wire, pods, systemLogs: undefined },
      runtime: withUsage(runtime, usage),
      attend: (namespace, name) => this.#open().pods.attend(namespace, name),
      configuration: () => ({
        ...{ kind: 'KubeletConfiguration', apiVersion: 'kubelet.config.k8s.io/v1beta1' },
      }),
      machine: { sample: async () => machineOf(this.#node, usage(), world.clock.now()) },
    };
  }

  see(node: Node): void {
    this.#node = node;
    const before = this.#health;
    this.#health = healthOf(node);
    if (this.#inside) this.#inside.runtime.slowness = this.#health.slowness;
    if (before !== this.#health) this.beat();
    if (before.isCut && !this.#health.isCut) this.#shared.catchUp(this);
    if (this.#early.size === 0 || !node.spec?.podCIDR) return;
    const early = [...this.#early.values()];
    this.#early.clear();
    for (const pod of early) this.seePod(pod);
  }

  seePod(pod: Pod): void {
    if (this.#health.isCut || this.#parts.others?.pods) return;
    if (!this.#node.spec?.podCIDR) this.#early.set(uidOf(pod), pod);
    else this.#open().pods.see(pod);
  }

  removePod(pod: Pod): void {
    if (this.#health.isCut) return;
    if (!this.#early.delete(uidOf(pod))) this.#inside?.pods.remove(pod);
  }

  /** After the node was cut off: `pods` are what the API has of it now. */
  replacePods(pods: readonly Pod[]): void {
    const uids = new Set(pods.map(uidOf));
    for (const pod of this.#inside?.pods.all ?? []) if (!uids.has(uidOf(pod))) this.removePod(pod);
    for (const pod of pods) this.seePod(pod);
    this.#inside?.pods.retell();
  }

  /** Renews the Lease, and brings the node's status up to date when it differs or is old. */
  beat(): void {
    if (this.#health.isCut) return;
    const { leases } = this.#shared;
    if (!this.#isRenewing) {
      this.#isRenewing = true;
      leases.add(() => this.#renew());
    }
    if (this.#isReporting || this.#parts.others?.nodes) return;
    const images = this.#inside?.runtime.allImages() ?? noImages;
    const nowMs = this.#parts.world.clock.now();
    const patch = statusChange(this.#node, this.#told, images, nowMs, this.#parts);
    if (!patch) return;
    this.#isReporting = true;
    leases.add(async () => {
      try {
        const at = { subresource: 'status', signal: this.#end.signal };
        this.#node = await this.client.patch(Nodes, this.name, 'strategic', patch, at);
        this.#told = { atMs: nowMs, images: images.length };
      } catch (error) {
        this.#warn('node status', error);
      }
      this.#isReporting = false;
    });
  }

  /** Ends it; what would run in containers is gone with it. */
  async end(): Promise<void> {
    this.#end.abort();
    await this.#inside?.runtime[Symbol.asyncDispose]();
  }

  async #renew(): Promise<void> {
    const known = this.#lease;
    this.#lease = undefined; // when someone else wrote or removed it, it is looked for at the next beat
    try {
      const nowMs = this.#parts.world.clock.now();
      this.#lease = await renewLease(this.client, known, this.#node, nowMs, this.#end.signal);
    } catch (error) {
      this.#warn('node lease', error);
    }
    this.#isRenewing = false;
  }

  #warn(what: string, error: unknown): void {
    if (this.#end.signal.aborted || this.#health.isCut) return;
    this.#parts.world.log.warn(`${what} not written`, { node: this.name, error: String(error) });
  }

  /** What only a node with pods needs. */
  #open(): Inside {
    if (this.#inside) return this.#inside;
    const { world, clusterDns, clusterDomain, checks, needsWorker } = this.#parts;
    const { signal } = this.#end;
    const runtime =
      this.#parts.runtimeOf?.(this.#node) ??
      new SimulatedRuntime(world, this.#node.spec?.podCIDR ?? '0.0.0.0/32');
    runtime.slowness = this.#health.slowness;
    const recorder = this.#shared.recorderOf(this.name);
    const context: KubeletContext = {
      ...{ world, client: this.client, runtime, recorder, nodeName: this.name },
      note: this.#parts.note,
      ...{ host: this.#shared.host, references: this.#shared.references },
      checks: checks ?? simulatedChecks,
      images: new ImagePuller(runtime, recorder, world),
      hostIps: addressesOf(this.#node),
      memoryBytes: 2 ** 38,
      clusterDns: clusterDns ? [clusterDns] : [],
      clusterDomain: clusterDomain ?? 'cluster.local',
      allocatable: () => this.#node.status?.allocatable ?? capacityDefault,
      services: async () => [],
    };
    const pods = new NodePods({
      ...{ context, runtime, signal, statuses: this.#shared.statuses, node: () => this.#node },
      slowness: () => this.#health.slowness,
      isCut: () => this.#health.isCut,
      needsWorker: needsWorker ?? (() => false),
      refuses: () => refusalOf(this.#health),
    });
    return (this.#inside = { context, runtime, pods });
  }
}

/** The runtime as the node's server sees it: plain pods use something too, though it does not have them. */
const withUsage = (runtime: Runtime, usage: () => ContainerUsage[]): Runtime =>
  new Proxy(runtime, {
    get(target, name) {
      if (name === 'usage') return async () => usage();
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });

/** Upstream's words for pods that come to a node under pressure. */
function refusalOf({ pressure }: NodeHealth): Rejection | undefined {
  const conditions = [
    ...(pressure.memory ? ['MemoryPressure'] : []),
    ...(pressure.disk ? ['DiskPressure'] : []),
  ];
  if (conditions.length === 0) return undefined;
  return { reason: 'Evicted', message: `The node had condition: [${conditions.join(' ')}]. ` };
}

function addressesOf({ status }: Node): readonly string[] {
  const found = (status?.addresses ?? []).filter(({ type }) => type === 'InternalIP');
  return found.length > 0 ? found.map(({ address }) => address) : [addressDefault];
}
