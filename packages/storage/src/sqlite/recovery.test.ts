import assert from 'node:assert/strict';
import {
  appendFileSync,
  copyFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { DatabaseSync } from 'node:sqlite';
import { seededRandom, virtualWorld } from '@coxswain/base';
import type { Storage } from '../storage.ts';
import { author, put, remove, show } from '../testing/fixture.ts';
import {
  openSqliteStorage,
  StoreDamagedError,
  StoreLockedError,
  StoreVersionError,
} from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'cox-recovery-'));
after(() => rmSync(folder, { recursive: true }));
const open = (name: string): Promise<Storage> =>
  openSqliteStorage(virtualWorld(), { path: join(folder, name) });

const walHeaderBytes = 32;
const frameBytes = 8192 + 24;

const stateOf = async (store: Storage): Promise<readonly (string | undefined)[]> =>
  (await store.list('')).entries.map(show);

/** Commits one by one: the state after each, and how long the log was when it was acknowledged. */
async function writeStates(store: Storage, path: string, commits: number) {
  const states = [await stateOf(store)];
  const logBytes = [statSync(`${path}-wal`).size];
  for (let i = 0; i < commits; i++) {
    const third = i % 3 === 0 ? remove(`/c/${i - 3}`) : put(`/c/${i}`, 'x'.repeat(i * 150));
    await store.commit([put('/a', `${i}`), put(`/b/${i % 4}`, `${i}`), third], author);
    states.push(await stateOf(store));
    logBytes.push(statSync(`${path}-wal`).size);
  }
  return { states, logBytes };
}

test('a log cut anywhere leaves a prefix of what was acknowledged, with all that was synced before the cut', async () => {
  const path = join(folder, 'whole.db');
  const store = await open('whole.db');
  const { states, logBytes } = await writeStates(store, path, 12);
  const whole = readFileSync(path);
  const log = readFileSync(`${path}-wal`);
  await store[Symbol.asyncDispose]();
  const random = seededRandom(3);
  const frames = (logBytes.at(-1)! - logBytes[0]!) / frameBytes;
  assert.ok(Number.isInteger(frames) && frames > 24, `${frames} frames after the first sync`);
  assert.equal((logBytes[0]! - walHeaderBytes) % frameBytes, 0);
  for (let half = 0; half <= frames * 2; half++) {
    const cut = logBytes[0]! + Math.floor((half * frameBytes) / 2);
    writeFileSync(join(folder, 'cut.db'), whole);
    writeFileSync(join(folder, 'cut.db-wal'), log.subarray(0, cut));
    if (half % 5 === 0)
      appendFileSync(
        join(folder, 'cut.db-wal'),
        Buffer.from(Array.from({ length: 9000 }, () => random() * 256)),
      );
    await using again = await open('cut.db');
    const synced = logBytes.findLastIndex((bytes) => bytes <= cut);
    const revision = await again.current();
    assert.equal(revision, synced, `cut at ${cut}`);
    assert.deepEqual(await stateOf(again), states[revision]);
  }
});

test('what was closed opens again with its revisions, expiries, history and watches', async () => {
  const first = await open('again.db');
  const commits = [
    [put('/a', '1')],
    [put('/a', '2'), put('/b', '1', undefined, 5000)],
    [remove('/a')],
  ];
  for (const changes of commits) await first.commit(changes, author);
  await first.compact(1);
  await first[Symbol.asyncDispose]();
  const world = virtualWorld();
  await using again = await openSqliteStorage(world, { path: join(folder, 'again.db') });
  assert.equal(await again.current(), 3);
  assert.equal(show(await again.get('/a', 2)), '/a=2@2/1');
  await assert.rejects(again.get('/a', 0), { name: 'Compacted' });
  const history = await Array.fromAsync(again.history('/a'));
  assert.deepEqual(
    history.map(({ entry }) => show(entry)),
    ['/a=2@3/1', '/a=2@2/1', '/a=1@1/1'],
  );
  const watch = again.watch('/', 1, new AbortController().signal)[Symbol.asyncIterator]();
  assert.equal(((await watch.next()).value as readonly unknown[]).length, 3);
  assert.equal(world.clock.step(world.clock.now() + 5000), true);
  const [expired] = (await watch.next()).value!;
  assert.ok(
    expired.type === 'remove' && expired.entry.key === '/b' && expired.entry.revision === 4,
  );
});

test('a store is open once', async () => {
  await using store = await open('once.db');
  await assert.rejects(open('once.db'), StoreLockedError);
  await store.commit([put('/a', '1')], author);
});

test('a folder that is not there is named', async () => {
  await assert.rejects(open('none/store.db'), {
    name: 'StoreFailedError',
    message: /none\/store\.db cannot be opened/,
  });
});

const spoilt: readonly {
  readonly name: string;
  readonly spoil: (path: string) => void;
  readonly error: new (message: string) => Error;
}[] = [
  {
    name: 'a newer version',
    spoil: (path) => change(path, 'PRAGMA user_version = 2'),
    error: StoreVersionError,
  },
  {
    name: 'a foreign database',
    spoil: (path) => change(path, 'PRAGMA application_id = 7'),
    error: StoreVersionError,
  },
  {
    name: 'no database at all',
    spoil: (path) => writeFileSync(path, 'x'.repeat(9000)),
    error: StoreDamagedError,
  },
  {
    name: 'a file cut short',
    spoil: (path) => truncateSync(path, 8192 * 5),
    error: StoreDamagedError,
  },
  { name: 'a spoilt page after a crash', spoil: spoilPage, error: StoreDamagedError },
];

function change(path: string, sql: string): void {
  const db = new DatabaseSync(path);
  db.exec(sql);
  db.close();
}

function spoilPage(path: string): void {
  const bytes = readFileSync(path);
  bytes.fill(0xa5, 8192 * 4, 8192 * 6);
  writeFileSync(path, bytes);
  writeFileSync(`${path}-wal`, Buffer.alloc(32)); // what a process leaves that had no time to close
}

for (const { name, spoil, error } of spoilt)
  test(`refused at opening: ${name}`, async () => {
    const store = await open('good.db');
    const many = Array.from({ length: 60 }, (_, i) => put(`/${i}`, 'x'.repeat(1000)));
    await store.commit(many, author);
    await store[Symbol.asyncDispose]();
    const file = `${name.replaceAll(' ', '-')}.db`;
    copyFileSync(join(folder, 'good.db'), join(folder, file));
    spoil(join(folder, file));
    await assert.rejects(open(file), error);
  });
