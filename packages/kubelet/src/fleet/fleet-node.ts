import { Nodes, parseTime } from '@coxswain/api';
import type { Lease } from '@coxswain/api/types/coordination-v1';
import type { Node, Pod, ResourceList } from '@coxswain/api/types/core-v1';
import type { Client } from '@coxswain/client';
import type { KubeletContext } from '../context.ts';
import { ImagePuller } from '../images/puller.ts';
import { renewLease } from '../node/lease.ts';
import { type Rejection, rejectPod } from '../pods/admission.ts';
import { Occupancy } from '../pods/occupancy.ts';
import { PodWorkers } from '../pods/pod-workers.ts';
import { isTerminalPhase, uidOf } from '../pods/spec.ts';
import type { Runtime } from '../runtime.ts';
import {
  simulatedChecks,
  simulatedHost,
  simulatedReferences,
} from '../simulated/simulated-host.ts';
import { SimulatedRuntime } from '../simulated/simulated-runtime.ts';
import type { FleetParts } from './fleet.ts';
import type { FleetLanes } from './lanes.ts';
import { capacityDefault } from './node-object.ts';
import { statusChange } from './node-report.ts';

const defaultIp = '127.0.0.1';

/** One simulated node: its Node's kubelet, without a timer or a watch of its own. */
export class FleetNode {
  readonly name: string;
  readonly uid: string;
  readonly #parts: FleetParts;
  readonly #lanes: FleetLanes;
  readonly #client: Client;
  readonly #end = new AbortController();
  #node: Node;
  #lease: Lease | undefined;
  #isRenewing = false;
  #isReporting = false;
  #reportedMs: number;
  #inside: { readonly context: KubeletContext; readonly workers: PodWorkers } | undefined;
  /** Pods that came before the node had addresses for them. */
  readonly #early = new Map<string, Pod>();

  constructor(node: Node, parts: FleetParts, lanes: FleetLanes) {
    this.name = node.metadata.name;
    this.uid = node.metadata.uid ?? '';
    this.#node = node;
    this.#parts = parts;
    this.#lanes = lanes;
    this.#client = parts.clientOf(this.name);
    this.#reportedMs = parseTime(heartbeatOf(node) ?? '');
  }

  get node(): Node {
    return this.#node;
  }

  /** What the node's server shows; undefined before a pod has come. */
  get inside(): { readonly context: KubeletContext; readonly workers: PodWorkers } | undefined {
    return this.#inside;
  }

  see(node: Node): void {
    this.#node = node;
    if (this.#early.size === 0 || !node.spec?.podCIDR) return;
    const early = [...this.#early.values()];
    this.#early.clear();
    for (const pod of early) this.seePod(pod);
  }

  seePod(pod: Pod): void {
    if (!this.#node.spec?.podCIDR) this.#early.set(uidOf(pod), pod);
    else this.#open().workers.see(pod);
  }

  removePod(pod: Pod): void {
    if (!this.#early.delete(uidOf(pod))) this.#inside?.workers.remove(pod);
  }

  /** Renews the Lease, and brings the node's status up to date when it differs or is old. */
  beat(): void {
    if (!this.#isRenewing) {
      this.#isRenewing = true;
      this.#lanes.leases.add(() => this.#renew().finally(() => (this.#isRenewing = false)));
    }
    const { clock } = this.#parts.world;
    const patch = statusChange(this.#node, this.#reportedMs, clock.now(), this.#parts);
    if (!patch || this.#isReporting) return;
    this.#isReporting = true;
    this.#lanes.leases.add(() => this.#report(patch).finally(() => (this.#isReporting = false)));
  }

  /** Ends it; what would run in containers is gone with it. */
  async end(): Promise<void> {
    this.#end.abort();
    await this.#inside?.context.runtime[Symbol.asyncDispose]();
  }

  async #renew(): Promise<void> {
    const { signal } = this.#end;
    try {
      const nowMs = this.#parts.world.clock.now();
      this.#lease = await renewLease(this.#client, this.#lease, this.#node, nowMs, signal);
    } catch (error) {
      this.#lease = undefined; // someone else wrote, or removed it: looked for at the next beat
      if (!signal.aborted)
        this.#parts.world.log.warn('node lease not renewed', { error: String(error) });
    }
  }

  async #report(patch: NonNullable<ReturnType<typeof statusChange>>): Promise<void> {
    const { signal } = this.#end;
    try {
      const at = { subresource: 'status', signal };
      this.#node = await this.#client.patch(Nodes, this.name, 'strategic', patch, at);
      this.#reportedMs = this.#parts.world.clock.now();
    } catch (error) {
      if (!signal.aborted)
        this.#parts.world.log.warn('node status not written', { error: String(error) });
    }
  }

  /** What only a node with pods needs. */
  #open(): { readonly context: KubeletContext; readonly workers: PodWorkers } {
    if (this.#inside) return this.#inside;
    const { world, clusterDns, clusterDomain, checks } = this.#parts;
    const runtime: Runtime =
      this.#parts.runtimeOf?.(this.#node) ?? new SimulatedRuntime(world, this.#node.spec!.podCIDR!);
    const recorder = this.#lanes.recorderOf(this.name);
    const context: KubeletContext = {
      ...{ world, client: this.#client, runtime, recorder, nodeName: this.name },
      ...{ host: simulatedHost, references: simulatedReferences },
      checks: checks ?? simulatedChecks,
      images: new ImagePuller(runtime, recorder, world),
      hostIps: addressesOf(this.#node),
      memoryBytes: 0,
      clusterDns: clusterDns ? [clusterDns] : [],
      clusterDomain: clusterDomain ?? 'cluster.local',
      allocatable: () => this.#allocatable(),
      services: async () => [],
    };
    const admit = (pod: Pod): Rejection | undefined => this.#reject(pod);
    const workers = PodWorkers.fed(context, () => this.#node, admit, this.#end.signal);
    this.#inside = { context, workers };
    return this.#inside;
  }

  #allocatable(): ResourceList {
    return this.#node.status?.allocatable ?? capacityDefault;
  }

  #reject(pod: Pod): Rejection | undefined {
    const others = [...this.#inside!.workers.all.values()]
      .filter((worker) => worker.isActive && uidOf(worker.pod) !== uidOf(pod))
      .map((worker) => worker.pod)
      .filter(({ status }) => !isTerminalPhase(status?.phase));
    return rejectPod(pod, this.#node, this.#allocatable(), Occupancy.of(others));
  }
}

function addressesOf({ status }: Node): readonly string[] {
  const found = (status?.addresses ?? []).filter(({ type }) => type === 'InternalIP');
  return found.length > 0 ? found.map(({ address }) => address) : [defaultIp];
}

const heartbeatOf = ({ status }: Node): string | undefined =>
  status?.conditions?.find(({ type }) => type === 'Ready')?.lastHeartbeatTime;
