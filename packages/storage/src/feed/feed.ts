import { checkRevision } from '../check.ts';
import { Compacted, type Entry, type Revision, type Seen, StoreClosed } from '../storage.ts';

/** One key's change within a commit; all changes of a commit stand next to each other. */
export interface Event {
  readonly type: 'put' | 'remove';
  readonly entry: Entry; // at the commit's revision
  readonly before: Entry | undefined;
  readonly bytes?: number; // where looking at the values would decode them
}

/** Where events are found that the feed no longer holds: whole commits after `after`, and up to where that reaches. */
export type Older = (
  after: Revision,
) => Promise<{ readonly events: readonly Event[]; readonly upTo: Revision }>;

/** Most events handed out at once, but for a commit that has more. */
const batchMax = 1000;
/** Most bytes of values held, where older events can be read elsewhere. */
const bytesMax = 16 * 2 ** 20;

/**
 * The newest events, for any number of watches that each read at their own pace: a slow one costs
 * nothing, and learns that it was overtaken by the watch horizon.
 */
export class Feed {
  readonly #older: Older | undefined;
  #events: Event[] = [];
  #start = 0; // index of the oldest event held
  #bytes = 0;
  #floor: Revision; // events after it are held
  #horizon: Revision;
  #current: Revision;
  #closed = false;
  #waiting: (() => void)[] = [];
  readonly #followers = new Set<(batch: readonly Seen[]) => void>();

  constructor(horizon: Revision, current: Revision, older?: Older) {
    this.#older = older;
    this.#horizon = horizon;
    this.#current = current;
    this.#floor = older ? current : horizon;
  }

  get current(): Revision {
    return this.#current;
  }

  get horizon(): Revision {
    return this.#horizon;
  }

  /** The commit of `revision`; `wake` once all that are there are appended. */
  append(revision: Revision, events: readonly Event[]): void {
    for (const event of events) {
      this.#events.push(event);
      this.#bytes += sizeOf(event);
    }
    this.#current = revision;
    for (const see of this.#followers) see(events);
    if (this.#older)
      while (this.#bytes > bytesMax && this.#start < this.#events.length) this.#dropOldest();
  }

  wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const go of waiting) go();
  }

  /** Moves the watch horizon up to `horizon`, never back. */
  compact(horizon: Revision): void {
    if (horizon <= this.#horizon) return;
    this.#horizon = horizon;
    while (
      this.#start < this.#events.length &&
      this.#events[this.#start]!.entry.revision <= horizon
    )
      this.#dropOldest();
    this.#floor = Math.max(this.#floor, horizon);
  }

  close(): void {
    this.#closed = true;
    this.wake();
  }

  /** What `Storage.follow` promises, where nothing older than is held has to be read. */
  follow(after: Revision, see: (batch: readonly Seen[]) => void): Disposable {
    checkRevision(after, this.#horizon, this.#current);
    const batch = this.#events.slice(this.#indexAfter(after));
    if (batch.length > 0) see(batch);
    this.#followers.add(see);
    return { [Symbol.dispose]: () => void this.#followers.delete(see) };
  }

  /** What `Storage.watch` promises. */
  async *watch(
    prefix: string,
    after: Revision,
    signal: AbortSignal,
  ): AsyncGenerator<readonly Seen[], void> {
    checkRevision(after, this.#horizon, this.#current);
    for (let at = after; ;) {
      signal.throwIfAborted();
      if (this.#closed) throw new StoreClosed();
      if (at < this.#horizon) throw new Compacted(this.#horizon);
      if (at < this.#current) {
        const batch: Seen[] = [];
        at =
          at < this.#floor
            ? await this.#readOlder(prefix, at, batch)
            : this.#read(prefix, at, batch);
        if (at === this.#current && batch.at(-1) === undefined)
          batch.push({ type: 'progress', revision: at });
        else if (at === this.#current && revisionOf(batch.at(-1)!) < at)
          batch.push({ type: 'progress', revision: at });
        if (batch.length > 0) yield batch;
      } else await this.#news(signal);
    }
  }

  /** Adds to `batch` what lies after `after`, and answers up to which revision that is all. */
  #read(prefix: string, after: Revision, batch: Seen[]): Revision {
    for (let i = this.#indexAfter(after); i < this.#events.length; i++) {
      const event = this.#events[i]!;
      const { revision } = event.entry;
      if (batch.length >= batchMax && revision !== revisionOf(batch.at(-1)!)) return revision - 1;
      if (event.entry.key.startsWith(prefix)) batch.push(event);
    }
    return this.#current;
  }

  async #readOlder(prefix: string, after: Revision, batch: Seen[]): Promise<Revision> {
    const { events, upTo } = await this.#older!(after);
    for (const event of events) if (event.entry.key.startsWith(prefix)) batch.push(event);
    return upTo;
  }

  /** Index of the first event after `after`. */
  #indexAfter(after: Revision): number {
    let low = this.#start;
    let high = this.#events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#events[middle]!.entry.revision <= after) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #news(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const go = (): void => {
        signal.removeEventListener('abort', stop);
        resolve();
      };
      const stop = (): void => {
        const at = this.#waiting.indexOf(go);
        if (at >= 0) this.#waiting.splice(at, 1);
        resolve();
      };
      signal.addEventListener('abort', stop, { once: true });
      this.#waiting.push(go);
    });
  }

  #dropOldest(): void {
    const event = this.#events[this.#start]!;
    this.#bytes -= sizeOf(event);
    this.#floor = Math.max(this.#floor, event.entry.revision);
    this.#start++;
    if (this.#start * 2 < this.#events.length) return;
    this.#events = this.#events.slice(this.#start);
    this.#start = 0;
  }
}

const sizeOf = ({ entry, before, bytes }: Event): number =>
  bytes ?? entry.value.length + entry.key.length + (before?.value.length ?? 0);

const revisionOf = (seen: Seen): Revision =>
  seen.type === 'progress' ? seen.revision : seen.entry.revision;
