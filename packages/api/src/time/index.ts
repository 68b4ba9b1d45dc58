export * from './format.ts';
export { parseInstant, TimeError } from './parse.ts';
export type { Instant } from './parse.ts';
export * from './duration.ts';
