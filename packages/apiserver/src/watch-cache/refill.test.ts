/** The cache when the store's feed breaks: nobody sees half a state, and nothing is forgotten. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pods } from '@coxswain/api';
import { virtualWorld } from '@coxswain/base';
import type { Storage } from '@coxswain/storage';
import { openMemoryStorage } from '@coxswain/storage/memory';
import { storedBytes } from './cached.ts';
import { WatchCache } from './watch-cache.ts';

const prefix = '/registry/pods/';
const by = { user: 'u', agent: '' };
const podOf = (name: string): { readonly put: string; readonly value: Uint8Array } => {
  const pod = { kind: 'Pod', apiVersion: 'v1', metadata: { name }, spec: { nodeName: 'n' } };
  return { put: `${prefix}${name}`, value: storedBytes(pod) };
};
const nodeOf = (pod: object): string => (pod as { spec: { nodeName: string } }).spec.nodeName;

test('a feed that breaks: all is read anew, by pages, and shown at once', async () => {
  const world = virtualWorld();
  await using store = openMemoryStorage(world);
  const shown: number[] = [];
  let isBroken = false;
  const storage = {
    commit: store.commit.bind(store),
    current: () => store.current(),
    async list(under, page) {
      shown.push(cache.size);
      return store.list(under, { ...page, limit: 2 });
    },
    async *watch(under, after, signal) {
      for await (const batch of store.watch(under, after, signal)) {
        if (isBroken) {
          isBroken = false;
          throw new Error('the line is cut');
        }
        yield batch;
      }
    },
  } as Partial<Storage> as Storage;
  await using caches = new WatchCache(world, storage);
  const cache = caches.add({ resource: Pods, prefix, indexed: { node: nodeOf } });
  for (const name of 'abcde') await store.commit([podOf(name)], by);
  await caches.open();
  assert.equal(cache.by('node', 'n')?.length, 5);
  shown.length = 0;
  isBroken = true;
  await store.commit([podOf('f')], by);
  await caches.reached(6);
  assert.deepEqual(shown, [5, 5, 5]);
  assert.equal(cache.by('node', 'n')?.length, 6);
  await store.commit([{ remove: `${prefix}a` }], by);
  await caches.reached(7);
  assert.equal(cache.by('node', 'n')?.length, 5);
});
