import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '@coxswain/api';
import { virtualWorld } from '@coxswain/base';
import type { Storage } from '@coxswain/storage';
import { openMemoryStorage } from '@coxswain/storage/memory';
import { admin, adminToken as token, openWholeServer } from './whole-server.ts';

const writers = 64;
const path = '/api/v1/namespaces/default/configmaps';

/** A store as slow as a disk, which guesses and fails as it is told. */
function slow(
  storage: Storage,
  wrong: (n: number) => boolean,
  fails: (n: number) => boolean,
): Storage {
  let commits = 0;
  let underWay = 0;
  let last: Promise<unknown> = Promise.resolve();
  return {
    ...(Object.fromEntries(
      (['get', 'list', 'count', 'watch', 'current', 'compact', 'history', 'bytes'] as const).map(
        (name) => [name, (storage[name] as (...given: unknown[]) => unknown).bind(storage)],
      ),
    ) as unknown as Storage),
    upcoming: () => storage.upcoming()! + underWay + (wrong(commits) ? 1 : 0),
    async commit(changes, by) {
      const n = commits++;
      underWay++;
      const before = last;
      const done = (async () => {
        await before;
        await new Promise((resolve) => setImmediate(resolve));
        underWay--;
        if (fails(n)) throw new Error('the disk says no');
        return storage.commit(changes, by);
      })();
      last = done.catch(() => {});
      return done;
    },
    [Symbol.asyncDispose]: () => storage[Symbol.asyncDispose](),
  };
}

const never = (): boolean => false;
for (const [name, wrong, fails] of [
  ['guesses that are right', never, never],
  ['guesses that are wrong', (n: number) => n % 3 === 0, never],
  ['a disk that fails now and then', never, (n: number) => n % 7 === 3],
] as const)
  test(`many writers of one object, with ${name}: what was answered stands`, async () => {
    const world = virtualWorld();
    let isOn = false;
    const storage = slow(
      openMemoryStorage(world),
      (n) => isOn && wrong(n),
      (n) => isOn && fails(n),
    );
    await using whole = await openWholeServer({ world, storage });
    await whole.as(admin).post(path, { metadata: { name: 'one' } });
    isOn = true;
    const answers = await Promise.all(
      Array.from({ length: writers }, (_, i) =>
        whole.wire<KubeObject>(`${path}/one`, {
          method: 'PATCH',
          token,
          headers: { 'content-type': 'application/merge-patch+json' },
          body: JSON.stringify({ metadata: { labels: { [`w-${i}`]: 'was-here' } } }),
        }),
      ),
    );
    isOn = false;
    const { metadata } = await whole.as(admin).get<KubeObject>(`${path}/one`);
    const done = answers.flatMap(({ code }, i) => (code === 200 ? [`w-${i}`] : []));
    assert.deepEqual(Object.keys(metadata.labels!).toSorted(), done.toSorted());
    assert.ok(fails === never ? done.length === writers : done.length < writers);
    const versions = answers
      .filter(({ code }) => code === 200)
      .map(({ object }) => object.metadata.resourceVersion);
    assert.equal(new Set(versions).size, done.length);
    assert.deepEqual(
      [...new Set(answers.map(({ code }) => code))].toSorted(),
      fails === never ? [200] : [200, 500],
    );
  });
