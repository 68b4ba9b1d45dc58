import { join } from 'node:path';
import type { World } from '@coxswain/base';
import type { Storage } from '@coxswain/storage';
import { openMemoryStorage } from '@coxswain/storage/memory';
import {
  openSqliteStorage,
  StoreDamagedError,
  StoreFullError,
  StoreLockedError,
  StoreVersionError,
} from '@coxswain/storage/sqlite';
import { Failure } from '../command/verb.ts';
import { makeFolder } from '../home/files.ts';

/** What changes all the time and tells nothing later keeps no history. */
const retention = { forgotten: ['/registry/events/', '/registry/leases/'] };

/** Opens the objects of a cluster; throws Failure with what to do about it. */
export async function openStore(
  world: World,
  folder: string,
  datastore: 'sqlite' | 'memory',
): Promise<Storage> {
  if (datastore === 'memory') return openMemoryStorage(world, retention);
  const path = join(folder, 'objects.sqlite');
  try {
    await makeFolder(folder, 0o700);
    return await openSqliteStorage(world, { path, ...retention });
  } catch (cause) {
    const { message } = cause as Error;
    const isNamed = !(cause instanceof StoreDamagedError) || message.includes(path);
    throw new Failure(isNamed ? message : `${path} is damaged: ${message}`, {
      cause,
      advice: advice(cause, path),
    });
  }
}

function advice(error: unknown, path: string): string {
  if (error instanceof StoreVersionError) return 'use the version of cox that wrote it';
  if (error instanceof StoreDamagedError)
    return `bring ${path} back from a copy, or remove it to start with an empty store`;
  if (error instanceof StoreFullError) return 'free some space on the disk and run it again';
  if (error instanceof StoreLockedError)
    return 'another process has the store open; see: cox clusters';
  return `look at ${path}`;
}
