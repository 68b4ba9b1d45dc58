import type { World } from '@coxswain/base';
import { checkChanges, keyOf } from '../check.ts';
import { defaultRetention, type Retention } from '../retention.ts';
import {
  type Author,
  type Change,
  Compacted,
  type Committed,
  type Entry,
  FutureRevision,
  type Listed,
  type Page,
  type Revision,
  type Seen,
  type Storage,
  StoreClosed,
  type Written,
} from '../storage.ts';
import { Compaction, isCompacted, isFuture } from './compaction.ts';
import { Due } from './due.ts';
import { Feeder } from './feeder.ts';
import { Keys, LazyEntry, type Place, plainForm, type ValueForm } from './form.ts';
import { History } from './history.ts';
import { Leases } from './leases.ts';
import { type KeyValue, numberOf, type RangeAnswer } from './messages.ts';
import { firstRefused, type Prepared, transactionOf } from './transaction.ts';
import { EtcdError, type EtcdServers, EtcdWire } from './wire.ts';

export interface EtcdOptions extends EtcdServers, Partial<Retention> {
  /** Where the keys stand; as they are when absent. */
  readonly place?: Place;
  /** How values stand; as they are when absent. */
  readonly form?: ValueForm;
  /** etcd's --max-txn-ops, 128 when absent: a commit takes two for each key. */
  readonly operationsMax?: number;
}

/** Entries read at once where all are wanted. */
const pageMax = 1000;
/** Values of this process's own commits that wait to come back as events. */
const writtenMax = 4096;

/** A store in etcd, which other stores and upstream's servers may use at the same time. */
export async function openEtcdStorage(world: World, options: EtcdOptions): Promise<Storage> {
  const wire = new EtcdWire(world, options);
  try {
    const compaction = new Compaction(wire);
    const horizon = await compaction.horizon();
    const { header } = await wire.read('range', { key: Buffer.from([0]), countOnly: true });
    return new EtcdStorage(world, options, wire, compaction, horizon, numberOf(header.revision));
  } catch (error) {
    wire[Symbol.dispose]();
    throw error;
  }
}

class EtcdStorage implements Storage {
  readonly #world: World;
  readonly #wire: EtcdWire;
  readonly #retention: Retention;
  readonly #keys: Keys;
  readonly #form: ValueForm;
  readonly #compaction: Compaction;
  readonly #feeder: Feeder;
  readonly #history: History;
  readonly #leases: Leases;
  readonly #due: Due;
  readonly #written = new Map<string, { stored: Uint8Array; value: Uint8Array }>();
  #asking: Promise<Revision> | undefined;
  #askingNext: Promise<Revision> | undefined;
  #closed = false;

  constructor(
    world: World,
    options: EtcdOptions,
    wire: EtcdWire,
    compaction: Compaction,
    horizon: Revision,
    current: Revision,
  ) {
    this.#world = world;
    this.#wire = wire;
    this.#compaction = compaction;
    this.#retention = { ...defaultRetention, ...options };
    const keys = new Keys(options.place ?? { ours: '', etcd: '' });
    const form = options.form ?? plainForm;
    const { operationsMax = 128 } = options;
    this.#keys = keys;
    this.#form = form;
    const retention = this.#retention;
    this.#history = new History({ world, wire, keys, form, retention, operationsMax });
    this.#leases = new Leases(world, (request) => wire.call('leaseGrant', request));
    this.#due = new Due(world, operationsMax, (changes, by) => this.commit(changes, by));
    const written = (key: string, stored: Uint8Array): Uint8Array | undefined =>
      this.#takeWritten(key, stored);
    const seen = (event: Seen): void => this.#due.see(event);
    this.#feeder = new Feeder({ world, wire, keys, form, written, seen }, horizon, current);
  }

  async commit(changes: readonly Change[], by: Author): Promise<Committed> {
    this.#open();
    checkChanges(changes);
    for (;;) {
      const prepared = await Promise.all(changes.map((change) => this.#prepare(change)));
      const { clock, random } = this.#world;
      const atMs = clock.now();
      const forgets = (key: string): boolean =>
        this.#retention.forgotten.some((prefix) => key.startsWith(prefix));
      const writing = { keys: this.#keys, by, atMs, random, forgets };
      this.#expectBack(prepared);
      const answer = await this.#wire.call('txn', transactionOf(prepared, writing));
      if (answer.succeeded) {
        const revision = numberOf(answer.header.revision);
        this.#due.wrote(changes, revision, atMs);
        return { done: true, revision };
      }
      const { change, found } = firstRefused(prepared, answer, this.#form);
      // A removal that minds no revision: what stands there has changed meanwhile.
      if (change.expect !== undefined) return { done: false, key: keyOf(change), found };
    }
  }

  async get(key: string, at?: Revision): Promise<Entry | undefined> {
    const name = Buffer.from(this.#keys.of(key));
    const { kvs } = await this.#range({ key: name }, at);
    return kvs[0] && new LazyEntry(key, kvs[0], this.#form);
  }

  async list(prefix: string, { from, limit = 0, at }: Page = {}): Promise<Listed> {
    const { key: start, rangeEnd } = this.#keys.range(prefix, from);
    const entries: Entry[] = [];
    let key = start;
    for (let revision = at; ;) {
      const pageLimit = limit || pageMax;
      const page = await this.#range({ key, rangeEnd, limit: pageLimit }, revision);
      revision ??= numberOf(page.header.revision);
      for (const kv of page.kvs)
        entries.push(new LazyEntry(this.#keys.read(kv.key)!, kv, this.#form));
      if (limit > 0 || !page.more)
        return { entries, at: revision, remaining: numberOf(page.count) - page.kvs.length };
      key = Buffer.concat([page.kvs.at(-1)!.key, Buffer.from([0])]);
    }
  }

  async count(prefix: string): Promise<number> {
    const { count } = await this.#range({ ...this.#keys.range(prefix), countOnly: true });
    return numberOf(count);
  }

  async *watch(
    prefix: string,
    after: Revision,
    signal: AbortSignal,
  ): AsyncGenerator<readonly Seen[], void> {
    const { feed } = this.#feeder;
    if (after > feed.current && !signal.aborted) {
      const current = await this.current();
      if (after > current) throw new FutureRevision(current);
      await this.#feeder.reached(after, signal);
    }
    yield* feed.watch(prefix, after, signal);
  }

  /** Asks etcd; who asks while another question is under way shares the next one. */
  current(): Promise<Revision> {
    if (this.#closed) return Promise.reject(new StoreClosed());
    if (!this.#asking) return this.#ask();
    return (this.#askingNext ??= this.#asking
      .catch(() => {})
      .then(() => {
        this.#askingNext = undefined;
        return this.#ask();
      }));
  }

  upcoming(): undefined {
    return undefined;
  }

  async compact(before: Revision): Promise<void> {
    const current = await this.current();
    if (before > current) throw new FutureRevision(current);
    const { feed } = this.#feeder;
    await this.#feeder.reached(before, new AbortController().signal);
    if (before > feed.horizon) feed.compact(await this.#compaction.run(before));
    await this.#history.trim(feed.horizon);
  }

  async *history(key: string): AsyncGenerator<Written, void> {
    const { kvs } = await this.#range({ key: Buffer.from(this.#keys.of(key)) });
    yield* await this.#history.read(key, kvs[0] as KeyValue | undefined);
  }

  async bytes(): Promise<number> {
    this.#open();
    return numberOf((await this.#wire.read('status', {})).dbSizeInUse);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#due.close();
    await this.#feeder[Symbol.asyncDispose]();
    this.#wire[Symbol.dispose]();
  }

  #open(): void {
    if (this.#closed) throw new StoreClosed();
  }

  /** What etcd is to hold for `change`; a removal without expectation gets one here. */
  async #prepare(change: Change): Promise<Prepared> {
    if ('remove' in change) {
      const stands = async (): Promise<Revision> => (await this.get(change.remove))?.revision ?? 0;
      const expect = change.expect ?? (await stands());
      return { change, expect, stored: new Uint8Array(), lease: 0 };
    }
    const { expiresMs, expect, value } = change;
    const lease = expiresMs === undefined ? 0 : await this.#leases.get(expiresMs);
    return { change, expect, stored: this.#form.encode(value), lease };
  }

  #expectBack(prepared: readonly Prepared[]): void {
    if (this.#form === plainForm) return;
    for (const { change, stored } of prepared) {
      if ('remove' in change) continue;
      this.#written.delete(change.put);
      this.#written.set(change.put, { stored, value: change.value });
    }
    while (this.#written.size > writtenMax)
      this.#written.delete(this.#written.keys().next().value!);
  }

  #takeWritten(key: string, stored: Uint8Array): Uint8Array | undefined {
    const own = this.#written.get(key);
    if (!own || Buffer.compare(own.stored, stored) !== 0) return undefined;
    this.#written.delete(key);
    return own.value;
  }

  async #range(request: object, at?: Revision): Promise<RangeAnswer> {
    this.#open();
    if (at !== undefined && at < this.#feeder.feed.horizon)
      throw new Compacted(this.#feeder.feed.horizon);
    try {
      return await this.#wire.read(
        'range',
        at === undefined ? request : { ...request, revision: at },
      );
    } catch (error) {
      if (!(error instanceof EtcdError)) throw error;
      if (isFuture(error)) throw new FutureRevision(await this.current());
      if (isCompacted(error)) throw new Compacted(await this.#compaction.horizon());
      throw error;
    }
  }

  #ask(): Promise<Revision> {
    const asking = this.#wire
      .read('range', { key: Buffer.from([0]), countOnly: true })
      .then(({ header }) => numberOf(header.revision))
      .finally(() => {
        if (this.#asking === asking) this.#asking = undefined;
      });
    this.#asking = asking;
    return asking;
  }
}
