import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expiryAuthor } from '../storage.ts';
import {
  openFixture,
  type OpenStorage,
  put,
  readWatch,
  remove,
  show,
  showSeen,
} from './fixture.ts';

export function expirySuite(open: OpenStorage): void {
  test('an entry goes when its time is over, by a commit of its own', async () => {
    await using fixture = await openFixture(open);
    const { store, write, advance } = fixture;
    await write(put('/a', '1', undefined, 60_000), put('/b', '1'));
    await advance(59_999);
    assert.equal(show(await store.get('/a')), '/a=1@1/1');
    await advance(1);
    assert.equal(await store.get('/a'), undefined);
    const seen = await readWatch(store, '/', 1, 2);
    assert.deepEqual(seen.map(showSeen), ['remove /a=1@2/1 was 1@1']);
    const [removal] = await Array.fromAsync(store.history('/a'));
    assert.deepEqual([removal!.removed, removal!.by], [true, expiryAuthor]);
    assert.equal(show(await store.get('/b')), '/b=1@1/1');
  });

  test('each put sets the lifetime anew, or takes it away', async () => {
    await using fixture = await openFixture(open);
    const { store, write, advance } = fixture;
    await write(put('/longer', '1', undefined, 10_000), put('/forever', '1', undefined, 10_000));
    await write(put('/removed', '1', undefined, 10_000), put('/shorter', '1', undefined, 90_000));
    await advance(5000);
    await write(put('/longer', '2', undefined, 10_000), put('/forever', '2'), remove('/removed'));
    await write(put('/removed', '2'), put('/shorter', '2', undefined, 1000));
    await advance(5000);
    const keys = async (): Promise<readonly string[]> =>
      (await store.list('/')).entries.map(({ key }) => key);
    assert.deepEqual(await keys(), ['/forever', '/longer', '/removed']);
    await advance(5000);
    assert.deepEqual(await keys(), ['/forever', '/removed']);
    await advance(1_000_000);
    assert.deepEqual(await keys(), ['/forever', '/removed']);
  });

  test('many expiries share commits', async () => {
    await using fixture = await openFixture(open);
    const { store, write, advance } = fixture;
    const keys = Array.from({ length: 1200 }, (_, i) =>
      put(`/${i}`, 'x', undefined, 1000 + (i % 10)),
    );
    await write(...keys);
    await advance(5000);
    assert.equal(await store.count('/'), 0);
    assert.ok((await store.current()) <= 6, `took ${await store.current()} revisions`);
  });
}
