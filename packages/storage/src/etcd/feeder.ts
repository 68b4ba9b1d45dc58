import { createBackoff, type World } from '@coxswain/base';
import { type Event, Feed } from '../feed/feed.ts';
import { Compacted, FutureRevision, type Revision } from '../storage.ts';
import { type Keys, LazyEntry, type ValueForm } from './form.ts';
import { type EtcdEvent, numberOf, type WatchAnswer } from './messages.ts';
import type { EtcdWire } from './wire.ts';

/** All keys of etcd: each of its revisions then brings an event, so that it is known when nothing is still to come. */
const everything = { key: Buffer.from([0]), rangeEnd: Buffer.from([0]) };

const again = { firstMs: 50, maxMs: 1000, jitter: 0.2 };
const isRemoval = 1;

export interface FeederParts {
  readonly world: World;
  readonly wire: EtcdWire;
  readonly keys: Keys;
  readonly form: ValueForm;
  /** The value behind what stands in etcd, where this process has just written it. */
  readonly written: (key: string, stored: Uint8Array) => Uint8Array | undefined;
  /** Sees every event of this store's keys. */
  readonly seen: (event: Event) => void;
}

/** Follows etcd from where the store was opened, over broken connections and lost members. */
export class Feeder {
  readonly feed: Feed;
  readonly #parts: FeederParts;
  readonly #abort = new AbortController();
  readonly #waiting = new Set<{ readonly revision: Revision; readonly resolve: () => void }>();
  readonly #running: Promise<void>;

  constructor(parts: FeederParts, horizon: Revision, current: Revision) {
    this.#parts = parts;
    this.feed = new Feed(horizon, current, (after) => this.#older(after));
    this.#running = this.#run();
  }

  /** Waits until everything up to `revision`, which etcd has reached, has been fed. */
  async reached(revision: Revision, signal: AbortSignal): Promise<void> {
    if (revision <= this.feed.current) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const waiter = { revision, resolve };
    this.#waiting.add(waiter);
    signal.addEventListener('abort', resolve as () => void, { once: true });
    await promise;
    signal.removeEventListener('abort', resolve as () => void);
    this.#waiting.delete(waiter);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort(new Error('the store is closed'));
    this.feed.close();
    for (const { resolve } of this.#waiting) resolve();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { world, wire } = this.#parts;
    const { signal } = this.#abort;
    const backoff = createBackoff(again, world.random);
    while (!signal.aborted)
      try {
        const startRevision = this.feed.current + 1;
        for await (const answer of wire.watch({ ...everything, startRevision }, signal)) {
          backoff.reset();
          if (answer.canceled) {
            this.#overtaken(numberOf(answer.compactRevision));
            break;
          }
          this.#take(answer);
        }
      } catch (error) {
        if (signal.aborted) return;
        world.log.named('storage').warn('etcd cannot be watched', { error: String(error) });
        await world.clock.sleep(backoff.next(), signal).catch(() => {});
      }
  }

  /** Compacted past what was fed: whoever watches must read anew. */
  #overtaken(horizon: Revision): void {
    if (horizon === 0) return;
    this.feed.compact(horizon);
    if (horizon > this.feed.current) this.feed.append(horizon, []);
    this.#wake();
  }

  #take({ events }: WatchAnswer): void {
    let batch: Event[] = [];
    for (const [i, event] of events.entries()) {
      const read = this.#read(event, true);
      if (read) batch.push(read);
      const revision = numberOf(event.kv.modRevision);
      const next = events[i + 1];
      if (next && numberOf(next.kv.modRevision) === revision) continue;
      this.feed.append(revision, batch);
      batch = [];
    }
    if (events.length > 0) this.#wake();
  }

  #wake(): void {
    this.feed.wake();
    for (const { revision, resolve } of this.#waiting) if (revision <= this.feed.current) resolve();
  }

  /** An event of this store's keys as the feed has it. */
  #read({ type, kv, prevKv }: EtcdEvent, isNew: boolean): Event | undefined {
    const { keys, form, written, seen } = this.#parts;
    const key = keys.read(kv.key);
    if (key === undefined) return undefined;
    const before = prevKv ? new LazyEntry(key, prevKv, form) : undefined;
    const removed = type === isRemoval;
    const created = removed ? (prevKv?.createRevision ?? kv.modRevision) : kv.createRevision;
    const value = removed ? (prevKv?.value ?? kv.value) : kv.value;
    const { modRevision, version } = kv;
    const now = { key: kv.key, createRevision: created, modRevision, version, value };
    const known = isNew && !removed ? written(key, kv.value) : undefined;
    const entry = new LazyEntry(key, now, form, known);
    const bytes = kv.key.length + kv.value.length + (prevKv?.value.length ?? 0);
    const event: Event = { type: removed ? 'remove' : 'put', entry, before, bytes };
    if (isNew) seen(event);
    return event;
  }

  /** Events after `after` that the feed has let go of, as many as etcd sends at once. */
  async #older(after: Revision): Promise<{ events: readonly Event[]; upTo: Revision }> {
    const { wire } = this.#parts;
    const range = { ...everything, startRevision: after + 1 };
    for await (const answer of wire.watch(range, this.#abort.signal)) {
      if (answer.canceled) {
        const horizon = numberOf(answer.compactRevision);
        this.feed.compact(horizon);
        throw horizon > 0 ? new Compacted(horizon) : new FutureRevision(this.feed.current);
      }
      if (answer.events.length === 0) continue;
      const events = answer.events.map((event) => this.#read(event, false));
      const upTo = numberOf(answer.events.at(-1)!.kv.modRevision);
      return { events: events.filter((event) => event !== undefined), upTo };
    }
    throw new Error('the watch of etcd ended');
  }
}
