import type { Controller } from './controller.ts';
import type { Loop } from './loop.ts';

/** What the runtime runs. */
export type Unit = Controller<any> | Loop;

export const isLoop = (unit: Unit): unit is Loop => 'run' in unit;
