import { ApiError, Nodes, Pods } from '@coxswain/api';
import type { Node, Pod, PodCondition } from '@coxswain/api/types/core-v1';
import { formatTime } from '@coxswain/api/time';
import type { World } from '@coxswain/base';
import {
  type Change,
  type Client,
  createRecorder,
  type Informers,
  type Recorder,
} from '@coxswain/client';
import { diagnosisText } from './cycle/diagnosis.ts';
import { schedulePod } from './cycle/schedule-pod.ts';
import { nodeEvents } from './framework/event.ts';
import type { SchedulerPlugin } from './framework/plugin.ts';
import { podRequests } from './nodes/pod-requests.ts';
import { ClusterNodes } from './nodes/cluster-nodes.ts';
import { defaultPlugins } from './plugins/index.ts';
import { SchedulingQueue, type Waiting } from './queue/scheduling-queue.ts';

export interface SchedulerOptions {
  readonly world: World;
  readonly client: Client;
  readonly informers: Informers;
  readonly signal: AbortSignal;
  /** Pods that ask for this scheduler by `spec.schedulerName` are placed. */
  readonly schedulerName?: string;
  readonly plugins?: readonly SchedulerPlugin[];
}

const defaultName = 'default-scheduler';
/** Bindings on their way at once. */
const bindingsMax = 128;

/** Places pods on nodes until `signal` aborts. */
export async function runScheduler(options: SchedulerOptions): Promise<void> {
  const name = options.schedulerName ?? defaultName;
  await using recorder = createRecorder(options.client, options.world, { component: name });
  using scheduler = new Scheduler({ ...options, schedulerName: name }, recorder);
  await scheduler.run();
}

class Scheduler implements Disposable {
  readonly #options: SchedulerOptions;
  readonly #recorder: Recorder;
  readonly #plugins: readonly SchedulerPlugin[];
  readonly #nodes = new ClusterNodes();
  readonly #queue: SchedulingQueue;
  /** Pods placed here whose binding the API has not shown yet. */
  readonly #assumed = new Set<string>();
  #start = 0;
  #bindings = 0;
  #isWoken = false;

  constructor(options: SchedulerOptions, recorder: Recorder) {
    this.#options = options;
    this.#recorder = recorder;
    this.#plugins = options.plugins ?? defaultPlugins;
    this.#queue = new SchedulingQueue(options.world.clock, this.#plugins, () => this.#wake());
  }

  [Symbol.dispose](): void {
    this.#queue[Symbol.dispose]();
  }

  async run(): Promise<void> {
    const { informers, signal } = this.#options;
    const nodes = informers.of(Nodes);
    const pods = informers.of(Pods);
    await Promise.all([nodes.whenSynced(signal), pods.whenSynced(signal)]);
    using _nodes = nodes.subscribe((changes) => changes.forEach((change) => this.#seeNode(change)));
    using _pods = pods.subscribe((changes) => changes.forEach((change) => this.#seePod(change)));
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  #seeNode({ now, before }: Change<Node>): void {
    if (!now) return this.#nodes.removeNode(before!.metadata.name);
    this.#nodes.setNode(now);
    if (!before) return this.#queue.moveFor({ type: 'node/add', node: now });
    for (const event of nodeEvents(now, before)) this.#queue.moveFor(event);
  }

  #seePod({ now, before }: Change<Pod>): void {
    const pod = (now ?? before)!;
    const uid = pod.metadata.uid ?? '';
    if (now && isHeld(now)) {
      this.#assumed.delete(uid);
      this.#queue.remove(uid);
      this.#nodes.setPod(now);
      if (before && isHeld(before) && asksLess(now, before))
        this.#queue.moveFor({ type: 'pod/scaled-down', pod: now, before });
      return;
    }
    if (now && this.#isOurs(now)) {
      if (!this.#assumed.has(uid)) this.#queue.set(now);
      return;
    }
    this.#queue.remove(uid);
    this.#assumed.delete(uid);
    this.#nodes.removePod(uid);
    if (pod.spec.nodeName) this.#queue.moveFor({ type: 'pod/deleted', pod });
  }

  #isOurs({ spec, metadata, status }: Pod): boolean {
    return (
      !spec.nodeName &&
      !metadata.deletionTimestamp &&
      (spec.schedulerName || defaultName) === this.#options.schedulerName &&
      !hasEnded(status?.phase)
    );
  }

  /** One turn for however many pods have come: they are placed after the events that lie ready. */
  #wake(): void {
    if (this.#isWoken) return;
    this.#isWoken = true;
    const turn = this.#options.world.work.begin();
    queueMicrotask(() => {
      this.#isWoken = false;
      this.#placeAll();
      turn[Symbol.dispose]();
    });
  }

  #placeAll(): void {
    if (this.#options.signal.aborted) return;
    while (this.#bindings < bindingsMax) {
      const waiting = this.#queue.pop();
      if (!waiting) return;
      this.#place(waiting);
    }
  }

  #place(waiting: Waiting): void {
    const { world } = this.#options;
    const snapshot = { list: this.#nodes.list, byName: this.#nodes.byName, start: this.#start };
    const { decision, next } = schedulePod(waiting.pod, this.#plugins, snapshot, world.random);
    this.#start = next;
    if (decision.is === 'placed') {
      const { pod } = waiting;
      this.#assumed.add(pod.metadata.uid ?? '');
      this.#nodes.setPod({ ...pod, spec: { ...pod.spec, nodeName: decision.node } });
      this.#bindings++;
      void world.work.track(this.#bind(waiting, decision.node)).finally(() => {
        this.#bindings--;
        this.#wake();
      });
      return;
    }
    this.#queue.failed(waiting, decision.diagnosis.plugins);
    const message = diagnosisText(decision.diagnosis);
    this.#tellFailure(waiting.pod, 'Unschedulable', message);
  }

  async #bind(waiting: Waiting, node: string): Promise<void> {
    const { client, signal, world } = this.#options;
    const { pod } = waiting;
    const { name, namespace, uid } = pod.metadata;
    try {
      await client.raw({
        method: 'POST',
        path: `/api/v1/namespaces/${namespace}/pods/${name}/binding`,
        body: {
          apiVersion: 'v1',
          kind: 'Binding',
          metadata: { name, namespace, uid },
          target: { kind: 'Node', name: node },
        },
        signal,
      });
      this.#queue.remove(uid ?? '');
      this.#recorder.record({
        about: pod,
        type: 'Normal',
        reason: 'Scheduled',
        message: `Successfully assigned ${namespace}/${name} to ${node}`,
      });
    } catch (error) {
      if (signal.aborted) return;
      this.#takeBack(waiting);
      if (error instanceof ApiError && error.reason === 'NotFound') return;
      world.log.error('binding failed', error, { namespace, name, node });
      const why = error instanceof Error ? error.message : String(error);
      this.#tellFailure(pod, 'SchedulerError', `binding rejected: ${why}`);
    }
  }

  /** The node's room is free again; the pod, if it is still there, is tried once more. */
  #takeBack(waiting: Waiting): void {
    const uid = waiting.pod.metadata.uid ?? '';
    if (!this.#assumed.delete(uid)) return; // the API has shown it bound after all
    this.#nodes.removePod(uid);
    this.#queue.failed(waiting, new Set());
    this.#queue.moveFor({ type: 'pod/deleted', pod: waiting.pod });
  }

  #tellFailure(pod: Pod, reason: 'Unschedulable' | 'SchedulerError', message: string): void {
    this.#recorder.record({ about: pod, type: 'Warning', reason: 'FailedScheduling', message });
    const old = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
    if (old?.status === 'False' && old.reason === reason && old.message === message) return;
    const condition: PodCondition = {
      type: 'PodScheduled',
      status: 'False',
      reason,
      message,
      ...(pod.metadata.generation !== undefined && { observedGeneration: pod.metadata.generation }),
      lastTransitionTime:
        old?.status === 'False' && old.lastTransitionTime
          ? old.lastTransitionTime
          : formatTime(this.#options.world.clock.now()),
    };
    const { client, signal, world } = this.#options;
    const { name, namespace, uid } = pod.metadata;
    const patch = { metadata: { uid }, status: { conditions: [condition] } };
    const at = { namespace, subresource: 'status', signal };
    const patched = client.patch(Pods, name, 'strategic', patch, at).catch((error: unknown) => {
      const isGone = error instanceof ApiError && (error.code === 404 || error.code === 409);
      if (!isGone && !signal.aborted)
        world.log.error('condition not written', error, { namespace, name });
    });
    void world.work.track(patched);
  }
}

const hasEnded = (phase: string | undefined): boolean =>
  phase === 'Succeeded' || phase === 'Failed';

/** On a node and holding its room. */
const isHeld = ({ spec, status }: Pod): boolean =>
  Boolean(spec.nodeName) && !hasEnded(status?.phase);

function asksLess(now: Pod, before: Pod): boolean {
  const [a, b] = [podRequests(now).asked, podRequests(before).asked];
  return a.milliCpu < b.milliCpu || a.memory < b.memory;
}
