export { runScheduler, type SchedulerOptions } from './scheduler.ts';
export { createVerdicts, type SchedulingReason, type Verdicts } from './why/verdicts.ts';
