import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Retention } from '../retention.ts';
import { type Author, expiryAuthor, type Revision } from '../storage.ts';
import type { Answers, PackedChange, PackedEntry } from './messages.ts';
import { idOf, revisionOf } from './schema.ts';

export interface Head {
  readonly id: number;
  readonly live: number;
  readonly due: number | null;
}

export interface Row {
  readonly id: number;
  readonly key: string;
  readonly previous: number;
  readonly created: Revision;
  readonly removed: number;
  readonly value: Uint8Array;
}

interface State {
  current: Revision;
  horizon: Revision;
  settled: number;
  cut: number;
  history: number;
}

/** Takes the values that belong to an answer, in order. */
export type Carry = (value: Uint8Array) => void;

/** Most entries that one commit of the expiry removes. */
const expiredMax = 500;
/** Most authors whose numbers are remembered. */
const authorsMax = 10_000;
const nothing = new Uint8Array(0);

/** Writes to the log. Everything runs inside the transaction that the caller has opened. */
export class Ledger {
  readonly retention: Retention;
  state: State;
  readonly #authors = new Map<string, number>();
  readonly #statements: ReturnType<typeof prepare>;

  constructor(db: DatabaseSync, retention: Retention) {
    this.retention = retention;
    this.#statements = prepare(db);
    this.state = this.readState();
  }

  /** What the file says; after a rollback `state` must be set to it again. */
  readState(): State {
    return { ...(this.#statements.readState.get() as unknown as State) };
  }

  writeState(): void {
    const { current, horizon, settled, cut, history } = this.state;
    this.#statements.writeState.run(current, horizon, settled, cut, history);
  }

  /** After a rollback: numbers given to authors in it are void. */
  forget(): void {
    this.#authors.clear();
    this.state = this.readState();
  }

  head(key: string): Head | undefined {
    return this.#statements.head.get(key) as Head | undefined;
  }

  row(id: number): Row | undefined {
    return id === 0 ? undefined : (this.#statements.row.get(id) as Row | undefined);
  }

  nextDueMs(): number | undefined {
    const { due } = this.#statements.nextDue.get() as { due: number | null };
    return due ?? undefined;
  }

  commit(
    changes: readonly PackedChange[],
    values: readonly Uint8Array[],
    by: Author,
    atMs: number,
    carry: Carry,
  ): Answers['commit'] {
    const heads = changes.map(({ key }) => this.head(key));
    for (const [index, { key, expect }] of changes.entries()) {
      const head = heads[index];
      const stands = head?.live ? revisionOf(head.id) : 0;
      if (expect === undefined || expect === stands) continue;
      return { refused: key, found: stands ? this.entry(this.row(head!.id)!, carry) : undefined };
    }
    if (changes.every(({ length }, index) => length < 0 && !heads[index]?.live))
      return { revision: this.state.current, before: changes.map(() => undefined) };
    const revision = ++this.state.current;
    const author = this.#author(by);
    const before = changes.map((change, index) => {
      const head = heads[index];
      const previous = head?.live ? this.row(head.id) : undefined;
      if (change.length >= 0 || previous)
        this.#write(idOf(revision, index), change, values[index]!, head, previous, author, atMs);
      return previous && this.entry(previous, carry);
    });
    return { revision, before };
  }

  /** Removes what is due at `nowMs`, in commits of their own. */
  sweep(nowMs: number, carry: Carry): Answers['sweep'] {
    const commits: { revision: Revision; removed: readonly PackedEntry[] }[] = [];
    for (;;) {
      const due = this.#statements.due.all(nowMs, expiredMax) as unknown as { key: string }[];
      if (due.length === 0) return { commits, nextMs: this.nextDueMs() };
      const changes = due.map(({ key }) => ({
        key,
        length: -1,
        expect: undefined,
        expiresMs: undefined,
      }));
      const done = this.commit(
        changes,
        changes.map(() => nothing),
        expiryAuthor,
        nowMs,
        carry,
      );
      if ('revision' in done)
        commits.push({ revision: done.revision, removed: done.before.map((entry) => entry!) });
    }
  }

  /** The row as an entry; its value goes to `carry`. */
  entry(row: Row, carry: Carry): PackedEntry {
    carry(row.value);
    const { id, key, created, value } = row;
    return { key, revision: revisionOf(id), created, length: value.length };
  }

  #write(
    id: number,
    change: PackedChange,
    value: Uint8Array,
    head: Head | undefined,
    previous: Row | undefined,
    author: number,
    atMs: number,
  ): void {
    const { key, length, expiresMs } = change;
    const removed = length < 0;
    const created = previous?.created ?? revisionOf(id);
    const bytes = key.length + (removed ? previous!.value.length : length);
    const due = removed || expiresMs === undefined ? null : atMs + expiresMs;
    const stored = removed ? nothing : value;
    this.#statements.log.run(
      id,
      key,
      head?.id ?? 0,
      created,
      Number(removed),
      bytes,
      atMs,
      author,
      stored,
    );
    this.#statements.setHead.run(key, id, Number(!removed), due);
  }

  #author({ user, agent }: Author): number {
    const name = `${user}\0${agent}`;
    const known = this.#authors.get(name);
    if (known !== undefined) return known;
    this.#statements.addAuthor.run(user, agent);
    const { id } = this.#statements.author.get(user, agent) as { id: number };
    if (this.#authors.size >= authorsMax) this.#authors.clear();
    this.#authors.set(name, id);
    return id;
  }
}

function prepare(db: DatabaseSync): Readonly<Record<Name, StatementSync>> {
  const entries = Object.entries(sql).map(([name, text]) => [name, db.prepare(text)] as const);
  return Object.fromEntries(entries) as Record<Name, StatementSync>;
}

type Name = keyof typeof sql;

const sql = {
  readState: 'SELECT current, horizon, settled, cut, history FROM state',
  writeState: 'UPDATE state SET current = ?, horizon = ?, settled = ?, cut = ?, history = ?',
  head: 'SELECT id, live, due FROM heads WHERE key = ?',
  setHead: 'INSERT OR REPLACE INTO heads VALUES (?, ?, ?, ?)',
  row: 'SELECT id, key, previous, created, removed, value FROM log WHERE id = ?',
  log: 'INSERT INTO log VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
  nextDue: 'SELECT min(due) AS due FROM heads WHERE due IS NOT NULL',
  due: 'SELECT key FROM heads WHERE due <= ? ORDER BY due, key LIMIT ?',
  author: 'SELECT id FROM authors WHERE user = ? AND agent = ?',
  addAuthor: 'INSERT OR IGNORE INTO authors (user, agent) VALUES (?, ?)',
} as const;
