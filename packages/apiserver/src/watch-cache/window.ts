import type { Clock } from '@coxswain/base';
import type { Revision } from '@coxswain/storage';
import type { Change } from './event.ts';

/** How far back a watch may begin. */
const ageMaxMs = 5 * 60_000;
const bytesMax = 64 * 2 ** 20;
const changesMax = 100_000;

/** The newest changes of one resource, in order; bounded by age, bytes and number. */
export class Window {
  readonly #clock: Clock;
  #changes: { readonly atMs: number; readonly change: Change }[] = [];
  #start = 0;
  #bytes = 0;
  #since: Revision;

  constructor(clock: Clock, since: Revision) {
    this.#clock = clock;
    this.#since = since;
  }

  /** Every change after this revision is held. */
  get since(): Revision {
    return this.#since;
  }

  add(change: Change): void {
    const atMs = this.#clock.now();
    this.#changes.push({ atMs, change });
    this.#bytes += change.bytes;
    const old = atMs - ageMaxMs;
    while (this.#isTooMuch(old)) this.#drop();
  }

  /** The changes after `revision`, which is not before `since`. */
  *after(revision: Revision): Generator<Change, void> {
    let low = this.#start;
    let high = this.#changes.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#changes[middle]!.change.revision <= revision) low = middle + 1;
      else high = middle;
    }
    const changes = this.#changes;
    for (let i = low, end = changes.length; i < end; i++) yield changes[i]!.change;
  }

  /** Takes `older` changes, which end where this window begins and reach back to `since`. */
  deepen(older: readonly Change[], since: Revision): void {
    const atMs = this.#changes[this.#start]?.atMs ?? this.#clock.now();
    const first = older.map((change) => ({ atMs, change }));
    this.#changes = [...first, ...this.#changes.slice(this.#start)];
    this.#start = 0;
    this.#bytes += older.reduce((sum, change) => sum + change.bytes, 0);
    this.#since = since;
  }

  #isTooMuch(oldMs: number): boolean {
    const count = this.#changes.length - this.#start;
    if (count <= 1) return false;
    return this.#bytes > bytesMax || count > changesMax || this.#changes[this.#start]!.atMs < oldMs;
  }

  #drop(): void {
    const { change } = this.#changes[this.#start++]!;
    this.#bytes -= change.bytes;
    this.#since = change.revision;
    if (this.#start * 2 < this.#changes.length) return;
    this.#changes = this.#changes.slice(this.#start);
    this.#start = 0;
  }
}
