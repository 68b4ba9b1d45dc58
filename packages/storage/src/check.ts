import { type Change, changesMax, Compacted, FutureRevision, type Revision } from './storage.ts';

export const keyOf = (change: Change): string => ('put' in change ? change.put : change.remove);

/** Throws what a caller must never do: no change or too many, a key twice, a key that is not text. */
export function checkChanges(changes: readonly Change[]): void {
  if (changes.length === 0) throw new RangeError('a commit needs a change');
  if (changes.length > changesMax) throw new RangeError(`more than ${changesMax} changes`);
  for (const change of changes)
    if (!keyOf(change).isWellFormed()) throw new RangeError('a key must be well-formed text');
  if (changes.length > 1 && new Set(changes.map(keyOf)).size < changes.length)
    throw new RangeError('a commit changes a key once');
}

/** Throws where `at` cannot be read: behind `horizon`, or past `current`. */
export function checkRevision(at: Revision, horizon: Revision, current: Revision): void {
  if (at < horizon) throw new Compacted(horizon);
  if (at > current) throw new FutureRevision(current);
}
