export { type Election, runWithLease } from './lease.ts';
