/** What the package `coxswain` gives, from the bundle: turns the compile cache on before the rest is loaded. */
import { enableCompileCache } from 'node:module';

enableCompileCache(new URL('cache', import.meta.url).pathname);
const inside: typeof import('./index.ts') = await import('./index.ts');

export const startCluster: typeof inside.startCluster = inside.startCluster;
export const ApiError: typeof inside.ApiError = inside.ApiError;
export const RestlessError: typeof inside.RestlessError = inside.RestlessError;
export type * from './in-process/index.ts';
