import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { systemClock } from '@coxswain/base';
import { makeFolder } from './files.ts';

const waitMaxMs = 30_000;
const betweenMs = 10;

/**
 * Runs `work` while no other process does the same with this home, so that two clusters that start at one moment do not
 * choose the same addresses. The lock is sqlite's, on an empty file: it ends with the process that holds it.
 */
export async function withLock<T>(home: string, work: () => Promise<T>): Promise<T> {
  await makeFolder(home);
  using file = new DatabaseSync(join(home, 'clusters.lock'));
  const endMs = systemClock.now() + waitMaxMs;
  while (!isTaken(file)) {
    if (systemClock.now() > endMs)
      throw new Error(`another cox has held ${home}/clusters.lock for ${waitMaxMs / 1000} s`);
    await systemClock.sleep(betweenMs);
  }
  return await work();
}

const busy = 5; // SQLITE_BUSY

function isTaken(file: DatabaseSync): boolean {
  try {
    file.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    if ((error as { errcode?: number }).errcode === busy) return false;
    throw error;
  }
}
