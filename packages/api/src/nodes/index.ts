export { fitsRequired, matchesTerm } from './affinity.ts';
export { tolerates } from './taints.ts';
