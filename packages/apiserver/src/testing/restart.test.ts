import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { KubeObject, WatchEvent } from '@coxswain/api';
import { virtualWorld } from '@coxswain/base';
import type { Storage } from '@coxswain/storage';
import { openSqliteStorage } from '@coxswain/storage/sqlite';
import { admin, adminToken as token, openWholeServer, type WholeServer } from './whole-server.ts';

const path = '/api/v1/namespaces/default/configmaps';
const named = (name: string): object => ({ metadata: { name } });

interface Life extends AsyncDisposable {
  readonly whole: WholeServer;
  readonly storage: Storage;
}

/** A server on the store in `dir`, as after a start of the process. */
async function start(dir: string): Promise<Life> {
  const world = virtualWorld();
  const storage = await openSqliteStorage(world, { path: join(dir, 'store.db') });
  const whole = await openWholeServer({ world, storage });
  return {
    ...{ whole, storage },
    async [Symbol.asyncDispose]() {
      await whole[Symbol.asyncDispose]();
      await storage[Symbol.asyncDispose]();
    },
  };
}

async function inFolder(job: (dir: string) => Promise<void>): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'cox-restart-'));
  try {
    await job(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

const versionOf = ({ metadata }: KubeObject): number => Number(metadata.resourceVersion);

test('a restart: objects are there, revisions go on, a watch resumes where it stood', () =>
  inFolder(async (dir) => {
    let first: KubeObject;
    let second: KubeObject;
    {
      await using life = await start(dir);
      const root = life.whole.as(admin);
      first = await root.post<KubeObject>(path, named('first'));
      second = await root.post<KubeObject>(path, named('second'));
    }
    await using life = await start(dir);
    const root = life.whole.as(admin);
    assert.deepEqual(await root.get(`${path}/first`), first);
    const third = await root.post<KubeObject>(path, named('third'));
    assert.ok(versionOf(third) > versionOf(second));
    const end = new AbortController();
    const seen: WatchEvent[] = [];
    const target = `${path}?watch=1&resourceVersion=${versionOf(first)}`;
    for await (const event of life.whole.stream(target, { token, signal: end.signal })) {
      seen.push(event);
      if (seen.length === 2) end.abort();
    }
    assert.deepEqual(seen, [
      { type: 'ADDED', object: second },
      { type: 'ADDED', object: third },
    ]);
  }));

test('after compaction, also across a restart, older revisions are gone: 410', () =>
  inFolder(async (dir) => {
    let first: KubeObject;
    let token2: string;
    {
      await using life = await start(dir);
      const root = life.whole.as(admin);
      first = await root.post<KubeObject>(path, named('first'));
      for (const name of ['b', 'c', 'd']) await root.post(path, named(name));
      const page = await root.get<{ metadata: { continue: string } }>(path, { limit: '2' });
      token2 = page.metadata.continue;
      await root.post(path, named('e'));
      await life.storage.compact(await life.storage.current());
    }
    await using life = await start(dir);
    const { whole } = life;
    const old = versionOf(first);
    // As upstream's watch cache: the watch begins, and its first event is the refusal.
    const watch = await whole.wire<{ type: string; object: { code: number; message: string } }>(
      `${path}?watch=1&resourceVersion=${old}`,
      { token },
    );
    assert.equal(watch.object.type, 'ERROR', watch.text);
    assert.equal(watch.object.object.code, 410);
    assert.match(
      watch.object.object.message,
      new RegExp(`^too old resource version: ${old} \\(\\d+\\)$`),
    );
    const list = await whole.wire(`${path}?resourceVersion=${old}&resourceVersionMatch=Exact`, {
      token,
    });
    assert.equal(list.code, 410);
    assert.equal(list.object.message, 'The resourceVersion for the provided list is too old.');
    const rest = await whole.wire<{ message: string; metadata: { continue: string } }>(
      `${path}?limit=2&continue=${encodeURIComponent(token2)}`,
      { token },
    );
    assert.equal(rest.code, 410);
    assert.match(rest.object.message, /^The provided continue parameter is too old/);
    const more = await whole.wire<{ items: KubeObject[] }>(
      `${path}?continue=${encodeURIComponent(rest.object.metadata.continue)}`,
      { token },
    );
    assert.deepEqual(
      more.object.items.map(({ metadata }) => metadata.name),
      ['d', 'e', 'first'],
    );
  }));

test('pages that the cache has kept end with compaction too, though their resource has not changed', () =>
  inFolder(async (dir) => {
    await using life = await start(dir);
    const root = life.whole.as(admin);
    for (const name of ['b', 'c', 'd']) await root.post(path, named(name));
    const page = await root.get<{ metadata: { continue: string } }>(path, { limit: '1' });
    const next = `${path}?limit=1&continue=${encodeURIComponent(page.metadata.continue)}`;
    const before = await life.whole.wire<{ items: KubeObject[] }>(next, { token });
    assert.equal(before.code, 200);
    await root.post('/api/v1/namespaces', named('elsewhere'));
    await life.storage.compact(await life.storage.current());
    const after = await life.whole.wire<{ message: string }>(next, { token });
    assert.equal(after.code, 410);
    assert.match(after.object.message, /^The provided continue parameter is too old/);
  }));
