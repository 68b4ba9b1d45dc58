/** What the package `coxswain` gives, from the bundle, where it is one file with its compiled code beside it. */
import { runCompiled } from './compiled.ts';

/** Set by the bundler: the file that holds `index.ts` and all that it needs. */
declare const bundledAs: string;

const { exports, keep } = runCompiled(bundledAs, import.meta.url);
const inside = exports as typeof import('./index.ts');

export const startCluster: typeof inside.startCluster = async (options) => {
  const cluster = await inside.startCluster(options);
  keep();
  return cluster;
};
export const ApiError: typeof inside.ApiError = inside.ApiError;
export const RestlessError: typeof inside.RestlessError = inside.RestlessError;
export type * from './in-process/index.ts';
