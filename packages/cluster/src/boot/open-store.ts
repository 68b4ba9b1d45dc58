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
import type { EtcdSettings } from './server-settings.ts';

/** What changes all the time and tells nothing later keeps no history. */
const retention = { forgotten: ['/registry/events/', '/registry/leases/'] };

/** Opens the objects of a cluster; throws Failure with what to do about it. */
export async function openStore(
  world: World,
  folder: string,
  datastore: string,
  etcd: EtcdSettings,
): Promise<Storage> {
  if (datastore === 'memory') return openMemoryStorage(world, retention);
  const servers = datastore.includes('://') ? datastore.split(',') : etcd.servers;
  if (servers.length > 0) return openEtcd(world, { ...etcd, servers });
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

/** Objects as upstream keeps them, so that its server can take over, or ours one of its. */
async function openEtcd(world: World, { prefix, ...etcd }: EtcdSettings): Promise<Storage> {
  const place = { ours: '/registry/', etcd: prefix === '/' ? '/' : `${prefix}/` };
  const [{ openEtcdStorage }, { etcdForm }] = await Promise.all([
    import('@coxswain/storage/etcd'),
    import('@coxswain/apiserver/etcd-form'),
  ]);
  try {
    return await openEtcdStorage(world, { ...etcd, place, form: etcdForm, ...retention });
  } catch (cause) {
    throw new Failure(`etcd does not answer at ${etcd.servers.join(', ')}`, {
      cause,
      advice: `${(cause as Error).message}: is it running, and are the --etcd-* files right?`,
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
