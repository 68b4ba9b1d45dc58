import type { Pod } from '@coxswain/api/types/core-v1';

/** A pod that waits for a node. */
export interface Waiting {
  pod: Pod;
  /** When it came to the queue, or failed last: its age among pods of its priority. */
  sinceMs: number;
  attempts: number;
  /** How often no node took it, and how many errors in a row it met: each has a back-off of its own. */
  rejections: number;
  errors: number;
  /** Plugins that said no the last time: only what they wait for wakes it. */
  rejectedBy: ReadonlySet<string>;
  /** In which part of the queue it is; entries of a heap that say otherwise are stale. */
  place: 'active' | 'backoff' | 'unschedulable' | 'gated' | 'trying' | 'gone';
  /** Of its place in a heap; an older one there is stale. */
  entry: number;
}

/** A pod's place in a heap. */
export interface Entry {
  readonly waiting: Waiting;
  readonly entry: number;
}

const priorityOf = ({ pod }: Waiting): number => pod.spec.priority ?? 0;

/** Higher priority first, then the one that waits longer. */
export function comesFirst(a: Entry, b: Entry): boolean {
  const higher = priorityOf(a.waiting) - priorityOf(b.waiting);
  if (higher !== 0) return higher > 0;
  const older = a.waiting.sinceMs - b.waiting.sinceMs;
  return older === 0 ? a.entry < b.entry : older < 0;
}
