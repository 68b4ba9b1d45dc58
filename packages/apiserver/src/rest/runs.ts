import type { Cached } from '../watch-cache/index.ts';

/** Objects that stand next to each other in lists: what is made of them serves every list that holds them so. */
export interface Run {
  readonly members: readonly Cached[];
  /** Where its pieces stand in those of the list; the comma before it is not one of them. */
  readonly from: number;
  readonly to: number;
}

/** Longest run, and how many of the hash's values end one. */
const membersMax = 256;
const endsOneIn = 64;

/** The runs of a list, by its pieces. */
export const runsOf: WeakMap<readonly Uint8Array[], readonly Run[]> = new WeakMap();

/** Cuts `items` where their own keys say: an item that comes or goes moves no cut but its own. */
export function* cutIntoRuns(items: readonly Cached[]): Generator<readonly Cached[], void> {
  let from = 0;
  for (let i = 0; i < items.length; i++) {
    if (i + 1 - from < membersMax && hash(items[i]!.key) % endsOneIn !== 0) continue;
    yield items.slice(from, i + 1);
    from = i + 1;
  }
  if (from < items.length) yield items.slice(from);
}

/** The end of a key tells it apart from its neighbours. */
function hash(key: string): number {
  let sum = 0;
  for (let i = Math.max(0, key.length - 12); i < key.length; i++)
    sum = (Math.imul(sum, 31) + key.charCodeAt(i)) | 0;
  return sum >>> 4;
}
