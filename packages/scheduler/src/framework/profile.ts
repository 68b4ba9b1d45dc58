import type { Pod } from '@coxswain/api/types/core-v1';
import type { WrittenExtender as ExtenderSettings } from '../configuration/kinds.ts';
import type { CandidateNodes } from '../cycle/preempt.ts';
import type { SchedulerPlugin } from './plugin.ts';

/** How the pods of one `spec.schedulerName` are placed. */
export interface Profile {
  readonly schedulerName: string;
  readonly plugins: readonly SchedulerPlugin[];
  /** Undefined: less important pods are left alone. */
  readonly preemption: CandidateNodes | undefined;
  /** Of the nodes, those that are enough to choose from; 0: fewer the larger the cluster. */
  readonly percentage: number;
}

/** All that a scheduler can be told. */
export interface Configuration {
  readonly profiles: readonly Profile[];
  readonly firstBackoffMs: number;
  readonly maxBackoffMs: number;
  readonly extenders: readonly ExtenderSettings[];
}

/** Who places pods that do not say by whom. */
export const defaultName = 'default-scheduler';

/** The scheduler that a pod asks for. */
export const schedulerNameOf = ({ spec }: Pod): string => spec.schedulerName || defaultName;
