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

/** A pod's place in a heap, with what orders it there: heaps are large, and pods far away. */
export interface Entry {
  readonly waiting: Waiting;
  readonly entry: number;
  readonly priority: number;
  readonly sinceMs: number;
}

/** A new place for it; older ones are stale from now on. */
export function entryOf(waiting: Waiting, entry: number): Entry {
  waiting.entry = entry;
  return { waiting, entry, priority: waiting.pod.spec.priority ?? 0, sinceMs: waiting.sinceMs };
}

/** Higher priority first, then the one that waits longer. */
export function comesFirst(a: Entry, b: Entry): boolean {
  if (a.priority !== b.priority) return a.priority > b.priority;
  return a.sinceMs === b.sinceMs ? a.entry < b.entry : a.sinceMs < b.sinceMs;
}
