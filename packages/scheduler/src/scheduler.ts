import { Nodes, PodDisruptionBudgets, Pods } from '@coxswain/api';
import type { Node, Pod } from '@coxswain/api/types/core-v1';
import type { Change } from '@coxswain/client';
import { surroundings, whenKnown } from './around.ts';
import { defaultConfiguration } from './configuration/index.ts';
import { bind, Claims, type Unbound } from './bindings.ts';
import { Memory } from './cycle/memory.ts';
import {
  findCandidates,
  schedulePod,
  type Snapshot,
  type Taken,
  type Turn,
} from './cycle/schedule-pod.ts';
import {
  chooseBy,
  type Extender,
  extenderHints,
  extendersOf,
  isInterested,
  type Post,
} from './extenders/extenders.ts';
import { eventText, type Failure, textOf } from './failure.ts';
import { type ClusterEvent, nodeEvents, podEvents } from './framework/event.ts';
import type { Surroundings } from './framework/plugin.ts';
import { schedulerNameOf } from './framework/profile.ts';
import { MakingRoom } from './making-room.ts';
import { ClusterNodes } from './nodes/cluster-nodes.ts';
import { Nominations } from './nodes/nominations.ts';
import { Reservations } from './reservations.ts';
import { ClaimLedger } from './resources/claim-ledger.ts';
import { devicesOf, type WatchedDevices } from './resources/devices-of.ts';
import { SchedulingQueue } from './queue/scheduling-queue.ts';
import type { Waiting } from './queue/waiting.ts';
import type { Living, SchedulerOptions } from './scheduler-options.ts';
import { failedScheduling, tellFailure, writeStatus } from './tell-failure.ts';
import { watchStorage } from './volumes/storage-of.ts';
import { type Verdict, verdictOf } from './why/verdicts.ts';

/** Bindings on their way at once. */
const bindingsMax = 128;
/** Pods tried in one turn, so that no other work of the process waits long. */
const turnPodsMax = 32;

/** Places the pods of its profiles on nodes. */
export class Scheduler implements Disposable {
  readonly #options: SchedulerOptions;
  /** By the name that pods ask for. */
  readonly #profiles: ReadonlyMap<string, Living>;
  readonly #nodes = new ClusterNodes();
  readonly #memory = new Memory(this.#nodes);
  readonly #queue: SchedulingQueue;
  /** Pods placed here whose binding the API has not shown yet. */
  readonly #assumed = new Set<string>();
  readonly #nominations = new Nominations();
  readonly #around: Surroundings;
  readonly #devices: WatchedDevices;
  readonly #reservations: Reservations;
  readonly #claims: Claims;
  readonly #makingRoom: MakingRoom;
  readonly #extenders: readonly Extender[];
  /** Conditions on their way, by the pod's uid: a binding comes after them. */
  readonly #telling = new Map<string, Promise<void>>();
  #start = 0;
  #bindings = 0;
  #isWoken = false;
  #isAsking = false;

  constructor(options: SchedulerOptions, profiles: ReadonlyMap<string, Living>) {
    this.#options = options;
    this.#profiles = profiles;
    const {
      firstBackoffMs: firstMs,
      maxBackoffMs: maxMs,
      extenders,
    } = options.configuration ?? defaultConfiguration;
    this.#extenders = extendersOf(extenders, options.post ?? nobodyToAsk, options.signal);
    const hints = extenders.length > 0 ? [extenderHints] : [];
    const ledger = new ClaimLedger();
    const reservations = new Reservations({ ...options, ledger });
    this.#reservations = reservations;
    this.#claims = new Claims(reservations);
    this.#devices = devicesOf(options.informers, ledger, options.world);
    this.#around = {
      ...surroundings(options.informers, (resource, object) => reservations.seen(resource, object)),
      devices: this.#devices,
    };
    this.#makingRoom = new MakingRoom({
      ...{ options, nodes: this.#nodes, nominations: this.#nominations },
      profileOf: (pod) => this.#profileOf(pod),
      extendersFor: (pod) => this.#extendersFor(pod),
      giveUp: (givenUp) => options.world.work.track(reservations.giveUp(givenUp, options.signal)),
      hold: (pod, told) => this.#queue.hold(pod.metadata.uid ?? '', told),
      tell: (pod, failure, nominated) => this.#tell(pod, failure, nominated),
      stop: ({ metadata: { uid = '' } }) => this.#claims.stop(uid),
    });
    this.#queue = new SchedulingQueue(
      options.world.clock,
      [...profiles.values()].map(({ schedulerName, plugins }) => ({
        schedulerName,
        plugins: [...plugins, ...hints],
      })),
      () => this.#wake(),
      { firstMs, maxMs },
      this.#around,
    );
  }

  [Symbol.dispose](): void {
    this.#options.verdicts?.show(undefined);
    this.#queue[Symbol.dispose]();
  }

  async run(): Promise<void> {
    const { informers, signal } = this.#options;
    const nodes = informers.of(Nodes);
    const pods = informers.of(Pods);
    const budgets = informers.of(PodDisruptionBudgets);
    const synced = [nodes, pods, budgets].map((cache) => cache.whenSynced(signal));
    await Promise.all([...synced, whenKnown(informers, signal), this.#devices.known(signal)]);
    this.#options.verdicts?.show(() => ({
      snapshot: this.#snapshot(),
      profileOf: (pod) => this.#profiles.get(schedulerNameOf(pod)),
      budgets: () => budgets.all(),
    }));
    const see = (event: ClusterEvent): void => {
      this.#queue.moveFor(event);
      this.#reservations.recheck();
    };
    using _devices = this.#devices.watch(see);
    using _storage = watchStorage(informers, see, (resource, object) =>
      this.#reservations.forget(resource, object),
    );
    using _nodes = nodes.subscribe((changes) => changes.forEach((change) => this.#seeNode(change)));
    using _pods = pods.subscribe((changes) => changes.forEach((change) => this.#seePod(change)));
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  #seeNode({ now, before }: Change<Node>): void {
    if (!now) {
      this.#nodes.removeNode(before!.metadata.name);
      return this.#queue.moveFor({ type: 'node/deleted', node: before! });
    }
    this.#nodes.setNode(now);
    if (!before) return this.#queue.moveFor({ type: 'node/add', node: now });
    for (const event of nodeEvents(now, before)) this.#queue.moveFor(event);
  }

  #seePod({ now, before }: Change<Pod>): void {
    if (now && before && now.metadata.uid !== before.metadata.uid) this.#seeGone(before); // deleted and made anew between two looks
    if (now && isHeld(now)) this.#seeHeld(now, before);
    else if (now && this.#isOurs(now)) this.#seeUnplaced(now, before);
    else this.#seeGone((now ?? before)!);
  }

  #seeUnplaced(pod: Pod, before: Pod | undefined): void {
    const { uid = '', deletionTimestamp } = pod.metadata;
    if (!this.#assumed.has(uid)) this.#nominations.set(pod, pod.status?.nominatedNodeName);
    // Whatever becomes of its binding, what it would have held is free once it is on its way out.
    else if (deletionTimestamp && !before?.metadata.deletionTimestamp && this.#nodes.removePod(uid))
      this.#queue.moveFor({ type: 'pod/deleted', pod });
    this.#queue.set(pod);
  }

  #seeHeld(pod: Pod, before: Pod | undefined): void {
    const uid = pod.metadata.uid ?? '';
    this.#assumed.delete(uid);
    this.#queue.remove(uid);
    this.#nominations.forget(uid);
    const isNew = this.#nodes.setPod(pod);
    if (isNew || !before || !isHeld(before)) this.#queue.moveFor({ type: 'pod/placed', pod });
    else for (const event of podEvents(pod, before)) this.#queue.moveFor(event);
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
    const turn = this.#options.world.work.begin('scheduler');
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
    if (this.#options.signal.aborted || this.#isAsking || this.#bindings >= bindingsMax)
      return undefined;
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
    const { pod } = waiting;
    const { plugins, percentage } = this.#profileOf(pod);
    const snapshot = { ...this.#snapshot(), percentage };
    const extenders = this.#extendersFor(pod);
    if (extenders.length === 0)
      return void this.#decided(waiting, schedulePod(pod, plugins, snapshot, world.random));
    const found = findCandidates(pod, plugins, snapshot);
    if ('decision' in found) return void this.#decided(waiting, found);
    this.#askAbout(waiting, () => chooseBy(extenders, pod, plugins, found, world.random));
  }

  #snapshot(): Snapshot {
    return {
      ...{ list: this.#nodes.list, byName: this.#nodes.byName, start: this.#start },
      ...{ around: this.#around, nominated: this.#nominations.byNode },
      ...{ imageOn: this.#nodes.imageOn, groups: this.#nodes.groups, memory: this.#memory },
    };
  }

  #extendersFor(pod: Pod): readonly Extender[] {
    return this.#extenders.filter(({ settings }) => isInterested(settings, pod));
  }

  /** One pod at a time: while extenders are asked about it, no other is placed. */
  #askAbout(waiting: Waiting, ask: () => Promise<Turn>): void {
    this.#isAsking = true;
    const asked = ask()
      .then(async (turn) => {
        if (waiting.place === 'trying') await this.#decided(waiting, turn);
      })
      .catch((error: unknown) => {
        if (!this.#options.signal.aborted)
          this.#fail(waiting, 'pod not placed', error, textOf(error));
      })
      .finally(() => {
        this.#isAsking = false;
        this.#wake();
      });
    void this.#options.world.work.track(asked);
  }

  /** A promise only where extenders are asked about preemption. */
  #decided(waiting: Waiting, { decision, next }: Turn): void | Promise<void> {
    const { pod, attempts } = waiting;
    this.#start = next;
    this.#keep(pod, verdictOf(decision, attempts));
    if (decision.is === 'unplaced') {
      this.#queue.failed(waiting, decision.diagnosis.plugins);
      return this.#makingRoom.for(pod, decision);
    }
    this.#assumed.add(pod.metadata.uid ?? '');
    this.#nominations.forget(pod.metadata.uid ?? '');
    this.#nodes.setPod({ ...pod, spec: { ...pod.spec, nodeName: decision.node } });
    if (decision.taken) void this.#claim(waiting, decision.node, decision.taken);
    else this.#startBinding(waiting, decision.node, []);
  }

  #startBinding(waiting: Waiting, node: string, taken: readonly Taken[]): void {
    this.#bindings++;
    const bound = this.#bind(waiting, node, taken).finally(() => {
      this.#bindings--;
      this.#wake();
    });
    void this.#options.world.work.track(bound);
  }

  /** Has what was reserved take effect, and then binds. A pod that waits for its volumes holds up no other. */
  async #claim(waiting: Waiting, node: string, taken: readonly Taken[]): Promise<void> {
    const { pod } = waiting;
    const { name, uid = '' } = pod.metadata;
    const gone = (): string | undefined =>
      this.#assumed.has(uid) ? undefined : `pod does not exist any more: pod "${name}" not found`;
    const { recorder } = this.#profileOf(pod);
    const said = (reason: string, message: string): void =>
      recorder.record({ about: pod, ...told, reason, message });
    // Others learn where it will be: those that would make nodes for it, above all.
    const announced =
      pod.status?.nominatedNodeName !== node &&
      writeStatus(this.#options, pod, { nominatedNodeName: node }, this.#telling.get(uid));
    const waits = { gone, said, announced };
    const problem = await this.#claims.carryOut(uid, taken, waits, this.#options.signal);
    if (problem) this.#takeBack(waiting, problem);
    else this.#startBinding(waiting, node, taken);
  }

  /** The pod is not on its node after all. */
  #takeBack(waiting: Waiting, { what, error, text }: Unbound): void {
    const { pod } = waiting;
    const { uid = '', name, namespace } = pod.metadata;
    if (this.#options.signal.aborted) return;
    if (!this.#assumed.delete(uid)) {
      // Gone, which is told; or shown as bound after all.
      if (!this.#options.informers.of(Pods).get(name, namespace))
        this.#profileOf(pod).recorder.record({
          ...{ about: pod, ...failedScheduling, message: eventText(text) },
        });
      return;
    }
    this.#nodes.removePod(uid);
    this.#queue.moveFor({ type: 'pod/deleted', pod });
    this.#fail(waiting, what, error, text);
  }

  async #bind(waiting: Waiting, node: string, taken: readonly Taken[]): Promise<void> {
    const { client, signal } = this.#options;
    const { pod } = waiting;
    const { name, namespace } = pod.metadata;
    await this.#telling.get(pod.metadata.uid ?? '');
    const problem = await bind(client, this.#extendersFor(pod), pod, node, signal);
    if (problem) {
      await this.#reservations.releaseAll(taken, signal);
      return this.#takeBack(waiting, problem);
    }
    const message = `Successfully assigned ${namespace}/${name} to ${node}`;
    this.#profileOf(pod).recorder.record({ about: pod, ...scheduled, message });
  }

  /** An error, and no plugin's verdict: the pod, if it is still there, is tried again after a while. */
  #fail(waiting: Waiting, what: string, error: unknown, message: string): void {
    const { namespace, name } = waiting.pod.metadata;
    this.#options.world.log.error(what, error, { namespace: namespace ?? '', name });
    this.#keep(waiting.pod, { verdict: 'error', facts: { error: message }, because: [] });
    this.#queue.failed(waiting, nobody);
    this.#nominations.forget(waiting.pod.metadata.uid ?? '');
    this.#tell(waiting.pod, { reason: 'SchedulerError', message }, '');
  }

  #keep(pod: Pod, verdict: Verdict): void {
    const { verdicts, world } = this.#options;
    verdicts?.keep(pod, schedulerNameOf(pod), world.clock.now(), verdict);
  }

  #tell(pod: Pod, failure: Failure, nominated?: string): void {
    const { uid = '' } = pod.metadata;
    const { recorder } = this.#profileOf(pod);
    const before = this.#telling.get(uid);
    const told = tellFailure(this.#options, recorder, pod, failure, nominated, before);
    if (!told || told === before) return;
    this.#telling.set(uid, told);
    void told.then(() => {
      if (this.#telling.get(uid) === told) this.#telling.delete(uid);
    });
  }
}

const told = { type: 'Normal', action: 'Scheduling' } as const;
const scheduled = { type: 'Normal', reason: 'Scheduled', action: 'Binding' } as const;

const nobodyToAsk: Post = () => Promise.reject(new Error('no way to extenders was given'));

const nobody: ReadonlySet<string> = new Set();

const hasEnded = (phase: string | undefined): boolean =>
  phase === 'Succeeded' || phase === 'Failed';

/** On a node and holding its room. */
const isHeld = ({ spec, status }: Pod): boolean =>
  Boolean(spec.nodeName) && !hasEnded(status?.phase);
