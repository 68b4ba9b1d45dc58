import type { Pod } from '@coxswain/api/types/core-v1';
import type { Clock } from '@coxswain/base';
import type { ClusterEvent } from '../framework/event.ts';
import { nothingAround, type SchedulerPlugin, type Surroundings } from '../framework/plugin.ts';
import { type Profile, schedulerNameOf } from '../framework/profile.ts';
import { type Backoff, BackoffQueue, defaultBackoff } from './backoff-queue.ts';
import { Heap } from './heap.ts';
import { hintsOf, type Hints } from './hints.ts';
import { comesFirst, type Entry, entryOf, type Waiting } from './waiting.ts';

/** A pod that nothing woke is tried again after so long, as upstream has it. */
const unschedulableMaxMs = 5 * 60_000;

/** Events that are kept for a pod while it is tried; past them it is tried again in any case. */
const missedMax = 1024;

const nobody: ReadonlySet<string> = new Set();

/**
 * The pods to place: active ones by priority, then age; those that failed wait until a plugin which rejected them hears
 * of an event that may cure it, and back off; gated ones wait for their gates.
 */
export class SchedulingQueue implements Disposable {
  readonly #byUid = new Map<string, Waiting>();
  readonly #active = new Heap<Entry>(comesFirst);
  readonly #backoff: BackoffQueue;
  readonly #unschedulable = new Set<Waiting>();
  /** Kept out by plugins that some event may change the mind of. */
  readonly #gated = new Set<Waiting>();
  readonly #around: Surroundings;
  readonly #clock: Clock;
  /** By the name of the scheduler that a pod asks for. */
  readonly #gates: ReadonlyMap<string, readonly SchedulerPlugin[]>;
  readonly #hints: Hints;
  readonly #wake: () => void;
  #flushTimer: Disposable | undefined;
  #entries = 0;
  /** Pods whose victims are being told to leave, and whether something has woken them meanwhile. */
  readonly #held = new Map<string, boolean>();
  /** The pod that was taken out last, and what has happened since: it may take a while to find a node. */
  #tried: { readonly waiting: Waiting; readonly missed: ClusterEvent[] } | undefined;

  /** `wake` is called when there is something to pop. */
  constructor(
    clock: Clock,
    profiles: readonly Pick<Profile, 'schedulerName' | 'plugins'>[],
    wake: () => void,
    backoff: Backoff = defaultBackoff,
    around: Surroundings = nothingAround,
  ) {
    this.#clock = clock;
    this.#around = around;
    this.#gates = new Map(
      profiles.map(({ schedulerName, plugins }) => [
        schedulerName,
        plugins.filter(({ admit }) => admit),
      ]),
    );
    this.#hints = hintsOf(profiles);
    this.#wake = wake;
    this.#backoff = new BackoffQueue(clock, (waiting) => this.#admit(waiting), backoff);
  }

  [Symbol.dispose](): void {
    this.#backoff[Symbol.dispose]();
    this.#flushTimer?.[Symbol.dispose]();
  }

  /** How many pods wait, and where; pods being tried are in no part of the queue. */
  get sizes(): Readonly<Record<Exclude<Waiting['place'], 'gone'>, number>> {
    const sizes = { active: 0, backoff: 0, unschedulable: 0, gated: 0, trying: 0 };
    for (const { place } of this.#byUid.values()) if (place !== 'gone') sizes[place]++;
    return sizes;
  }

  /** A pod without a node has come or changed. */
  set(pod: Pod): void {
    const uid = pod.metadata.uid ?? '';
    const known = this.#byUid.get(uid);
    if (!known) return this.#add(uid, pod);
    const before = known.pod;
    known.pod = pod;
    if (known.place === 'gated') this.#admit(known);
    else if (
      known.place === 'unschedulable' &&
      this.#isCured(known, { type: 'pod/updated', pod, before })
    )
      this.#retry(known);
  }

  /** The pod is placed, gone, or not ours any more. */
  remove(uid: string): void {
    const waiting = this.#byUid.get(uid);
    if (!waiting) return;
    this.#put(waiting, 'gone');
    this.#byUid.delete(uid);
    this.#held.delete(uid);
  }

  /**
   * The next pod to try; undefined when there is none. With no active pod one that backs off comes before its time,
   * unless an error held it up. The caller ends the try by `failed` or `remove`.
   */
  pop(): Waiting | undefined {
    const waiting = this.#popActive() ?? this.#backoff.pop();
    if (!waiting) return undefined;
    this.#put(waiting, 'trying');
    this.#tried = { waiting, missed: [] };
    waiting.attempts++;
    return waiting;
  }

  /** No node took it: it waits for what may change the mind of these plugins. With none of them it was an error, and is tried again. */
  failed(waiting: Waiting, rejectedBy: ReadonlySet<string>): void {
    if (waiting.place !== 'trying') return;
    waiting.rejectedBy = rejectedBy;
    waiting.sinceMs = this.#clock.now();
    if (rejectedBy.size === 0) {
      waiting.errors++;
      return this.#retry(waiting);
    }
    waiting.errors = 0;
    waiting.rejections++;
    this.#put(waiting, 'unschedulable');
    const missed = this.#tried?.waiting === waiting ? this.#tried.missed : [];
    if (missed.length >= missedMax || missed.some((event) => this.#isCured(waiting, event)))
      this.#retry(waiting);
    this.#flushTimer ??= this.#clock.after(unschedulableMaxMs, () => this.#flush());
  }

  /** The pod stays where it is, whatever happens, until `done`: its victims go one by one. */
  hold(uid: string, done: Promise<unknown>): void {
    this.#held.set(uid, false);
    const release = (wakes: boolean): void => {
      const isWoken = this.#held.get(uid) === true;
      this.#held.delete(uid);
      const waiting = this.#byUid.get(uid);
      if ((isWoken || wakes) && waiting?.place === 'unschedulable') this.#retry(waiting);
    };
    done.then(
      () => release(false),
      () => release(true),
    );
  }

  /** Moves every waiting pod that the event may help. */
  moveFor(event: ClusterEvent): void {
    if (!this.#hints.has(event.type)) return;
    const { missed, waiting: tried } = this.#tried ?? {};
    if (tried?.place === 'trying' && missed!.length < missedMax) missed!.push(event);
    for (const waiting of this.#unschedulable)
      if (this.#isCured(waiting, event)) this.#retry(waiting);
    for (const waiting of [...this.#gated])
      // may be kept out again
      if (this.#isCured(waiting, event)) this.#admit(waiting);
  }

  #popActive(): Waiting | undefined {
    for (let entry; (entry = this.#active.pop());)
      if (entry.waiting.place === 'active' && entry.entry === entry.waiting.entry)
        return entry.waiting;
    return undefined;
  }

  #add(uid: string, pod: Pod): void {
    const waiting: Waiting = {
      pod,
      sinceMs: this.#clock.now(),
      attempts: 0,
      rejections: 0,
      errors: 0,
      rejectedBy: nobody,
      place: 'gated',
      entry: 0,
    };
    this.#byUid.set(uid, waiting);
    this.#admit(waiting);
  }

  /** To the active pods, unless a plugin keeps it out. */
  #admit(waiting: Waiting): void {
    const gates = this.#gates.get(schedulerNameOf(waiting.pod)) ?? [];
    const gate = gates.find(({ admit }) => admit!(waiting.pod, this.#around).is === 'rejected');
    if (gate) {
      this.#put(waiting, 'gated');
      waiting.rejectedBy = new Set([gate.name]);
      if (gate.wakeOn.length > 0) this.#gated.add(waiting);
      return;
    }
    this.#put(waiting, 'active');
    this.#active.push(entryOf(waiting, ++this.#entries));
    this.#wake();
  }

  #isCured({ pod, rejectedBy }: Waiting, event: ClusterEvent): boolean {
    const name = schedulerNameOf(pod);
    return (this.#hints.get(event.type) ?? []).some(
      ({ schedulerName, plugin, cures }) =>
        schedulerName === name &&
        rejectedBy.has(plugin) &&
        (cures?.(pod, event, this.#around) ?? true),
    );
  }

  /** To the active pods, once its back-off has passed. */
  #retry(waiting: Waiting): void {
    const { uid = '' } = waiting.pod.metadata;
    if (this.#held.has(uid)) return void this.#held.set(uid, true);
    if (!this.#backoff.holds(waiting)) return this.#admit(waiting);
    this.#put(waiting, 'backoff');
    this.#backoff.push(waiting, ++this.#entries);
    if (waiting.errors === 0) this.#wake();
  }

  #put(waiting: Waiting, place: Waiting['place']): void {
    if (waiting.place === 'unschedulable') this.#unschedulable.delete(waiting);
    if (waiting.place === 'gated') this.#gated.delete(waiting);
    waiting.place = place;
    if (place === 'unschedulable') this.#unschedulable.add(waiting);
  }

  /** Pods that nothing has woken for too long get another chance: an event may have been missed. */
  #flush(): void {
    const nowMs = this.#clock.now();
    let oldest = Number.POSITIVE_INFINITY;
    for (const waiting of this.#unschedulable) {
      if (nowMs - waiting.sinceMs >= unschedulableMaxMs) this.#retry(waiting);
      else oldest = Math.min(oldest, waiting.sinceMs);
    }
    this.#flushTimer = Number.isFinite(oldest)
      ? this.#clock.after(oldest + unschedulableMaxMs - nowMs, () => this.#flush())
      : undefined;
  }
}
