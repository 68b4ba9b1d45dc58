import { SortedMap, type World } from '@coxswain/base';
import { keyOf } from '../check.ts';
import { Expiry } from '../expiry/expiry.ts';
import {
  type Author,
  type Change,
  type Committed,
  expiryAuthor,
  type Revision,
  type Seen,
} from '../storage.ts';

/** Most entries that one commit of the expiry removes. */
const expiredMax = 500;
const dueDigits = 16;

interface Mark {
  readonly place: string; // by due time and key
  readonly revision: Revision;
}

/** Removes the entries of this process's commits when their time is over; leases see to those of processes that ended. */
export class Due {
  readonly #perCommit: number;
  readonly #commit: (changes: readonly Change[], by: Author) => Promise<Committed>;
  readonly #places = new SortedMap<string>();
  readonly #marks = new Map<string, Mark>();
  readonly #expiry: Expiry;

  constructor(
    world: World,
    operationsMax: number,
    commit: (changes: readonly Change[], by: Author) => Promise<Committed>,
  ) {
    this.#perCommit = Math.min(expiredMax, Math.floor(operationsMax / 2));
    this.#commit = commit;
    this.#expiry = new Expiry(
      world.clock,
      (nowMs) => world.work.track(this.#sweep(nowMs)),
      (error) => world.log.named('storage').error('expiry failed', error),
    );
  }

  /** A commit was done. */
  wrote(changes: readonly Change[], revision: Revision, atMs: number): void {
    for (const change of changes) {
      const key = keyOf(change);
      this.#forget(key);
      const lifeMs = 'put' in change ? change.expiresMs : undefined;
      if (lifeMs === undefined) continue;
      const dueMs = Math.ceil(atMs + lifeMs);
      const place = `${String(dueMs).padStart(dueDigits, '0')}${key}`;
      this.#places.set(place, key);
      this.#marks.set(key, { place, revision });
      this.#expiry.due(dueMs);
    }
  }

  /** Something happened to a key: what another wrote is another's to remove. */
  see(seen: Seen): void {
    if (seen.type === 'progress' || this.#marks.size === 0) return;
    const mark = this.#marks.get(seen.entry.key);
    if (mark && mark.revision < seen.entry.revision) this.#forget(seen.entry.key);
  }

  close(): void {
    this.#expiry.close();
  }

  #forget(key: string): void {
    const mark = this.#marks.get(key);
    if (!mark) return;
    this.#places.delete(mark.place);
    this.#marks.delete(key);
  }

  async #sweep(nowMs: number): Promise<number | undefined> {
    for (;;) {
      let due: Change[] = [];
      let nextMs: number | undefined;
      this.#places.walk('', (place, key) => {
        const dueMs = Number(place.slice(0, dueDigits));
        if (dueMs > nowMs || due.length === this.#perCommit) nextMs = dueMs;
        else due.push({ remove: key, expect: this.#marks.get(key)!.revision });
        return nextMs === undefined;
      });
      while (due.length > 0) {
        const committed = await this.#commit(due, expiryAuthor);
        if (committed.done) break;
        this.#forget(committed.key);
        due = due.filter((change) => keyOf(change) !== committed.key);
      }
      for (const change of due) this.#forget(keyOf(change));
      if (nextMs === undefined || nextMs > nowMs) return nextMs;
    }
  }
}
