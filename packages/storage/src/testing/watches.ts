import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Compacted, FutureRevision, type Seen, StoreClosed } from '../storage.ts';
import { openFixture, type OpenStorage, put, readWatch, remove, showSeen } from './fixture.ts';

const never = new AbortController().signal;

export function watchSuite(open: OpenStorage): void {
  test('a watch tells every change after its revision, with what was before', async () => {
    await using fixture = await openFixture(open);
    const { store, write } = fixture;
    await write(put('/p/a', '1'));
    await write(put('/p/a', '2'), put('/q/x', '1'), put('/p/b', '1'));
    await write(remove('/p/a'));
    await write(put('/p/a', '3'));
    await write(put('/q/x', '2'));
    const all = [
      'put /p/a=1@1/1',
      'put /p/a=2@2/1 was 1@1',
      'put /p/b=1@2/2',
      'remove /p/a=2@3/1 was 2@2',
      'put /p/a=3@4/4',
      'progress 5',
    ];
    for (const [after, from] of [
      [0, 0],
      [1, 1],
      [2, 3],
      [3, 4],
      [4, 5],
    ] as const)
      assert.deepEqual((await readWatch(store, '/p/', after, 5)).map(showSeen), all.slice(from));
  });

  test('a waiting watch wakes for its prefix, and for others with progress', async () => {
    await using fixture = await openFixture(open);
    const { store, write } = fixture;
    const watch = store.watch('/p/', 0, never)[Symbol.asyncIterator]();
    const lines = async (): Promise<readonly string[]> => (await watch.next()).value!.map(showSeen);
    const first = lines();
    await write(put('/p/a', '1'));
    assert.deepEqual(await first, ['put /p/a=1@1/1']);
    const second = lines();
    await write(put('/q/a', '1'));
    assert.deepEqual(await second, ['progress 2']);
    await watch.return!();
  });

  test('who follows a store of this process sees each commit before it is answered', async () => {
    await using fixture = await openFixture(open);
    const { store, write } = fixture;
    if (!store.follow) return;
    await write(put('/p/a', '1'));
    await write(put('/p/a', '2'));
    const seen: (readonly Seen[])[] = [];
    const following = store.follow(1, (batch) => seen.push(batch));
    const told = (): readonly string[] => seen.splice(0).flat().map(showSeen);
    assert.deepEqual(told(), ['put /p/a=2@2/1 was 1@1']);
    await write(put('/q/x', '1'), remove('/p/a'));
    assert.deepEqual(told(), ['put /q/x=1@3/3', 'remove /p/a=2@3/1 was 2@2']);
    following[Symbol.dispose]();
    await write(put('/q/x', '2'));
    assert.deepEqual(told(), []);
  });

  test('from any revision on, under writes, nothing is missing and nothing twice', async () => {
    await using fixture = await openFixture(open);
    const { store, write } = fixture;
    const commits = 400;
    const readers: Promise<readonly Seen[]>[] = [];
    const writing: Promise<unknown>[] = [];
    for (let i = 0; i < commits; i++) {
      writing.push(write(put(`/p/${i % 7}`, `${i}`), put(`/q/${i % 3}`, `${i}`)));
      if (i % 40 === 0) readers.push(readWatch(store, '/p/', 0, commits));
      if (i % 16 === 0) await writing.at(-1);
      if (i % 50 === 0) readers.push(readWatch(store, '/p/', await store.current(), commits));
    }
    await Promise.all(writing);
    for (const seen of await Promise.all(readers)) {
      const revisions = seen
        .filter((one) => one.type !== 'progress')
        .map(({ entry }) => entry.revision);
      const first = revisions[0]!;
      assert.deepEqual(
        revisions,
        Array.from({ length: commits - first + 1 }, (_, i) => first + i),
      );
    }
  });

  test('long histories come in bounded batches that cut no commit', async () => {
    await using fixture = await openFixture(open);
    const { store, write } = fixture;
    for (let i = 0; i < 30; i++)
      await write(...Array.from({ length: 90 }, (_, n) => put(`/p/${n}`, `${i}`)));
    let after = 0;
    for await (const batch of store.watch('/p/', 0, never)) {
      assert.ok(batch.length <= 1090, `batch of ${batch.length}`);
      const events = batch.filter((one) => one.type !== 'progress');
      assert.equal(events.length % 90, 0);
      assert.equal(events[0]!.entry.revision, after + 1);
      after = events.at(-1)!.entry.revision;
      if (after === 30) break;
    }
  });

  test('behind the horizon a watch ends with Compacted, past the newest with FutureRevision', async () => {
    await using fixture = await openFixture(open);
    const { store, write } = fixture;
    for (let i = 1; i <= 6; i++) await write(put('/a', `${i}`));
    const slow = store.watch('/', 1, never)[Symbol.asyncIterator]();
    await slow.next();
    for (let i = 7; i <= 9; i++) await write(put('/a', `${i}`));
    await store.compact(8);
    await assert.rejects(slow.next() as Promise<unknown>, new Compacted(8));
    await assert.rejects(readWatch(store, '/', 7, 9), new Compacted(8));
    assert.deepEqual((await readWatch(store, '/', 8, 9)).map(showSeen), ['put /a=9@9/1 was 8@8']);
    await assert.rejects(readWatch(store, '/', 10, 10), new FutureRevision(9));
  });

  test('abort ends a watch with its reason, waiting or not, and close with StoreClosed', async () => {
    const fixture = await openFixture(open);
    const abort = new AbortController();
    const watch = fixture.store.watch('/', 0, abort.signal)[Symbol.asyncIterator]();
    const waiting = assert.rejects(watch.next() as Promise<unknown>, { message: 'enough' });
    abort.abort(new Error('enough'));
    await waiting;
    await assert.rejects(
      fixture.store.watch('/', 0, abort.signal)[Symbol.asyncIterator]().next() as Promise<unknown>,
      { message: 'enough' },
    );
    const idle = fixture.store.watch('/', 0, never)[Symbol.asyncIterator]();
    const ending = assert.rejects(idle.next() as Promise<unknown>, StoreClosed);
    await fixture.store[Symbol.asyncDispose]();
    await ending;
  });
}
