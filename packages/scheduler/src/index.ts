export { ConfigurationError, parseConfiguration } from './configuration/index.ts';
export type { Post } from './extenders/extenders.ts';
export type { Configuration } from './framework/profile.ts';
export { runScheduler } from './run-scheduler.ts';
export type { SchedulerOptions } from './scheduler-options.ts';
export { type Landing, landingsOf } from './why/landing.ts';
export { type Objection, type Placement, placementOf, type Row } from './why/placement.ts';
export type { Cure } from './why/cures.ts';
export { createVerdicts, type SchedulingReason, type Verdicts } from './why/verdicts.ts';
