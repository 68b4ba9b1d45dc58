import { ApiError, Nodes } from '@coxswain/api';
import type { Node, NodeStatus } from '@coxswain/api/types/core-v1';
import type { World } from '@coxswain/base';
import type { Client, Recorder } from '@coxswain/client';
import { type Runtime, RuntimeError } from '../runtime.ts';
import { nodeConditions, noPressure, type Pressure } from './conditions.ts';
import type { NodeSettings } from './settings.ts';
import { newNode, nodeLabels, nodeStatus } from './status.ts';

const checkMs = 10_000;
const reportMs = 300_000;
/** Until the node is Ready for the first time, its runtime is asked more often, so that it is Ready at once. */
const eagerMs = 100;
const registerRetryMs = 500;

/** Registers the node and keeps its status true: looked at every 10 s, written when it differs, and every 5 min anyway. */
export class NodeKeeper {
  readonly #client: Client;
  readonly #world: World;
  readonly #runtime: Runtime;
  readonly #recorder: Recorder;
  readonly #settings: NodeSettings;
  readonly #pressure: () => Promise<Pressure>;
  #node: Node | undefined;
  #reportedMs = -Infinity;
  #runtimeVersion = '';

  constructor(
    client: Client,
    world: World,
    runtime: Runtime,
    recorder: Recorder,
    settings: NodeSettings,
    pressure: () => Promise<Pressure> = async () => noPressure,
  ) {
    this.#client = client;
    this.#world = world;
    this.#runtime = runtime;
    this.#recorder = recorder;
    this.#settings = settings;
    this.#pressure = pressure;
  }

  /** The node as last seen; as it would register before that. */
  get node(): Node {
    return this.#node ?? newNode(this.#settings, {});
  }

  get isReady(): boolean {
    const conditions = this.#node?.status?.conditions ?? [];
    return conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
  }

  /** Resolves when the API has the node. */
  async register(signal: AbortSignal): Promise<void> {
    for (;;)
      try {
        const status = await this.#status([], signal);
        const isNew = await this.#create(newNode(this.#settings, status), signal);
        // What an earlier kubelet wrote is not true any more: its port, its heartbeat.
        if (isNew) this.#announce(undefined, this.#node?.status);
        else await this.#update(signal);
        return;
      } catch (error) {
        signal.throwIfAborted();
        this.#world.log.warn('node not registered', { error: String(error) });
        await this.#world.clock.sleep(registerRetryMs, signal);
      }
  }

  /** Lives until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    let wasReady = this.isReady;
    while (!signal.aborted) {
      await this.#world.clock.sleep(wasReady ? checkMs : eagerMs, signal);
      try {
        await this.#update(signal);
      } catch (error) {
        signal.throwIfAborted();
        this.#world.log.warn('node status not written', { error: String(error) });
      }
      wasReady ||= this.isReady;
    }
  }

  /** False: a node of that name was there already and is taken over, with its labels brought up to date. */
  async #create(node: Node, signal: AbortSignal): Promise<boolean> {
    try {
      this.#node = await this.#client.create(Nodes, node, { signal });
      return true;
    } catch (error) {
      if (!(error instanceof ApiError) || error.reason !== 'AlreadyExists') throw error;
    }
    const { nodeName } = this.#settings;
    const there = await this.#client.get(Nodes, nodeName, { signal });
    const wanted = Object.entries(nodeLabels(this.#settings));
    const differs = wanted.some(([key, value]) => there.metadata.labels?.[key] !== value);
    const patch = { metadata: { labels: Object.fromEntries(wanted) } };
    this.#node = differs
      ? await this.#client.patch(Nodes, nodeName, 'merge', patch, { signal })
      : there;
    return false;
  }

  async #update(signal: AbortSignal): Promise<void> {
    const { nodeName } = this.#settings;
    const { clock } = this.#world;
    const isEager = !this.isReady;
    if (!isEager) this.#node = await this.#client.get(Nodes, nodeName, { signal });
    const before = this.#node?.status ?? {};
    const status = await this.#status(before.conditions ?? [], signal);
    const isDue = clock.now() - this.#reportedMs >= reportMs;
    if (!isDue && fingerprint(status) === fingerprint(before)) return;
    const patch = { status };
    const at = { subresource: 'status', signal };
    this.#node = await this.#client.patch(Nodes, nodeName, 'strategic', patch, at);
    this.#reportedMs = clock.now();
    this.#announce(before, status);
  }

  async #status(
    before: NonNullable<NodeStatus['conditions']>,
    signal: AbortSignal,
  ): Promise<NodeStatus> {
    const [health, images, pressure] = await Promise.all([
      this.#answer((runtime) => runtime.health(signal)),
      this.#answer((runtime) => runtime.images(signal)),
      this.#pressure(),
    ]);
    if (!this.#runtimeVersion)
      await this.#answer(async (runtime) => {
        const { name, version } = await runtime.version(signal);
        this.#runtimeVersion = `${name}://${version}`;
      });
    const conditions = nodeConditions(health, pressure, before, this.#world.clock.now());
    return nodeStatus(this.#settings, this.#runtimeVersion, images ?? [], conditions);
  }

  /** Undefined: the runtime does not answer, which the node's condition then says. */
  async #answer<T>(ask: (runtime: Runtime) => Promise<T>): Promise<T | undefined> {
    try {
      return await ask(this.#runtime);
    } catch (error) {
      if (error instanceof RuntimeError) return undefined;
      throw error;
    }
  }

  #announce(before: NodeStatus | undefined, after: NodeStatus | undefined): void {
    for (const { type, status } of after?.conditions ?? []) {
      const old = before?.conditions?.find((condition) => condition.type === type);
      const reason = announcements[`${type}=${status}`];
      if (!reason || old?.status === status) continue;
      const message = `Node ${this.#settings.nodeName} status is now: ${reason}`;
      const about = { ...this.node, apiVersion: 'v1', kind: 'Node' };
      this.#recorder.record({ about, type: 'Normal', reason, message });
    }
  }
}

const announcements: Readonly<Record<string, string>> = {
  'Ready=True': 'NodeReady',
  'Ready=False': 'NodeNotReady',
  'MemoryPressure=True': 'NodeHasInsufficientMemory',
  'MemoryPressure=False': 'NodeHasSufficientMemory',
  'DiskPressure=True': 'NodeHasDiskPressure',
  'DiskPressure=False': 'NodeHasNoDiskPressure',
  'PIDPressure=True': 'NodeHasInsufficientPID',
  'PIDPressure=False': 'NodeHasSufficientPID',
};

/** What of a status matters enough to be written at once: all but the time of the heartbeat. */
function fingerprint(status: NodeStatus): string {
  const { capacity, allocatable, conditions, addresses, nodeInfo, images, daemonEndpoints } =
    status;
  const told = (conditions ?? [])
    .map(({ type, status, reason, message }) => [type, status, reason, message])
    .filter(([type]) => announcements[`${type}=True`] !== undefined);
  const entries = [capacity, allocatable, nodeInfo, daemonEndpoints].map((map) =>
    Object.entries(map ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
  return JSON.stringify([
    entries,
    told,
    addresses?.map(({ address }) => address),
    images?.map(({ names }) => names),
  ]);
}
