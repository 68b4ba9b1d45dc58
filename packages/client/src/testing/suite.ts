import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError, ConfigMaps, type KubeObject, type WatchEvent } from '@coxswain/api';
import type { ConfigMap } from '@coxswain/api/types/core-v1';
import type { Client } from '../client.ts';

/** A client with an empty server behind it. */
export interface Opened extends AsyncDisposable {
  readonly client: Client;
}

const namespace = 'default';
const map = (name: string, data: Readonly<Record<string, string>>): ConfigMap => ({
  metadata: { name, namespace, labels: { app: name } },
  data,
});

const shown = (events: readonly WatchEvent[]): readonly string[] =>
  events
    .filter(({ type }) => type !== 'BOOKMARK')
    .map(({ type, object }) => `${type} ${object.metadata.name}`);

/** What every transport must do alike. */
export function clientSuite(transport: string, open: () => Promise<Opened>): void {
  const on = (name: string, run: (client: Client, signal: AbortSignal) => Promise<void>): void =>
    void test(`${transport}: ${name}`, async () => {
      await using opened = await open();
      const end = new AbortController();
      await run(opened.client, end.signal);
      end.abort();
    });

  on('create, get, update, patch and remove', async (client, signal) => {
    const made = await client.create(ConfigMaps, map('a', { x: '1' }), { signal });
    assert.ok(made.metadata.uid);
    assert.deepEqual(await client.get(ConfigMaps, 'a', { namespace, signal }), made);
    const updated = await client.update(ConfigMaps, { ...made, data: { x: '2' } }, { signal });
    assert.deepEqual(updated.data, { x: '2' });
    const at = { namespace, signal };
    const patched = await client.patch(ConfigMaps, 'a', 'merge', { data: { y: '3' } }, at);
    assert.deepEqual(patched.data, { x: '2', y: '3' });
    await client.remove(ConfigMaps, 'a', at);
    await assert.rejects(client.get(ConfigMaps, 'a', at), ApiError);
  });

  on('errors carry reason, code, words and details', async (client, signal) => {
    const failure = await client
      .get(ConfigMaps, 'a', { namespace, signal })
      .catch((error) => error);
    assert.ok(failure instanceof ApiError);
    const { code, reason, message, details } = failure;
    assert.deepEqual(
      { code, reason, message, details },
      {
        code: 404,
        reason: 'NotFound',
        message: 'configmaps "a" not found',
        details: { name: 'a', kind: 'configmaps' },
      },
    );
  });

  on('a stale update and a wrong uid are conflicts', async (client, signal) => {
    const made = await client.create(ConfigMaps, map('a', { x: '1' }), { signal });
    await client.update(ConfigMaps, { ...made, data: { x: '2' } }, { signal });
    const stale = client.update(ConfigMaps, { ...made, data: { x: '3' } }, { signal });
    await assert.rejects(stale, { code: 409, reason: 'Conflict' });
    const wrong = client.remove(ConfigMaps, 'a', { namespace, uid: 'another', signal });
    await assert.rejects(wrong, { code: 409, reason: 'Conflict' });
  });

  on('apply owns what it names', async (client, signal) => {
    const at = { manager: 'suite', signal };
    const first = await client.apply(ConfigMaps, withType(map('a', { x: '1', y: '1' })), at);
    assert.deepEqual(first.data, { x: '1', y: '1' });
    const second = await client.apply(ConfigMaps, withType(map('a', { x: '1' })), at);
    assert.deepEqual(second.data, { x: '1' });
  });

  on('lists by selector and in pages', async (client, signal) => {
    for (const name of ['a', 'b', 'c']) await client.create(ConfigMaps, map(name, {}), { signal });
    const names = (items: readonly KubeObject[]): readonly string[] =>
      items.map(({ metadata }) => metadata.name);
    const chosen = await client.list(ConfigMaps, { namespace, labels: 'app in (a,c)', signal });
    assert.deepEqual(names(chosen.items), ['a', 'c']);
    assert.deepEqual(chosen.items[0]!.kind, 'ConfigMap');
    const first = await client.list(ConfigMaps, { namespace, limit: 2, signal });
    assert.deepEqual(names(first.items), ['a', 'b']);
    const rest = await client.list(ConfigMaps, {
      namespace,
      limit: 2,
      continue: first.next,
      signal,
    });
    assert.deepEqual([names(rest.items), rest.next], [['c'], undefined]);
    await client.removeAll(ConfigMaps, { namespace, labels: 'app!=b', signal });
    assert.deepEqual(names((await client.list(ConfigMaps, { namespace, signal })).items), ['b']);
  });

  on('a watch tells what is there, that it was all, and what changes', async (client, signal) => {
    const made = await client.create(ConfigMaps, map('a', {}), { signal });
    const seen: WatchEvent[] = [];
    for await (const batch of client.watch(ConfigMaps, { namespace, signal })) {
      const first = seen.every(({ type }) => type !== 'BOOKMARK');
      seen.push(...batch);
      if (first && batch.some(({ type }) => type === 'BOOKMARK')) {
        await client.update(ConfigMaps, { ...made, data: { x: '1' } }, { signal });
        await client.remove(ConfigMaps, 'a', { namespace, signal });
      }
      if (batch.some(({ type }) => type === 'DELETED')) break;
    }
    assert.deepEqual(shown(seen), ['ADDED a', 'MODIFIED a', 'DELETED a']);
    const mark = seen.find(({ type }) => type === 'BOOKMARK');
    assert.equal(mark?.object.metadata.annotations?.['k8s.io/initial-events-end'], 'true');
  });

  on('a watch goes on from a revision', async (client, signal) => {
    const made = await client.create(ConfigMaps, map('a', {}), { signal });
    await client.create(ConfigMaps, map('b', {}), { signal });
    const { resourceVersion } = made.metadata;
    for await (const batch of client.watch(ConfigMaps, { namespace, resourceVersion, signal })) {
      assert.deepEqual(shown(batch), ['ADDED b']);
      break;
    }
  });

  on('an aborted call rejects with the reason', async (client) => {
    const reason = new Error('enough');
    const signal = AbortSignal.abort(reason);
    await assert.rejects(client.get(ConfigMaps, 'a', { namespace, signal }), reason);
  });

  on('raw calls reach any path', async (client, signal) => {
    const version = (await client.raw({ method: 'GET', path: '/version', signal })) as {
      major: string;
    };
    assert.equal(version.major, '1');
    await assert.rejects(client.raw({ method: 'GET', path: '/apis/nobody', signal }), {
      code: 404,
    });
  });
}

const withType = (object: ConfigMap): ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  ...object,
});
