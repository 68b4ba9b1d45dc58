import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { checkRevision } from '../check.ts';
import type { Revision } from '../storage.ts';
import type { Carry, Head, Ledger, Row } from './ledger.ts';
import type { Answers, PackedEntry, PackedEvent, PackedWritten } from './messages.ts';
import { idOf, revisionOf } from './schema.ts';

/** Most events, and most bytes of values, of one answer, but for a commit that has more. */
const eventsMax = 1000;
const eventBytesMax = 4 * 2 ** 20;
/** Most versions of one answer. */
const versionsMax = 100;

/** The end of the keys that start with `prefix`: no text has a character above it. */
const endOf = (prefix: string): string => `${prefix}\u{10ffff}`;

/** Answers reads from the log. Reads no more than was asked for. */
export class Reader {
  readonly #ledger: Ledger;
  readonly #statements: Readonly<Record<keyof typeof sql, StatementSync>>;

  constructor(db: DatabaseSync, ledger: Ledger) {
    this.#ledger = ledger;
    const entries = Object.entries(sql).map(([name, text]) => [name, db.prepare(text)] as const);
    this.#statements = Object.fromEntries(entries) as Record<keyof typeof sql, StatementSync>;
  }

  get(key: string, at: Revision | undefined, carry: Carry): PackedEntry | undefined {
    if (at !== undefined) this.#check(at);
    const head = this.#ledger.head(key);
    let row = head && this.#ledger.row(head.id);
    const newest = at ?? Infinity;
    while (row && revisionOf(row.id) > newest) row = this.#ledger.row(row.previous);
    return row && !row.removed ? this.#ledger.entry(row, carry) : undefined;
  }

  list(
    prefix: string,
    from: string,
    limit: number,
    at: Revision | undefined,
    carry: Carry,
  ): Answers['list'] {
    const { current } = this.#ledger.state;
    if (at !== undefined) this.#check(at);
    const first = from > prefix ? from : prefix;
    if (at !== undefined && at < current) return this.#listAt(prefix, first, limit, at, carry);
    const entries: PackedEntry[] = [];
    const rows = this.#statements.list.iterate(first, endOf(prefix), limit > 0 ? limit : -1);
    for (const row of rows as Iterable<unknown>)
      entries.push(this.#ledger.entry(row as Row, carry));
    const full = limit > 0 && entries.length === limit;
    const remaining = full ? this.#count(`${entries.at(-1)!.key}\0`, endOf(prefix)) : 0;
    return { entries, at: current, remaining };
  }

  count(prefix: string): number {
    return this.#count(prefix, endOf(prefix));
  }

  /** Whole commits after `after`, as many as fit into an answer. */
  events(after: Revision, carry: Carry): Answers['events'] {
    this.#check(after);
    const events: PackedEvent[] = [];
    let bytes = 0;
    for (const found of this.#statements.events.iterate(idOf(after + 1, 0)) as Iterable<unknown>) {
      const row = found as Row;
      const revision = revisionOf(row.id);
      const full = events.length >= eventsMax || bytes >= eventBytesMax;
      if (full && revision !== events.at(-1)!.entry.revision) return { events, upTo: revision - 1 };
      const previous = this.#ledger.row(row.previous);
      const before = previous && !previous.removed ? previous : undefined;
      bytes += row.value.length + (before?.value.length ?? 0);
      const entry = this.#ledger.entry(row, carry);
      events.push({
        removed: row.removed === 1,
        entry,
        before: before && this.#ledger.entry(before, carry),
      });
    }
    return { events, upTo: this.#ledger.state.current };
  }

  /** Versions of `key`, newest first, from the row `from` on. */
  history(key: string, from: number | undefined, carry: Carry): Answers['history'] {
    const written: PackedWritten[] = [];
    const forgotten = this.#ledger.retention.forgotten.some((prefix) => key.startsWith(prefix));
    let id = from ?? this.#ledger.head(key)?.id ?? 0;
    while (id !== 0 && written.length < versionsMax) {
      const version = this.#statements.version.get(id) as Version | undefined;
      if (!version) return { written, next: undefined };
      const value = version.removed ? this.#ledger.row(version.previous)?.value : version.value;
      if (!value || (version.removed && forgotten)) return { written, next: undefined };
      const { user, agent, at } = version;
      const entry = this.#ledger.entry({ ...version, value }, carry);
      written.push({ entry, removed: version.removed === 1, by: { user, agent }, atMs: at });
      id = forgotten ? 0 : version.previous;
    }
    return { written, next: id === 0 ? undefined : id };
  }

  /** The newest state with every change after `at` undone. */
  #listAt(
    prefix: string,
    from: string,
    limit: number,
    at: Revision,
    carry: Carry,
  ): Answers['list'] {
    const undone = new Map<string, number>(); // the version that stood at `at`, 0 for none
    const changed = this.#statements.changed.iterate(idOf(at + 1, 0), from, endOf(prefix));
    for (const found of changed as Iterable<unknown>) {
      const { key, previous } = found as { key: string; previous: number };
      if (!undone.has(key)) undone.set(key, previous);
    }
    const entries: PackedEntry[] = [];
    let remaining = 0;
    for (const found of this.#statements.heads.iterate(from, endOf(prefix)) as Iterable<unknown>) {
      const head = found as Head & { key: string };
      const id = undone.get(head.key) ?? (head.live ? head.id : 0);
      const { removed } = (this.#statements.removed.get(id) ?? { removed: 1 }) as {
        removed: number;
      };
      if (removed) continue;
      if (limit > 0 && entries.length === limit) remaining++;
      else entries.push(this.#ledger.entry(this.#ledger.row(id)!, carry));
    }
    return { entries, at, remaining };
  }

  #count(from: string, end: string): number {
    const { count } = this.#statements.count.get(from, end) as { count: number };
    return count;
  }

  #check(at: Revision): void {
    checkRevision(at, this.#ledger.state.horizon, this.#ledger.state.current);
  }
}

interface Version extends Row {
  readonly at: number;
  readonly user: string;
  readonly agent: string;
}

const row = 'log.id, log.key, log.previous, log.created, log.removed, log.value';

const sql = {
  list: `SELECT ${row} FROM heads JOIN log ON log.id = heads.id
    WHERE heads.key >= ? AND heads.key < ? AND heads.live = 1 ORDER BY heads.key LIMIT ?`,
  count: 'SELECT count(*) AS count FROM heads WHERE key >= ? AND key < ? AND live = 1',
  heads: 'SELECT key, id, live, due FROM heads WHERE key >= ? AND key < ? ORDER BY key',
  removed: 'SELECT removed FROM log WHERE id = ?',
  changed: 'SELECT key, previous FROM log WHERE id >= ? AND key >= ? AND key < ? ORDER BY id',
  events: `SELECT ${row} FROM log WHERE id >= ? ORDER BY id`,
  version: `SELECT ${row}, log.at, user, agent FROM log JOIN authors ON authors.id = log.author WHERE log.id = ?`,
} as const;
