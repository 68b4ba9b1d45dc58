import { Worker } from 'node:worker_threads';
import type { World } from '@coxswain/base';
import { checkChanges, keyOf } from '../check.ts';
import { Expiry } from '../expiry/expiry.ts';
import { type Event, Feed } from '../feed/feed.ts';
import { defaultRetention, type Retention } from '../retention.ts';
import {
  type Author,
  type Change,
  type Committed,
  type Entry,
  type Listed,
  type Page,
  type Revision,
  type Seen,
  type Storage,
  StoreClosed,
  type Written,
} from '../storage.ts';
import { errorOf } from './errors.ts';
import { Line, openedBy, type Take } from './line.ts';
import type { Answers, Opened, PackedChange, PackedEntry, PackedEvent, Setup } from './messages.ts';

export interface SqliteOptions extends Partial<Retention> {
  /** The file; its log stands beside it under the same name and `-wal`. */
  readonly path: string;
}

/**
 * A store in one file. What was acknowledged is on disk, whatever happens to the process. Throws
 * StoreVersionError, StoreDamagedError, StoreLockedError or StoreFullError.
 */
export async function openSqliteStorage(world: World, options: SqliteOptions): Promise<Storage> {
  const { path, ...retention } = options;
  const setup: Setup = { path, retention: { ...defaultRetention, ...retention } };
  const worker = new Worker(new URL('./sqlite.worker.ts', import.meta.url), { workerData: setup });
  const opened = await openedBy(worker);
  if ('failure' in opened) throw errorOf(opened.failure);
  return new SqliteStorage(world, worker, setup.retention, opened);
}

class SqliteStorage implements Storage {
  readonly #world: World;
  readonly #retention: Retention;
  readonly #line: Line;
  readonly #feed: Feed;
  readonly #expiry: Expiry;
  #compacting = false;
  #underWay = 0; // commits asked for and not answered

  constructor(
    world: World,
    worker: Worker,
    retention: Retention,
    opened: Exclude<Opened, { failure: unknown }>,
  ) {
    this.#world = world;
    this.#retention = retention;
    this.#line = new Line(worker, world, () => this.#feed.wake());
    this.#feed = new Feed(opened.horizon, opened.current, (after) =>
      this.#line.ask({ do: 'events', after }, [], ({ events, upTo }, take) => ({
        events: events.map((event) => unpackEvent(event, take)),
        upTo,
      })),
    );
    const log = world.log.named('storage');
    this.#expiry = new Expiry(
      world.clock,
      (nowMs) => this.#sweep(nowMs),
      (error) => log.error('expiry failed', error),
    );
    if (opened.nextDueMs !== undefined) this.#expiry.due(opened.nextDueMs);
  }

  async commit(changes: readonly Change[], by: Author): Promise<Committed> {
    checkChanges(changes);
    const values = changes.flatMap((change) => ('put' in change ? [change.value] : []));
    const atMs = this.#world.clock.now();
    const job = { do: 'commit', changes: changes.map(packChange), by, atMs } as const;
    this.#underWay++;
    try {
      return await this.#line.ask(job, values, (answer, take) => {
        this.#underWay--;
        return this.#committed(changes, atMs, answer, take);
      });
    } catch (error) {
      this.#underWay--;
      throw error;
    }
  }

  get(key: string, at?: Revision): Promise<Entry | undefined> {
    return this.#line.ask(
      { do: 'get', key, at },
      [],
      (entry, take) => entry && unpackEntry(entry, take),
    );
  }

  list(prefix: string, { from = '', limit = 0, at }: Page = {}): Promise<Listed> {
    return this.#line.ask({ do: 'list', prefix, from, limit, at }, [], (listed, take) => ({
      ...listed,
      entries: listed.entries.map((entry) => unpackEntry(entry, take)),
    }));
  }

  count(prefix: string): Promise<number> {
    return this.#line.ask({ do: 'count', prefix }, [], (count) => count);
  }

  watch(prefix: string, after: Revision, signal: AbortSignal): AsyncIterable<readonly Seen[]> {
    return this.#feed.watch(prefix, after, signal);
  }

  /** This process alone writes, and tells nobody of a commit before the feed has it. */
  async current(): Promise<Revision> {
    return this.#feed.current;
  }

  upcoming(): Revision {
    return this.#feed.current + this.#underWay + 1;
  }

  async compact(before: Revision): Promise<void> {
    const job = { do: 'compact', before } as const;
    await this.#line.ask(job, [], ({ horizon }) => this.#feed.compact(horizon));
    for (let done = false; !done;) {
      const nowMs = this.#world.clock.now();
      done = await this.#line.ask({ do: 'trim', nowMs }, [], (trimmed) => trimmed.done);
    }
  }

  async *history(key: string): AsyncGenerator<Written, void> {
    for (let from: number | undefined; ;) {
      const { written, next } = await this.#line.ask(
        { do: 'history', key, from },
        [],
        ({ written, next }, take) => ({
          written: written.map((one) => ({ ...one, entry: unpackEntry(one.entry, take) })),
          next,
        }),
      );
      yield* written;
      if (next === undefined) return;
      from = next;
    }
  }

  bytes(): Promise<number> {
    return this.#line.ask({ do: 'bytes' }, [], (bytes) => bytes);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#expiry.close();
    await this.#line.close();
    this.#feed.close();
  }

  #committed(
    changes: readonly Change[],
    atMs: number,
    answer: Answers['commit'],
    take: Take,
  ): Committed {
    if ('refused' in answer) {
      const found = answer.found && unpackEntry(answer.found, take);
      return { done: false, key: answer.refused, found };
    }
    const { revision } = answer;
    const events: Event[] = [];
    for (const [index, change] of changes.entries()) {
      const packed = answer.before[index];
      const before = packed && unpackEntry(packed, take);
      const key = keyOf(change);
      const created = before?.created ?? revision;
      if ('put' in change) {
        events.push({
          type: 'put',
          entry: { key, value: change.value, revision, created },
          before,
        });
        if (change.expiresMs !== undefined) this.#expiry.due(atMs + change.expiresMs);
      } else if (before) events.push(removal(before, revision));
    }
    this.#append(revision, events);
    return { done: true, revision };
  }

  async #sweep(nowMs: number): Promise<number | undefined> {
    return this.#line.ask({ do: 'sweep', nowMs }, [], ({ commits, nextMs }, take) => {
      for (const { revision, removed } of commits)
        this.#append(
          revision,
          removed.map((entry) => removal(unpackEntry(entry, take), revision)),
        );
      return nextMs;
    });
  }

  #append(revision: Revision, events: readonly Event[]): void {
    if (events.length === 0) return;
    this.#feed.append(revision, events);
    const { watchRevisionsMax } = this.#retention;
    if (this.#compacting || revision - this.#feed.horizon <= watchRevisionsMax) return;
    this.#compacting = true;
    // Every so often rather than each time: the horizon moves by a tenth of its width.
    this.compact(revision - Math.floor(watchRevisionsMax * 0.9))
      .catch((error: unknown) => {
        if (error instanceof StoreClosed) return;
        this.#world.log.named('storage').error('compaction failed', error);
      })
      .finally(() => (this.#compacting = false));
  }
}

const removal = (before: Entry, revision: Revision): Event => ({
  type: 'remove',
  entry: { ...before, revision },
  before,
});

const packChange = (change: Change): PackedChange =>
  'put' in change
    ? {
        key: change.put,
        length: change.value.length,
        expect: change.expect,
        expiresMs: change.expiresMs,
      }
    : { key: change.remove, length: -1, expect: change.expect, expiresMs: undefined };

function unpackEntry({ key, revision, created, length }: PackedEntry, take: Take): Entry {
  return { key, value: take(length), revision, created };
}

function unpackEvent({ removed, entry, before }: PackedEvent, take: Take): Event {
  const put = unpackEntry(entry, take);
  const was = before && unpackEntry(before, take);
  return removed ? removal(was!, put.revision) : { type: 'put', entry: put, before: was };
}
