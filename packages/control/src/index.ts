export * from './controller.ts';
export { KeyedQueue, type Outcome } from './keyed-queue.ts';
export type { Loop, LoopContext } from './loop.ts';
export { createReasons, type ObjectRef, type Reason, type Reasons } from './reasons.ts';
export { roleOf } from './role.ts';
export { type ControlContext, runUnits } from './run.ts';
export { isLoop, type Unit } from './unit.ts';
