import type { World } from '@coxswain/base';
import type { Client, Informers, Recorder } from '@coxswain/client';
import type { Post } from './extenders/extenders.ts';
import type { Configuration, Profile } from './framework/profile.ts';
import type { Preemptions } from './preemptions.ts';
import type { Verdicts } from './why/verdicts.ts';

/** What a scheduler is given. */
export interface SchedulerOptions {
  readonly world: World;
  readonly client: Client;
  readonly informers: Informers;
  readonly signal: AbortSignal;
  /** The default profile with its defaults when absent. */
  readonly configuration?: Configuration;
  /** How extenders are reached, where the configuration has any. */
  readonly post?: Post;
  /** Where the last verdict about each pod is kept, for whoever asks why. */
  readonly verdicts?: Verdicts;
}

/** A profile with what speaks in its name. */
export interface Living extends Profile {
  readonly recorder: Recorder;
  readonly preemptions: Preemptions;
}
