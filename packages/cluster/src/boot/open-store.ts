import { join } from 'node:path';
import type { CurrentEncryption } from '@coxswain/apiserver/encryption';
import type { World } from '@coxswain/base';
import type { Storage } from '@coxswain/storage';
import type { ValueForm } from '@coxswain/storage/etcd';
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
import { openEncryption } from './encryption.ts';
import type { EtcdSettings, ServerSettings } from './server-settings.ts';

/** What changes all the time and tells nothing later keeps no history. */
const retention = { forgotten: ['/registry/events/', '/registry/leases/'] };

/** What decides where objects are and how they are kept there. */
type StoreSettings = Pick<ServerSettings, 'etcd' | 'flags'>;

/** Opens the objects of a cluster; throws Failure with what to do about it. */
export async function openStore(
  world: World,
  folder: string,
  datastore: string,
  { etcd, flags }: StoreSettings,
): Promise<Storage> {
  const encryption = await openEncryption(flags, world);
  if (datastore === 'memory')
    return withEncryption(openMemoryStorage(world, retention), encryption);
  const servers = datastore.includes('://') ? datastore.split(',') : etcd.servers;
  if (servers.length > 0) return openEtcd(world, { ...etcd, servers }, encryption);
  return withEncryption(await openSqlite(world, folder), encryption);
}

const withEncryption = async (
  storage: Storage,
  encryption: CurrentEncryption | undefined,
  ...etcd: readonly [form?: ValueForm, keyOf?: (key: string) => string]
): Promise<Storage> => {
  if (!encryption) return storage;
  const { encryptedStorage } = await import('@coxswain/apiserver/encryption');
  return encryptedStorage(storage, encryption, ...etcd);
};

async function openSqlite(world: World, folder: string): Promise<Storage> {
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
async function openEtcd(
  world: World,
  { prefix, ...etcd }: EtcdSettings,
  encryption: CurrentEncryption | undefined,
): Promise<Storage> {
  const place = { ours: '/registry/', etcd: prefix === '/' ? '/' : `${prefix}/` };
  const [{ openEtcdStorage }, { etcdForm }] = await Promise.all([
    import('@coxswain/storage/etcd'),
    import('@coxswain/apiserver/etcd-form'),
  ]);
  try {
    // Encrypted values are in upstream's form inside: the seal is the outer layer.
    const form = encryption ? {} : { form: etcdForm };
    const storage = await openEtcdStorage(world, { ...etcd, place, ...form, ...retention });
    const keyOf = (key: string): string => place.etcd + key.slice(place.ours.length);
    return await withEncryption(storage, encryption, etcdForm, keyOf);
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
