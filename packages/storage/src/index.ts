export { defaultRetention, type Retention } from './retention.ts';
export * from './storage.ts';
