import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { checkRevision } from '../check.ts';
import type { Revision } from '../storage.ts';
import type { Ledger } from './ledger.ts';
import { idOf } from './schema.ts';

interface Link {
  readonly id: number;
  readonly key: string;
  readonly previous: number;
  readonly removed: number;
  readonly at: number;
}

/** Rows that one step looks at: short enough that no write waits long for it. */
const stepRows = 500;

/** Lets go of versions that neither the watch horizon nor the retention asks for, step by step. */
export class Trimmer {
  readonly #ledger: Ledger;
  readonly #statements: Readonly<Record<keyof typeof sql, StatementSync>>;

  constructor(db: DatabaseSync, ledger: Ledger) {
    this.#ledger = ledger;
    const entries = Object.entries(sql).map(([name, text]) => [name, db.prepare(text)] as const);
    this.#statements = Object.fromEntries(entries) as Record<keyof typeof sql, StatementSync>;
  }

  /** Moves the watch horizon, never back. */
  compact(before: Revision): { readonly horizon: Revision } {
    const { state } = this.#ledger;
    checkRevision(before, 0, state.current);
    state.horizon = Math.max(state.horizon, before);
    return { horizon: state.horizon };
  }

  step(nowMs: number): { readonly done: boolean } {
    const settled = this.#settle();
    const cut = this.#cutOld(nowMs);
    return { done: settled && cut };
  }

  /** What was replaced up to the horizon becomes history, or goes at once under a forgotten prefix. */
  #settle(): boolean {
    const { state, retention } = this.#ledger;
    const end = idOf(state.horizon + 1, 0);
    const links = this.#links(state.settled, end);
    for (const link of links) {
      state.settled = link.id;
      if (link.previous === 0) continue;
      if (retention.forgotten.some((prefix) => link.key.startsWith(prefix))) this.#cut(link);
      else state.history += this.#bytesOf(link.previous) ?? 0;
    }
    return links.length < stepRows;
  }

  /** Cuts the oldest history until the rest fits. */
  #cutOld(nowMs: number): boolean {
    const { state, retention } = this.#ledger;
    const oldestMs = nowMs - retention.historyAgeMaxMs;
    const links = this.#links(state.cut, state.settled + 1);
    for (const link of links) {
      const bytes = link.previous === 0 ? undefined : this.#bytesOf(link.previous);
      const fits = state.history <= retention.historyBytesMax && link.at >= oldestMs;
      if (fits) return true;
      state.cut = link.id;
      if (bytes === undefined) continue;
      state.history -= bytes;
      this.#cut(link);
    }
    return links.length < stepRows;
  }

  /** Forgets what `link` replaced, and a removal that nothing follows. */
  #cut(link: Link): void {
    this.#statements.drop.run(link.previous);
    if (!link.removed || this.#ledger.head(link.key)?.id !== link.id) return;
    this.#statements.drop.run(link.id);
    this.#statements.dropHead.run(link.key);
  }

  #links(after: number, end: number): readonly Link[] {
    return this.#statements.links.all(after, end, stepRows) as unknown as readonly Link[];
  }

  #bytesOf(id: number): number | undefined {
    return (this.#statements.bytes.get(id) as { bytes: number } | undefined)?.bytes;
  }
}

const sql = {
  links:
    'SELECT id, key, previous, removed, at FROM log WHERE id > ? AND id < ? ORDER BY id LIMIT ?',
  bytes: 'SELECT bytes FROM log WHERE id = ?',
  drop: 'DELETE FROM log WHERE id = ?',
  dropHead: 'DELETE FROM heads WHERE key = ?',
} as const;
