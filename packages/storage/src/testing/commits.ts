import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Change, changesMax, type Committed, StoreClosed } from '../storage.ts';
import { author, bytes, openFixture, type OpenStorage, put, remove, show } from './fixture.ts';

const refusals: readonly {
  readonly name: string;
  readonly changes: readonly Change[];
  readonly found: readonly [key: string, entry: string | undefined] | undefined;
}[] = [
  {
    name: 'create where something stands',
    changes: [put('/a', 'x', 0)],
    found: ['/a', '/a=2@2/1'],
  },
  { name: 'create where nothing stands', changes: [put('/n', 'x', 0)], found: undefined },
  { name: 'create what was removed', changes: [put('/gone', 'x', 0)], found: undefined },
  { name: 'update at the right revision', changes: [put('/a', 'x', 2)], found: undefined },
  { name: 'update at an old revision', changes: [put('/a', 'x', 1)], found: ['/a', '/a=2@2/1'] },
  { name: 'update of nothing', changes: [put('/n', 'x', 2)], found: ['/n', undefined] },
  {
    name: 'update of what was removed',
    changes: [put('/gone', 'x', 4)],
    found: ['/gone', undefined],
  },
  { name: 'remove at the right revision', changes: [remove('/b', 3)], found: undefined },
  { name: 'remove at an old revision', changes: [remove('/b', 2)], found: ['/b', '/b=1@3/3'] },
  {
    name: 'remove of nothing, expected somewhere',
    changes: [remove('/n', 2)],
    found: ['/n', undefined],
  },
  {
    name: 'the first failure is named',
    changes: [put('/a', 'x', 2), put('/b', 'x', 1), put('/n', 'x', 9)],
    found: ['/b', '/b=1@3/3'],
  },
];

export function commitSuite(open: OpenStorage): void {
  test('revisions count up from 1, one per commit, and entries keep the one they were created at', async () => {
    await using fixture = await openFixture(open);
    const { store, write } = fixture;
    assert.equal(await store.current(), 0);
    assert.equal(await write(put('/a', '1')), 1);
    assert.equal(await write(put('/a', '2')), 2);
    assert.equal(await write(remove('/a')), 3);
    assert.equal(await write(put('/a', '3')), 4);
    assert.equal(show(await store.get('/a')), '/a=3@4/4');
    assert.equal(await store.current(), 4);
  });

  for (const { name, changes, found } of refusals)
    test(`precondition: ${name}`, async () => {
      await using fixture = await openFixture(open);
      const { store, write } = fixture;
      await write(put('/a', '1'));
      await write(put('/a', '2'));
      await write(put('/b', '1'), put('/gone', '1'));
      await write(remove('/gone'));
      const committed = await store.commit(changes, author);
      if (!found) return assert.deepEqual(committed, { done: true, revision: 5 });
      assert.equal(committed.done, false);
      const refused = committed as Committed & { done: false };
      assert.deepEqual([refused.key, show(refused.found)], found);
      assert.equal(await store.current(), 4);
      assert.deepEqual((await store.list('/')).entries.map(show), ['/a=2@2/1', '/b=1@3/3']);
    });

  test('a commit of many keys has one revision, or none of its changes', async () => {
    await using fixture = await openFixture(open);
    const { store, write } = fixture;
    await write(put('/a', '1'), put('/b', '1'), put('/c', '1'));
    await write(put('/a', '2'), remove('/b'), put('/d', '2'));
    const refused = await store.commit([put('/a', '3'), remove('/c'), put('/d', '3', 0)], author);
    assert.equal(refused.done, false);
    const now = (await store.list('')).entries.map(show);
    assert.deepEqual(now, ['/a=2@2/1', '/c=1@1/1', '/d=2@2/2']);
  });

  test('removing what is absent takes no revision', async () => {
    await using fixture = await openFixture(open);
    await fixture.write(put('/a', '1'));
    assert.equal(await fixture.write(remove('/b'), remove('/c', 0)), 1);
    assert.equal(await fixture.write(remove('/b'), put('/c', '1')), 2);
  });

  test('of many racing creates of a key one wins, and updates at a revision chain', async () => {
    await using fixture = await openFixture(open);
    const { store } = fixture;
    const racing = Array.from({ length: 50 }, (_, i) =>
      store.commit([put('/a', `${i}`, 0)], author),
    );
    const done = (await Promise.all(racing)).map((committed) => committed.done);
    assert.equal(done.filter(Boolean).length, 1);
    for (let revision = 1; revision < 30; revision++) {
      const pair = [put('/a', 'x', revision), put('/a', 'y', revision)];
      const both = await Promise.all(pair.map((change) => store.commit([change], author)));
      const [first, ...others] = both.filter((committed) => committed.done);
      assert.deepEqual([first, others], [{ done: true, revision: revision + 1 }, []]);
    }
  });

  test('values of every size come back as they went in', async () => {
    await using fixture = await openFixture(open);
    const sizes = [0, 1, 100, 4095, 8192, 70_000, 1_500_000];
    const values = sizes.map((size) => new Uint8Array(size).map((_, i) => (i * 31 + size) % 256));
    await Promise.all(
      values.map((value, i) => fixture.store.commit([{ put: `/${i}`, value }], author)),
    );
    const { entries } = await fixture.store.list('/');
    assert.deepEqual(
      entries.map(({ value }) => Buffer.from(value)),
      values.map((value) => Buffer.from(value)),
    );
  });

  test('what a caller must not do throws and changes nothing', async () => {
    await using fixture = await openFixture(open);
    const { store } = fixture;
    const many = Array.from({ length: changesMax + 1 }, (_, i) => put(`/${i}`, ''));
    for (const changes of [[], many, [put('/a', '1'), remove('/a')], [put('/\ud800', '1')]])
      await assert.rejects(store.commit(changes, author), RangeError);
    assert.equal(await fixture.write(...many.slice(1)), 1);
    assert.equal(await store.count(''), changesMax);
  });

  test('a closed store refuses, and closing twice is no harm', async () => {
    const { store } = await openFixture(open);
    await store.commit([{ put: '/a', value: bytes('1') }], author);
    await store[Symbol.asyncDispose]();
    await assert.rejects(store.commit([put('/a', '2')], author), StoreClosed);
    await assert.rejects(store.get('/a'), StoreClosed);
    await store[Symbol.asyncDispose]();
  });
}
