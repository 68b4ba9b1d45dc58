import assert from 'node:assert/strict';
import { test } from 'node:test';
import { author, openFixture, put, remove } from '../testing/fixture.ts';
import { storageSuite } from '../testing/index.ts';
import { openMemoryStorage } from './index.ts';

storageSuite('memory', async (world, retention) => openMemoryStorage(world, retention));

test('what is no longer retained takes no memory', async () => {
  const open = async (...args: Parameters<typeof openMemoryStorage>) => openMemoryStorage(...args);
  await using fixture = await openFixture(open, { historyBytesMax: 0 });
  const { store, write } = fixture;
  for (let i = 0; i < 100; i++) await store.commit([put(`/${i % 10}`, 'x'.repeat(98))], author);
  for (let i = 0; i < 9; i++) await write(remove(`/${i}`));
  await store.compact(await store.current());
  assert.equal(await store.bytes(), 100);
});
