import type { Pod } from '@coxswain/api/types/core-v1';
import type { Clock } from '@coxswain/base';
import type { ClusterEvent } from '../framework/event.ts';
import type { SchedulerPlugin } from '../framework/plugin.ts';
import { Heap } from './heap.ts';

/** A pod that waits for a node. */
export interface Waiting {
  pod: Pod;
  readonly since: number; // ms: when it came to the queue first
  attempts: number;
  /** When it was last tried. */
  triedAt: number;
  /** Plugins that said no the last time: only what they wait for wakes it. */
  rejectedBy: ReadonlySet<string>;
  /** In which part of the queue it is; `gone` entries are skipped where they still lie in a heap. */
  place: 'active' | 'backoff' | 'unschedulable' | 'gated' | 'trying' | 'gone';
  entry: number; // of its place in the heap; an older one there is stale
}

interface Entry {
  readonly waiting: Waiting;
  readonly entry: number;
  readonly atMs: number; // backoff: when it ends
}

/** Upstream's defaults. */
const backoffFirstMs = 1_000;
const backoffMaxMs = 10_000;
/** A pod that nothing woke is tried again after so long. */
const unschedulableMaxMs = 5 * 60_000;

/**
 * The pods to place: active ones by priority, then age; those that failed wait until a plugin which rejected them hears
 * of an event that may cure it, and back off; gated ones wait for their gates.
 */
export class SchedulingQueue implements Disposable {
  readonly #byUid = new Map<string, Waiting>();
  readonly #active = new Heap<Entry>(comesFirst);
  readonly #backoff = new Heap<Entry>((a, b) => a.atMs < b.atMs);
  readonly #clock: Clock;
  readonly #plugins: ReadonlyMap<string, SchedulerPlugin>;
  readonly #wake: () => void;
  #backoffTimer: Disposable | undefined;
  #flushTimer: Disposable | undefined;
  #entries = 0;

  /** `wake` is called when there is something to pop. */
  constructor(clock: Clock, plugins: readonly SchedulerPlugin[], wake: () => void) {
    this.#clock = clock;
    this.#plugins = new Map(plugins.map((plugin) => [plugin.name, plugin]));
    this.#wake = wake;
  }

  [Symbol.dispose](): void {
    this.#backoffTimer?.[Symbol.dispose]();
    this.#flushTimer?.[Symbol.dispose]();
  }

  /** A pod without a node has come or changed. */
  set(pod: Pod): void {
    const uid = pod.metadata.uid ?? '';
    const known = this.#byUid.get(uid);
    if (!known) return this.#add(pod);
    const before = known.pod;
    known.pod = pod;
    if (known.place === 'gated') return this.#place(known);
    if (known.place === 'unschedulable' && hasChanged(before, pod))
      this.#moveIfCured(known, { type: 'pod/updated', pod, before });
  }

  /** The pod is placed, gone, or not ours any more. */
  remove(uid: string): void {
    const waiting = this.#byUid.get(uid);
    if (!waiting) return;
    waiting.place = 'gone';
    this.#byUid.delete(uid);
  }

  /** The next pod to try; undefined when none is active. The caller ends the try by `failed` or `remove`. */
  pop(): Waiting | undefined {
    for (;;) {
      const entry = this.#active.pop();
      if (!entry) return undefined;
      if (entry.waiting.place !== 'active' || entry.entry !== entry.waiting.entry) continue;
      entry.waiting.place = 'trying';
      entry.waiting.attempts++;
      entry.waiting.triedAt = this.#clock.now();
      return entry.waiting;
    }
  }

  /** No node took it: it waits for what may change the mind of these plugins. */
  failed(waiting: Waiting, rejectedBy: ReadonlySet<string>): void {
    if (waiting.place !== 'trying') return;
    waiting.rejectedBy = rejectedBy;
    // An error, and no plugin's verdict: nothing would wake it, so it is tried again after its back-off.
    if (rejectedBy.size === 0) return this.#retry(waiting);
    waiting.place = 'unschedulable';
    this.#flushTimer ??= this.#clock.after(unschedulableMaxMs, () => this.#flush());
  }

  /** Moves every waiting pod that the event may help. */
  moveFor(event: ClusterEvent): void {
    for (const waiting of this.#byUid.values())
      if (waiting.place === 'unschedulable') this.#moveIfCured(waiting, event);
  }

  #add(pod: Pod): void {
    const nowMs = this.#clock.now();
    const waiting: Waiting = {
      pod,
      since: nowMs,
      attempts: 0,
      triedAt: nowMs,
      rejectedBy: new Set(),
      place: 'gated',
      entry: 0,
    };
    this.#byUid.set(pod.metadata.uid ?? '', waiting);
    this.#place(waiting);
  }

  /** To the active pods, unless a plugin keeps it out. */
  #place(waiting: Waiting): void {
    for (const plugin of this.#plugins.values())
      if (plugin.admit && plugin.admit(waiting.pod).is === 'rejected') {
        waiting.place = 'gated';
        return;
      }
    waiting.place = 'active';
    this.#active.push({ waiting, entry: (waiting.entry = ++this.#entries), atMs: 0 });
    this.#wake();
  }

  #moveIfCured(waiting: Waiting, event: ClusterEvent): void {
    for (const name of waiting.rejectedBy)
      for (const { event: type, cures } of this.#plugins.get(name)?.wakeOn ?? [])
        if (type === event.type && (cures?.(waiting.pod, event) ?? true))
          return this.#retry(waiting);
  }

  /** To the active pods, once its back-off has passed. */
  #retry(waiting: Waiting): void {
    const endMs =
      waiting.triedAt + Math.min(backoffMaxMs, backoffFirstMs * 2 ** (waiting.attempts - 1));
    if (endMs <= this.#clock.now()) return this.#place(waiting);
    waiting.place = 'backoff';
    this.#backoff.push({ waiting, entry: (waiting.entry = ++this.#entries), atMs: endMs });
    this.#setBackoffTimer();
  }

  #setBackoffTimer(): void {
    this.#backoffTimer?.[Symbol.dispose]();
    const next = this.#backoff.first;
    if (!next) return;
    this.#backoffTimer = this.#clock.after(next.atMs - this.#clock.now(), () => {
      const nowMs = this.#clock.now();
      while (this.#backoff.first && this.#backoff.first.atMs <= nowMs) {
        const { waiting, entry } = this.#backoff.pop()!;
        if (waiting.place === 'backoff' && waiting.entry === entry) this.#place(waiting);
      }
      this.#setBackoffTimer();
    });
  }

  /** Pods that nothing has woken for too long get another chance: an event may have been missed. */
  #flush(): void {
    const nowMs = this.#clock.now();
    let oldest = Number.POSITIVE_INFINITY;
    for (const waiting of this.#byUid.values()) {
      if (waiting.place !== 'unschedulable') continue;
      if (nowMs - waiting.triedAt >= unschedulableMaxMs) this.#retry(waiting);
      else oldest = Math.min(oldest, waiting.triedAt);
    }
    this.#flushTimer = Number.isFinite(oldest)
      ? this.#clock.after(oldest + unschedulableMaxMs - nowMs, () => this.#flush())
      : undefined;
  }
}

const priorityOf = ({ pod }: Waiting): number => pod.spec.priority ?? 0;

function comesFirst(a: Entry, b: Entry): boolean {
  const higher = priorityOf(a.waiting) - priorityOf(b.waiting);
  if (higher !== 0) return higher > 0;
  const older = a.waiting.triedAt - b.waiting.triedAt;
  return older === 0 ? a.entry < b.entry : older < 0;
}

/** Status and bookkeeping aside: those never make a pod fit. */
const hasChanged = (before: Pod, now: Pod): boolean =>
  JSON.stringify(before.spec) !== JSON.stringify(now.spec) ||
  JSON.stringify(before.metadata.labels) !== JSON.stringify(now.metadata.labels);
