export { dump, isDump } from './dump.ts';
export { Fairness } from './fairness.ts';
