import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Compacted, FutureRevision } from '../storage.ts';
import { openFixture, type OpenStorage, put, remove, show } from './fixture.ts';

export function readSuite(open: OpenStorage): void {
  test('list is in order of keys, within its prefix, with what remains', async () => {
    await using fixture = await openFixture(open);
    const { store, write } = fixture;
    for (const key of ['/b/2', '/a/1', '/b/10', '/b/1', '/b', '/c/1', '/b/1/x'])
      await write(put(key, key));
    const listed = await store.list('/b/', { limit: 3 });
    assert.deepEqual(
      listed.entries.map(({ key }) => key),
      ['/b/1', '/b/1/x', '/b/10'],
    );
    assert.deepEqual([listed.at, listed.remaining], [7, 1]);
    const rest = await store.list('/b/', { from: '/b/10\0', limit: 3 });
    assert.deepEqual([rest.entries.map(({ key }) => key), rest.remaining], [['/b/2'], 0]);
    assert.deepEqual((await store.list('/b/', { from: '/a' })).entries.length, 4);
    assert.deepEqual(await store.list('/x/'), { entries: [], at: 7, remaining: 0 });
    assert.deepEqual(
      [await store.count('/b/'), await store.count(''), await store.count('/x')],
      [4, 7, 0],
    );
  });

  test('get and list at a revision show what stood then', async () => {
    await using fixture = await openFixture(open);
    const { store, write } = fixture;
    await write(put('/a', '1')); // 1
    await write(put('/b', '1')); // 2
    await write(put('/a', '2'), remove('/b')); // 3
    await write(put('/b', '2'), put('/c', '1')); // 4
    await write(remove('/a')); // 5
    const seen: Record<number, readonly (string | undefined)[]> = {};
    for (let at = 0; at <= 5; at++) {
      seen[at] = (await store.list('/', { at })).entries.map(show);
      for (const key of ['/a', '/b', '/c']) {
        const listed = seen[at]!.find((line) => line!.startsWith(key));
        assert.equal(show(await store.get(key, at)), listed, `${key} at ${at}`);
      }
    }
    assert.deepEqual(seen, {
      0: [],
      1: ['/a=1@1/1'],
      2: ['/a=1@1/1', '/b=1@2/2'],
      3: ['/a=2@3/1'],
      4: ['/a=2@3/1', '/b=2@4/4', '/c=1@4/4'],
      5: ['/b=2@4/4', '/c=1@4/4'],
    });
    const page = await store.list('/', { at: 4, from: '/b', limit: 1 });
    assert.deepEqual([page.entries.map(show), page.at, page.remaining], [['/b=2@4/4'], 4, 1]);
  });

  test('pages at one revision are one list, whatever is written meanwhile', async () => {
    await using fixture = await openFixture(open);
    const { store, write } = fixture;
    const key = (i: number): string => `/p/${String(i).padStart(4, '0')}`;
    await write(...Array.from({ length: 300 }, (_, i) => put(key(i * 2), `${i}`)));
    const whole = await store.list('/p/');
    const paged: (string | undefined)[] = [];
    for (let from = ''; ;) {
      const page = await store.list('/p/', { at: whole.at, from, limit: 37 });
      paged.push(...page.entries.map(show));
      assert.equal(page.remaining, 300 - paged.length);
      if (page.remaining === 0) break;
      from = `${page.entries.at(-1)!.key}\0`;
      const n = paged.length;
      await Promise.all([
        write(remove(key(((n * 7) % 300) * 2))),
        write(put(key(n * 2 + 1), 'new')),
        write(put(key(598 - n), 'changed')),
      ]);
    }
    assert.deepEqual(paged, whole.entries.map(show));
  });

  test('behind the horizon lies Compacted, past the newest FutureRevision', async () => {
    await using fixture = await openFixture(open);
    const { store, write } = fixture;
    for (let i = 1; i <= 5; i++) await write(put('/a', `${i}`));
    await write(remove('/a'));
    await write(put('/b', '1'));
    await store.compact(3);
    await assert.rejects(store.get('/a', 2), new Compacted(3));
    await assert.rejects(store.list('/', { at: 2 }), new Compacted(3));
    assert.equal(show(await store.get('/a', 3)), '/a=3@3/1');
    assert.deepEqual((await store.list('/', { at: 4 })).entries.map(show), ['/a=4@4/1']);
    await assert.rejects(store.get('/a', 8), new FutureRevision(7));
    await assert.rejects(store.list('/', { at: 8 }), new FutureRevision(7));
    await assert.rejects(store.compact(8), new FutureRevision(7));
    await store.compact(2); // never back
    await assert.rejects(store.get('/a', 2), new Compacted(3));
    await store.compact(7);
    assert.deepEqual((await store.list('/')).entries.map(show), ['/b=1@7/7']);
    assert.equal(await store.get('/a', 7), undefined);
  });
}

/** What a store of one process only keeps. */
export function ownSuite(open: OpenStorage): void {
  test('bytes counts what is stored', async () => {
    await using fixture = await openFixture(open);
    const before = await fixture.store.bytes();
    await fixture.write(put('/a', 'x'.repeat(2 ** 20)));
    const added = (await fixture.store.bytes()) - before;
    assert.ok(added >= 2 ** 20 && added < 2 ** 21, `${added}`);
  });

  test('the horizon moves by itself past its width', async () => {
    await using fixture = await openFixture(open, { watchRevisionsMax: 100 });
    const { store, write } = fixture;
    for (let i = 1; i <= 150; i++) await write(put('/a', `${i}`));
    await assert.rejects(store.get('/a', 49), Compacted);
    assert.equal(show(await store.get('/a', 100)), '/a=100@100/1');
  });
}
