import type { Resource } from '@coxswain/api';
import type { World } from '@coxswain/base';
import type { Client, Informers, Recorder } from '@coxswain/client';
import type { PolicyRule } from '@coxswain/api/types/rbac-v1';
import type { Reasons } from './reasons.ts';

/** What a loop is given. */
export interface LoopContext {
  readonly client: Client;
  readonly informers: Informers;
  readonly world: World;
  readonly recorder: Recorder;
  readonly reasons: Reasons;
  readonly signal: AbortSignal;
}

/**
 * The second shape of unit, for the few controllers that are not one kind with one plan: those that work on whatever
 * discovery finds (garbage collector, namespaces) or weigh all objects against each other (node life cycle).
 */
export interface Loop {
  readonly name: string;
  readonly eventSource?: string;
  /** The service account it acts under, where upstream's is not `name`. */
  readonly account?: string;
  /** What it reads and writes, for its RBAC role. */
  readonly reads: readonly Resource[];
  readonly rules: readonly PolicyRule[];
  /** Lives until the signal aborts. */
  readonly run: (context: LoopContext) => Promise<void>;
}
