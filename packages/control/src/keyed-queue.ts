import { backoffMs, type BackoffRule, type World } from '@coxswain/base';
import { type QueueFigures, queueFigures } from './queue-figures.ts';

/** As upstream's controllers back off, for each key by itself. */
const retry: BackoffRule = { firstMs: 5, maxMs: 1_000_000 };

/** What became of one piece of work. */
export type Outcome =
  | { readonly step: 'done'; readonly requeueAfterMs?: number | undefined }
  | { readonly step: 'retry' } // after back-off
  | { readonly step: 'park' }; // until `unpark`

interface Ready {
  readonly counted: Disposable;
  readonly sinceMs: number;
}

/** One that was armed before for a shorter time falls due before; where the time of day jumped, `atMs` does not tell. */
interface Timer {
  readonly ms: number;
  readonly atMs: number;
  readonly timer: Disposable;
}

/**
 * Works on each key at most once at a time, at most `workers` keys together; a key added while it is worked on is
 * worked on again. Holds each key once, so it is bounded by the number of keys. Ready keys count as outstanding work.
 */
export class KeyedQueue implements AsyncDisposable {
  readonly #world: World;
  readonly #name: string;
  readonly #workers: number;
  readonly #work: (key: string) => Promise<Outcome>;
  readonly #ready = new Map<string, Ready>(); // first in, first out
  readonly #running = new Map<string, number>(); // since when
  readonly #figures: QueueFigures;
  readonly #again = new Set<string>();
  readonly #parked = new Set<string>();
  readonly #timers = new Map<string, readonly Timer[]>();
  readonly #failures = new Map<string, number>();
  #closed = false;
  #unparks = 0;
  #idle = Promise.withResolvers<void>();

  /** `name`: under which the metrics count it. */
  constructor(
    world: World,
    name: string,
    workers: number,
    work: (key: string) => Promise<Outcome>,
  ) {
    this.#world = world;
    this.#name = name;
    this.#workers = workers;
    this.#work = work;
    this.#figures = queueFigures(world.metrics, name, () => ({
      depth: this.#ready.size,
      startedMs: this.#running.values(),
      nowMs: world.clock.now(),
    }));
  }

  /** Keys that are ready or worked on. */
  get size(): number {
    return this.#ready.size + this.#running.size;
  }

  add(key: string): void {
    if (this.#closed || this.#parked.has(key)) return;
    if (this.#running.has(key)) this.#again.add(key);
    else if (!this.#ready.has(key)) {
      this.#figures.added();
      const counted = this.#world.work.begin(this.#name);
      this.#ready.set(key, { counted, sinceMs: this.#world.clock.now() });
      if (this.#ready.size === 1) queueMicrotask(() => this.#pump());
    }
  }

  /** Adds `key` after `ms`, unless it is added earlier. */
  addAfter(key: string, ms: number): void {
    if (this.#closed) return;
    if (ms <= 0) return this.add(key);
    const standing = this.#timers.get(key) ?? [];
    if (standing.some((each) => each.ms <= ms)) return;
    const { clock } = this.#world;
    const atMs = clock.now() + ms;
    // One that seems to come first stays beside this one, since the clock may have jumped since then.
    const first = standing.find((each) => each.atMs <= atMs);
    for (const each of standing) if (each !== first) each.timer[Symbol.dispose]();
    const timer = clock.after(ms, () => {
      this.#disarm(key);
      this.add(key);
    });
    this.#timers.set(key, [...(first ? [first] : []), { ms, atMs, timer }]);
  }

  /** Makes parked keys ready again. */
  unpark(): void {
    this.#unparks++;
    if (this.#parked.size === 0) return;
    const keys = [...this.#parked];
    this.#parked.clear();
    for (const key of keys) this.add(key);
  }

  /** Takes nothing more and waits for what runs. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    for (const key of [...this.#timers.keys()]) this.#disarm(key);
    for (const { counted } of this.#ready.values()) counted[Symbol.dispose]();
    this.#ready.clear();
    if (this.#running.size > 0) await this.#idle.promise;
  }

  #disarm(key: string): void {
    for (const { timer } of this.#timers.get(key) ?? []) timer[Symbol.dispose]();
    this.#timers.delete(key);
  }

  #pump(): void {
    while (!this.#closed && this.#ready.size > 0 && this.#running.size < this.#workers) {
      const [[key, { counted, sinceMs }]] = this.#ready as unknown as [[string, Ready]];
      const nowMs = this.#world.clock.now();
      this.#ready.delete(key);
      this.#running.set(key, nowMs);
      this.#figures.waited((nowMs - sinceMs) / 1000);
      void this.#run(key, counted);
    }
  }

  async #run(key: string, counted: Disposable): Promise<void> {
    const unparks = this.#unparks;
    let outcome: Outcome;
    try {
      outcome = await this.#work(key);
    } catch (error) {
      this.#world.log.error('work on a key failed', error, { key });
      outcome = { step: 'retry' };
    }
    this.#figures.worked((this.#world.clock.now() - this.#running.get(key)!) / 1000);
    this.#running.delete(key);
    if (outcome.step === 'park' && unparks !== this.#unparks) this.#again.add(key);
    else this.#settle(key, outcome);
    if (this.#again.delete(key)) this.add(key);
    counted[Symbol.dispose]();
    if (this.#closed && this.#running.size === 0) this.#idle.resolve();
    this.#pump();
  }

  #settle(key: string, outcome: Outcome): void {
    switch (outcome.step) {
      case 'done':
        this.#failures.delete(key);
        if (outcome.requeueAfterMs !== undefined) this.addAfter(key, outcome.requeueAfterMs);
        return;
      case 'retry': {
        const failures = (this.#failures.get(key) ?? 0) + 1;
        this.#failures.set(key, failures);
        this.#figures.retried();
        this.addAfter(key, backoffMs(retry, failures, this.#world.random));
        return;
      }
      case 'park':
        if (!this.#closed) this.#parked.add(key);
    }
  }
}
