export {
  StoreDamagedError,
  StoreFailedError,
  StoreFullError,
  StoreLockedError,
  StoreVersionError,
} from './errors.ts';
export { openSqliteStorage, type SqliteOptions } from './sqlite-storage.ts';
