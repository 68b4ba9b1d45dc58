import type { Pod } from '@coxswain/api/types/core-v1';
import type { PodDisruptionBudget } from '@coxswain/api/types/policy-v1';
import type { Snapshot } from '../cycle/schedule-pod.ts';
import type { Profile } from '../framework/profile.ts';

/** The scheduler's own sight of the cluster at this instant, for whoever asks why or what if. Nobody changes what it shows. */
export interface SchedulerView {
  readonly snapshot: Snapshot;
  readonly profileOf: (pod: Pod) => Profile | undefined;
  readonly budgets: () => readonly PodDisruptionBudget[];
}

/** Numbers and names that say why, e.g. `{ resource: 'cpu', needs: '500m', free: '200m' }`. */
export type Facts = Readonly<Record<string, string | number>>;
