export {
  type Cache,
  type Change,
  type Changes,
  compareRevisions,
  type IndexOf,
  keyOf,
  splitKey,
} from './cache.ts';
export { createInformers, type Informers } from './informers.ts';
export { lastingWatchSeconds, runWatch, type Selection, type Sink } from './watch-machine.ts';
