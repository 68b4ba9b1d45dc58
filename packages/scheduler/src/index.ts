export { ConfigurationError, parseConfiguration } from './configuration/index.ts';
export type { Configuration } from './framework/profile.ts';
export { runScheduler, type SchedulerOptions } from './scheduler.ts';
export { createVerdicts, type SchedulingReason, type Verdicts } from './why/verdicts.ts';
