import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Storage, Written } from '../storage.ts';
import { openFixture, type OpenStorage, put, remove, show } from './fixture.ts';

const line = ({ entry, removed }: Written): string => `${removed ? 'removed ' : ''}${show(entry)}`;
const lines = async (store: Storage, key: string): Promise<readonly string[]> =>
  (await Array.fromAsync(store.history(key))).map(line);

export function historySuite(open: OpenStorage): void {
  test('history tells who wrote what and when, newest first, past the watch horizon', async () => {
    await using fixture = await openFixture(open);
    const { store, world, write, advance } = fixture;
    const startMs = world.clock.now();
    const eve = { user: 'eve', agent: 'kubectl' };
    await write(put('/a', '1'));
    await advance(1000);
    await store.commit([put('/a', '2'), put('/b', '1')], eve);
    await advance(1000);
    await write(remove('/a'));
    await write(put('/a', '3'));
    await store.compact(4);
    const all = ['/a=3@4/4', 'removed /a=2@3/1', '/a=2@2/1', '/a=1@1/1'];
    assert.deepEqual(await lines(store, '/a'), all);
    const [, , second, first] = await Array.fromAsync(store.history('/a'));
    assert.deepEqual([second!.by, second!.atMs - startMs], [eve, 1000]);
    assert.deepEqual([first!.by.user, first!.atMs - startMs], ['tester', 0]);
    await write(remove('/b'));
    assert.deepEqual(await lines(store, '/b'), ['removed /b=1@5/2', '/b=1@2/2']);
    assert.deepEqual(await lines(store, '/none'), []);
  });

  test('history is bounded by bytes, and only behind the horizon', async () => {
    await using fixture = await openFixture(open, { historyBytesMax: 1000 });
    const { store, write } = fixture;
    const value = 'x'.repeat(98);
    for (let i = 0; i < 50; i++) await write(put('/a', value));
    assert.equal((await lines(store, '/a')).length, 50);
    await store.compact(50);
    assert.equal((await lines(store, '/a')).length, 11);
  });

  test('history is bounded by age, removals included', async () => {
    await using fixture = await openFixture(open, { historyAgeMaxMs: 10_000 });
    const { store, write, advance } = fixture;
    await write(put('/a', '1'), put('/gone', '1'));
    await write(put('/a', '2'), remove('/gone'));
    await advance(9000);
    await write(put('/a', '3'));
    await store.compact(3);
    assert.deepEqual(await lines(store, '/a'), ['/a=3@3/1', '/a=2@2/1', '/a=1@1/1']);
    assert.deepEqual(await lines(store, '/gone'), ['removed /gone=1@2/1', '/gone=1@1/1']);
    await advance(2000);
    await store.compact(3);
    assert.deepEqual(await lines(store, '/a'), ['/a=3@3/1', '/a=2@2/1']);
    assert.deepEqual(await lines(store, '/gone'), []);
    await advance(9000);
    await store.compact(3);
    assert.deepEqual(await lines(store, '/a'), ['/a=3@3/1']);
  });

  test('keys under forgotten prefixes keep no history, but their watch', async () => {
    await using fixture = await openFixture(open, { forgotten: ['/events/'] });
    const { store, write } = fixture;
    await write(put('/events/a', '1'), put('/events/b', '1'), put('/kept', '1'));
    await write(put('/events/a', '2'), remove('/events/b'), put('/kept', '2'));
    assert.equal(show(await store.get('/events/a', 1)), '/events/a=1@1/1');
    assert.deepEqual(await lines(store, '/events/a'), ['/events/a=2@2/1']);
    assert.deepEqual(await lines(store, '/events/b'), []);
    await store.compact(2);
    assert.deepEqual(await lines(store, '/events/a'), ['/events/a=2@2/1']);
    assert.deepEqual(await lines(store, '/kept'), ['/kept=2@2/1', '/kept=1@1/1']);
  });
}
