import { existsSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { changesMax, type Revision } from '../storage.ts';
import {
  StoreDamagedError,
  StoreFailedError,
  StoreLockedError,
  StoreVersionError,
} from './errors.ts';

/** "COXS": what tells a store of ours from any other SQLite file. */
const applicationId = 0x434f5853;
/** Of the pages of a new store. */
export const pageBytes = 8192;
const busy = 5; // SQLITE_BUSY

/** Brings a store from one version to the next. All steps that a store needs are done in one transaction, or none is. */
export type Upgrade = (db: DatabaseSync) => void;
/** From version 1 on: the first makes version 2. */
const upgrades: readonly Upgrade[] = [];
/** The version that `schema` makes. */
const version = 1 + upgrades.length;

/**
 * `log` holds every version of every key once, in the order of writing; `previous` is the version it replaced,
 * 0 for none, and may name one that is no longer retained. `heads` names the newest version of each key. Between
 * `settled` and the horizon nothing was let go of yet; `cut` is how far the retained history was.
 */
const schema = `
  CREATE TABLE authors (id INTEGER PRIMARY KEY, user TEXT NOT NULL, agent TEXT NOT NULL, UNIQUE (user, agent)) STRICT;
  CREATE TABLE log (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL, previous INTEGER NOT NULL, created INTEGER NOT NULL,
    removed INTEGER NOT NULL, bytes INTEGER NOT NULL, at REAL NOT NULL, author INTEGER NOT NULL, value BLOB NOT NULL
  ) STRICT;
  CREATE TABLE heads (key TEXT PRIMARY KEY, id INTEGER NOT NULL, live INTEGER NOT NULL, due REAL) STRICT, WITHOUT ROWID;
  CREATE INDEX heads_due ON heads (due) WHERE due IS NOT NULL;
  CREATE TABLE state (
    current INTEGER NOT NULL, horizon INTEGER NOT NULL, settled INTEGER NOT NULL, cut INTEGER NOT NULL,
    history INTEGER NOT NULL
  ) STRICT;
  INSERT INTO state VALUES (0, 0, 0, 0, 0);
  PRAGMA application_id = ${applicationId};
  PRAGMA user_version = ${version};
`;

/** The row of `log` that holds change `index` of the commit `revision`. */
export const idOf = (revision: Revision, index: number): number => revision * changesMax + index;
export const revisionOf = (id: number): Revision => Math.floor(id / changesMax);

/** Opens the store at `path`, alone in the world, or makes a new one. Throws the errors of `errors.ts`. */
export function openDatabase(path: string, steps: readonly Upgrade[] = upgrades): DatabaseSync {
  const unclean = existsSync(`${path}-wal`) && statSync(`${path}-wal`).size > 0;
  const db = openFile(path);
  try {
    // The lock comes with the first access, is the kernel's, and goes with the process however that ends.
    db.exec(`PRAGMA locking_mode = EXCLUSIVE; PRAGMA page_size = ${pageBytes}`);
    const read = (name: string): number => pragma(db, name) as number;
    const fresh = read('application_id') === 0 && read('page_count') <= 1 && isEmpty(db);
    if (!fresh) checkVersion(read('application_id'), read('user_version'), 1 + steps.length);
    if (!fresh && !unclean && statSync(path).size < read('page_count') * read('page_size'))
      throw new StoreDamagedError(`${path} is shorter than it says`);
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0');
    db.exec('PRAGMA cache_size = -16000; PRAGMA temp_store = MEMORY; BEGIN IMMEDIATE');
    if (fresh) db.exec(schema);
    else upgrade(db, read('user_version'), steps);
    db.exec('COMMIT');
    if (unclean) quickCheck(db, path);
    return db;
  } catch (error) {
    db.close();
    if ((error as { errcode?: number }).errcode === busy)
      throw new StoreLockedError(`${path} is open in another process`, { cause: error });
    throw error;
  }
}

function openFile(path: string): DatabaseSync {
  try {
    return new DatabaseSync(path, { timeout: 0 });
  } catch (cause) {
    throw new StoreFailedError(`${path} cannot be opened: ${(cause as Error).message}`, { cause });
  }
}

function upgrade(db: DatabaseSync, from: number, steps: readonly Upgrade[]): void {
  if (from > steps.length) return;
  for (const step of steps.slice(from - 1)) step(db);
  db.exec(`PRAGMA user_version = ${1 + steps.length}`);
}

function checkVersion(id: number, found: number, newest: number): void {
  if (id !== applicationId) throw new StoreVersionError('the file is not a store of Coxswain');
  if (found < 1 || found > newest)
    throw new StoreVersionError(
      `the store has version ${found}, this Coxswain reads version ${newest}`,
    );
}

function quickCheck(db: DatabaseSync, path: string): void {
  const result = pragma(db, 'quick_check(1)');
  if (result !== 'ok') throw new StoreDamagedError(`${path}: ${String(result)}`);
}

const isEmpty = (db: DatabaseSync): boolean =>
  db.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined;

export const pragma = (db: DatabaseSync, name: string): unknown =>
  Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0];
