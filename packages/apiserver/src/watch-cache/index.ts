export {
  Cached,
  freezeDeep,
  fromEntry,
  glance,
  glanceAtParts,
  justWritten,
  lend,
  objectOf,
  parseStored,
  placesOf,
  protobufOf,
  knownText,
  unwritten,
  storedBytes,
  toStored,
  withRevision,
} from './cached.ts';
export { bookmark, type CacheEvent, initialEvent } from './event.ts';
export { ResourceCache, type ResourceCacheOptions } from './resource-cache.ts';
export type { Ahead, Turn } from './turns.ts';
export { WatchCache } from './watch-cache.ts';
export { type Interest, Watcher } from './watcher.ts';
export { type KnownText, slotOf } from './stored-text.ts';
