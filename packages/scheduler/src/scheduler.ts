import { ApiError, Nodes, PodDisruptionBudgets, Pods } from '@coxswain/api';
import type { Node, Pod } from '@coxswain/api/types/core-v1';
import type { World } from '@coxswain/base';
import {
  type Change,
  type Client,
  createRecorder,
  type Informers,
  type Recorder,
} from '@coxswain/client';
import { surroundings, whenKnown } from './around.ts';
import { defaultConfiguration } from './configuration/index.ts';
import { diagnosisText } from './cycle/diagnosis.ts';
import { preempt, type Preemption } from './cycle/preempt.ts';
import { type Decision, schedulePod, type Taken } from './cycle/schedule-pod.ts';
import { eventText, type Failure, failureCondition, textOf } from './failure.ts';
import { nodeEvents } from './framework/event.ts';
import type { Surroundings } from './framework/plugin.ts';
import { type Configuration, type Profile, schedulerNameOf } from './framework/profile.ts';
import { asksLess } from './nodes/pod-requests.ts';
import { ClusterNodes } from './nodes/cluster-nodes.ts';
import { Nominations } from './nodes/nominations.ts';
import { Preemptions } from './preemptions.ts';
import { Reservations } from './reservations.ts';
import { SchedulingQueue } from './queue/scheduling-queue.ts';
import type { Waiting } from './queue/waiting.ts';
import { watchStorage } from './volumes/storage-of.ts';
import { type Verdict, type Verdicts, verdictOf } from './why/verdicts.ts';

export interface SchedulerOptions {
  readonly world: World;
  readonly client: Client;
  readonly informers: Informers;
  readonly signal: AbortSignal;
  /** The default profile with its defaults when absent. */
  readonly configuration?: Configuration;
  /** Where the last verdict about each pod is kept, for whoever asks why. */
  readonly verdicts?: Verdicts;
}

/** Bindings on their way at once. */
const bindingsMax = 128;
/** Pods tried in one turn, so that no other work of the process waits long. */
const turnPodsMax = 128;

/** Places pods on nodes until `signal` aborts. */
export async function runScheduler(options: SchedulerOptions): Promise<void> {
  await using recorders = new AsyncDisposableStack();
  const { profiles } = options.configuration ?? defaultConfiguration;
  const byName = new Map(
    profiles.map((profile) => {
      const component = profile.schedulerName;
      const recorder = recorders.use(createRecorder(options.client, options.world, { component }));
      const preemptions = new Preemptions({ ...options, schedulerName: component }, recorder);
      return [component, { ...profile, recorder, preemptions }] as const;
    }),
  );
  using scheduler = new Scheduler(options, byName);
  await scheduler.run();
}

/** A profile with what speaks in its name. */
interface Living extends Profile {
  readonly recorder: Recorder;
  readonly preemptions: Preemptions;
}

class Scheduler implements Disposable {
  readonly #options: SchedulerOptions;
  /** By the name that pods ask for. */
  readonly #profiles: ReadonlyMap<string, Living>;
  readonly #nodes = new ClusterNodes();
  readonly #queue: SchedulingQueue;
  /** Pods placed here whose binding the API has not shown yet. */
  readonly #assumed = new Set<string>();
  readonly #nominations = new Nominations();
  readonly #around: Surroundings;
  readonly #reservations: Reservations;
  #start = 0;
  #bindings = 0;
  #isWoken = false;

  constructor(options: SchedulerOptions, profiles: ReadonlyMap<string, Living>) {
    this.#options = options;
    this.#profiles = profiles;
    const { firstBackoffMs: firstMs, maxBackoffMs: maxMs } =
      options.configuration ?? defaultConfiguration;
    const reservations = new Reservations(options);
    this.#reservations = reservations;
    this.#around = surroundings(options.informers, (resource, object) =>
      reservations.seen(resource, object),
    );
    this.#queue = new SchedulingQueue(
      options.world.clock,
      [...profiles.values()],
      () => this.#wake(),
      { firstMs, maxMs },
    );
  }

  [Symbol.dispose](): void {
    this.#queue[Symbol.dispose]();
  }

  async run(): Promise<void> {
    const { informers, signal } = this.#options;
    const nodes = informers.of(Nodes);
    const pods = informers.of(Pods);
    const budgets = informers.of(PodDisruptionBudgets);
    const synced = [nodes, pods, budgets].map((cache) => cache.whenSynced(signal));
    await Promise.all([...synced, whenKnown(informers, signal)]);
    using _storage = watchStorage(
      informers,
      (event) => {
        this.#queue.moveFor(event);
        this.#reservations.recheck();
      },
      (resource, object) => this.#reservations.forget(resource, object),
    );
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
    if (now && before && now.metadata.uid !== before.metadata.uid) this.#seeGone(before); // deleted and made anew between two looks
    if (now && isHeld(now)) this.#seeHeld(now, before);
    else if (now && this.#isOurs(now)) {
      this.#nominations.set(now, now.status?.nominatedNodeName);
      this.#queue.set(now);
    } else this.#seeGone((now ?? before)!);
  }

  #seeHeld(pod: Pod, before: Pod | undefined): void {
    const uid = pod.metadata.uid ?? '';
    this.#assumed.delete(uid);
    this.#queue.remove(uid);
    this.#nominations.forget(uid);
    const isNew = this.#nodes.setPod(pod);
    if (isNew || before?.metadata.labels !== pod.metadata.labels)
      this.#queue.moveFor({ type: 'pod/placed', pod });
    if (before && isHeld(before) && asksLess(pod, before))
      this.#queue.moveFor({ type: 'pod/scaled-down', pod, before });
  }

  /** Deleted, ended, or another scheduler's. */
  #seeGone(pod: Pod): void {
    const uid = pod.metadata.uid ?? '';
    this.#queue.remove(uid);
    this.#assumed.delete(uid);
    this.#nominations.forget(uid);
    this.#options.verdicts?.forget(uid);
    if (this.#nodes.removePod(uid)) this.#queue.moveFor({ type: 'pod/deleted', pod });
    this.#reservations.recheck();
  }

  #isOurs(pod: Pod): boolean {
    const isOurs = this.#profiles.has(schedulerNameOf(pod));
    return isOurs && !pod.spec.nodeName && !hasEnded(pod.status?.phase);
  }

  /** Of a pod that is ours. */
  #profileOf(pod: Pod): Living {
    return this.#profiles.get(schedulerNameOf(pod))!;
  }

  /** One turn for however many pods have come: they are placed after the events that lie ready. */
  #wake(): void {
    if (this.#isWoken) return;
    this.#isWoken = true;
    const turn = this.#options.world.work.begin();
    queueMicrotask(() => this.#turn(turn));
  }

  #turn(turn: Disposable): void {
    this.#isWoken = false;
    for (let tried = 0; tried < turnPodsMax; tried++) {
      const waiting = this.#next();
      if (!waiting) return turn[Symbol.dispose]();
      this.#try(waiting);
    }
    this.#isWoken = true;
    this.#options.world.clock.after(0, () => this.#turn(turn));
  }

  #next(): Waiting | undefined {
    if (this.#options.signal.aborted || this.#bindings >= bindingsMax) return undefined;
    return this.#queue.pop();
  }

  #try(waiting: Waiting): void {
    const { pod } = waiting;
    const { namespace, name, uid = '', deletionTimestamp } = pod.metadata;
    if (deletionTimestamp) {
      this.#queue.remove(uid);
      this.#keep(pod, { verdict: 'deleting', facts: {}, because: [] });
      const message = `skip schedule deleting pod: ${namespace}/${name}`;
      return this.#profileOf(pod).recorder.record({ about: pod, ...failedScheduling, message });
    }
    try {
      this.#place(waiting);
    } catch (error) {
      this.#fail(waiting, 'pod not placed', error, textOf(error));
    }
  }

  #place(waiting: Waiting): void {
    const { world } = this.#options;
    const { pod, attempts } = waiting;
    const { plugins, percentage } = this.#profileOf(pod);
    const snapshot = {
      ...{ list: this.#nodes.list, byName: this.#nodes.byName, start: this.#start },
      ...{ around: this.#around, nominated: this.#nominations.byNode },
      ...{ affine: this.#nodes.affine, nodesWith: this.#nodes.nodesWith },
      percentage,
    };
    const { decision, next } = schedulePod(pod, plugins, snapshot, world.random);
    this.#start = next;
    this.#keep(pod, verdictOf(decision, attempts));
    if (decision.is === 'unplaced') {
      this.#queue.failed(waiting, decision.diagnosis.plugins);
      return this.#makeRoom(pod, decision);
    }
    this.#assumed.add(pod.metadata.uid ?? '');
    this.#nodes.setPod({ ...pod, spec: { ...pod.spec, nodeName: decision.node } });
    if (decision.taken) void this.#claim(waiting, decision.node, decision.taken);
    else this.#startBinding(waiting, decision.node);
  }

  #startBinding(waiting: Waiting, node: string): void {
    this.#bindings++;
    const bound = this.#bind(waiting, node).finally(() => {
      this.#bindings--;
      this.#wake();
    });
    void this.#options.world.work.track(bound);
  }

  /** Has what was reserved written, waits for its effect, and then binds. A pod that waits for its volumes holds up no other. */
  async #claim(waiting: Waiting, node: string, taken: readonly Taken[]): Promise<void> {
    const { signal } = this.#options;
    const { name, uid = '' } = waiting.pod.metadata;
    const gone = (): string | undefined =>
      this.#assumed.has(uid) ? undefined : `pod does not exist any more: pod "${name}" not found`;
    for (const { reservation } of taken) this.#reservations.hold(reservation);
    for (const { plugin, reservation } of taken)
      try {
        await this.#reservations.carryOut(reservation, gone, signal);
      } catch (error) {
        for (const other of taken) this.#reservations.release(other.reservation);
        const text = `running PreBind plugin "${plugin}": ${textOf(error)}`;
        return this.#takeBack(waiting, 'pod not bound', error, text);
      }
    this.#startBinding(waiting, node);
  }

  /** The pod is not on its node after all. */
  #takeBack(waiting: Waiting, what: string, error: unknown, text: string): void {
    const { pod } = waiting;
    const uid = pod.metadata.uid ?? '';
    if (this.#options.signal.aborted || !this.#assumed.delete(uid)) return; // gone, or shown as bound after all
    this.#nodes.removePod(uid);
    this.#queue.moveFor({ type: 'pod/deleted', pod });
    this.#fail(waiting, what, error, text);
  }

  /** Nobody took the pod: others leave for it where that helps; either way it is told. */
  #makeRoom(
    pod: Pod,
    { diagnosis, filters, curable }: Extract<Decision, { is: 'unplaced' }>,
  ): void {
    const { informers, world } = this.#options;
    const { preemption: candidates } = this.#profileOf(pod);
    if (diagnosis.nodes === 0 || !candidates)
      return this.#tell(pod, { reason: 'Unschedulable', message: diagnosisText(diagnosis) });
    const outcome = preempt({
      ...{ pod, filters, curable, nodes: diagnosis.nodes, random: world.random, candidates },
      nominated: this.#nominations.byNode,
      budgets: informers.of(PodDisruptionBudgets).all(),
      present: this.#nodes.byName.get(pod.status?.nominatedNodeName ?? ''),
    });
    if (outcome.is === 'useless') {
      this.#nominations.forget(pod.metadata.uid ?? '');
      const message = diagnosisText({ ...diagnosis, preemption: outcome.text });
      return this.#tell(pod, { reason: 'Unschedulable', message }, '');
    }
    this.#preempt(pod, outcome.preemption);
    const message = diagnosisText(diagnosis);
    this.#tell(pod, { reason: 'Unschedulable', message }, outcome.preemption.node);
  }

  /** The node is kept for the pod until its victims have left. Less important pods that hoped for it hope no more. */
  #preempt(pod: Pod, preemption: Preemption): void {
    const { node } = preemption;
    for (const other of this.#nominations.lessImportant(node, pod)) {
      this.#nominations.forget(other.metadata.uid ?? '');
      this.#profileOf(pod).preemptions.disappoint(other);
    }
    this.#nominations.set(pod, node);
    this.#profileOf(pod).preemptions.carryOut(pod, preemption);
  }

  async #bind(waiting: Waiting, node: string): Promise<void> {
    const { client, signal } = this.#options;
    const { pod } = waiting;
    const { name, namespace, uid = '' } = pod.metadata;
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
    } catch (error) {
      const text = `running Bind plugin "DefaultBinder": ${textOf(error)}`;
      return this.#takeBack(waiting, 'binding failed', error, text);
    }
    const message = `Successfully assigned ${namespace}/${name} to ${node}`;
    this.#profileOf(pod).recorder.record({
      about: pod,
      type: 'Normal',
      reason: 'Scheduled',
      message,
    });
  }

  /** An error, and no plugin's verdict: the pod, if it is still there, is tried again after a while. */
  #fail(waiting: Waiting, what: string, error: unknown, message: string): void {
    const { namespace, name } = waiting.pod.metadata;
    this.#options.world.log.error(what, error, { namespace: namespace ?? '', name });
    this.#keep(waiting.pod, { verdict: 'error', facts: { error: message }, because: [] });
    this.#queue.failed(waiting, nobody);
    this.#tell(waiting.pod, { reason: 'SchedulerError', message });
  }

  #keep(pod: Pod, verdict: Verdict): void {
    const { verdicts, world } = this.#options;
    verdicts?.keep(pod, schedulerNameOf(pod), world.clock.now(), verdict);
  }

  /** Tells a failure by an event, and by the pod's condition where it does not say so yet. */
  #tell(pod: Pod, failure: Failure, nominated?: string): void {
    const { client, signal, world } = this.#options;
    const message = eventText(failure.message);
    this.#profileOf(pod).recorder.record({ about: pod, ...failedScheduling, message });
    const condition = failureCondition(pod, failure, world.clock.now());
    const renominated =
      nominated !== undefined && nominated !== (pod.status?.nominatedNodeName ?? '');
    if (!condition && !renominated) return;
    const { name, namespace, uid } = pod.metadata;
    const status = {
      ...(condition && { conditions: [condition] }),
      ...(renominated && { nominatedNodeName: nominated || null }),
    };
    const patch = { metadata: { uid }, status };
    const at = { namespace, subresource: 'status', signal };
    const patched = client.patch(Pods, name, 'strategic', patch, at).catch((error: unknown) => {
      const isGone = error instanceof ApiError && (error.code === 404 || error.code === 409);
      if (!isGone && !signal.aborted)
        world.log.error('condition not written', error, { namespace: namespace ?? '', name });
    });
    void world.work.track(patched);
  }
}

const nobody: ReadonlySet<string> = new Set();

const failedScheduling = { type: 'Warning', reason: 'FailedScheduling' } as const;

const hasEnded = (phase: string | undefined): boolean =>
  phase === 'Succeeded' || phase === 'Failed';

/** On a node and holding its room. */
const isHeld = ({ spec, status }: Pod): boolean =>
  Boolean(spec.nodeName) && !hasEnded(status?.phase);
