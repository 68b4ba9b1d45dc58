import type { World } from '@coxswain/base';
import type { Retention } from '../retention.ts';
import type { Author, Entry, Revision, Written } from '../storage.ts';
import { endOf, type Keys, LazyEntry, type ValueForm } from './form.ts';
import { type KeyValue, numberOf } from './messages.ts';
import { decodeRecord, type Kept, readName, type Record, recordsToDrop } from './records.ts';
import type { EtcdWire } from './wire.ts';

const pageMax = 1000;
const unknown: Author = { user: '', agent: '' };

export interface HistoryParts {
  readonly world: World;
  readonly wire: EtcdWire;
  readonly keys: Keys;
  readonly form: ValueForm;
  readonly retention: Retention;
  readonly operationsMax: number;
}

/** What is told about the versions of keys, and how long. */
export class History {
  readonly #parts: HistoryParts;
  constructor(parts: HistoryParts) {
    this.#parts = parts;
  }

  /** What is retained of `key`, newest first; `current` is what stands now. */
  async read(key: string, current: KeyValue | undefined): Promise<readonly Written[]> {
    const { keys, form } = this.#parts;
    const lines: { readonly revision: Revision; readonly record: Record }[] = [];
    const named = new Set<Revision>();
    for await (const kv of this.#all(keys.records(key), false)) {
      const revision = numberOf(kv.modRevision);
      named.add(revision);
      lines.push({ revision, record: decodeRecord(kv.value) });
    }
    const now = current && new LazyEntry(key, current, form);
    const past = lines.filter(({ revision }) => revision !== now?.revision);
    past.sort((a, b) => a.revision - b.revision);
    const own = lines.find(({ revision }) => revision === now?.revision)?.record;
    const written = past.reduce((all, { revision, record }) => {
      const before = all.at(-1);
      const entry = this.#entry(key, revision, record, before, now);
      const { removed, by, atMs } = record;
      all.push({ entry, removed, by, atMs });
      return all;
    }, [] as Written[]);
    // A version that another program wrote has no record.
    if (now)
      written.push({ entry: now, removed: false, by: own?.by ?? unknown, atMs: own?.atMs ?? 0 });
    return written.toReversed();
  }

  /** Lets go of what neither the horizon nor the retention asks for. */
  async trim(horizon: Revision): Promise<void> {
    const { world, wire, keys, retention, operationsMax } = this.#parts;
    const kept: Kept[] = [];
    for await (const kv of this.#all(keys.allRecords, true)) {
      const name = Buffer.from(kv.key).toString();
      const told = readName(name);
      if (!told) continue;
      kept.push({ ...told, name, key: keys.ofRecord(name), revision: numberOf(kv.modRevision) });
    }
    const { historyBytesMax, historyAgeMaxMs } = retention;
    const oldestMs = world.clock.now() - historyAgeMaxMs;
    const dropped = recordsToDrop(kept, horizon, historyBytesMax, oldestMs);
    for (let i = 0; i < dropped.length; i += operationsMax) {
      const some = dropped.slice(i, i + operationsMax);
      const success = some.map((name) => ({ requestDeleteRange: { key: Buffer.from(name) } }));
      await wire.call('txn', { success });
    }
  }

  /** The entry of a past version; a removal shows the value before it. */
  #entry(
    key: string,
    revision: Revision,
    { removed, stored }: Record,
    before: Written | undefined,
    now: Entry | undefined,
  ): Entry {
    const { form } = this.#parts;
    const line = before && !before.removed ? before.entry : undefined;
    // How far a line of versions goes back is known while it stands; else from the oldest one retained.
    const ofNow = now && now.created <= revision ? now.created : undefined;
    const created = ofNow ?? line?.created ?? revision;
    if (removed) {
      const value = line?.value ?? new Uint8Array();
      return { key, value, revision, created };
    }
    const kv = { key: stored, createRevision: created, modRevision: revision, version: 0 };
    return new LazyEntry(key, { ...kv, value: stored }, form);
  }

  async *#all(prefix: string, keysOnly: boolean): AsyncGenerator<KeyValue, void> {
    const rangeEnd = endOf(prefix);
    for (let key = Buffer.from(prefix); ;) {
      const { kvs, more } = await this.#parts.wire.read('range', {
        ...{ key, rangeEnd, keysOnly, limit: pageMax },
      });
      yield* kvs;
      if (!more) return;
      key = Buffer.concat([kvs.at(-1)!.key, Buffer.from([0])]);
    }
  }
}
