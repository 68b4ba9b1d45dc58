import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigMaps } from '@coxswain/api';
import { systemWorld } from '@coxswain/base';
import { createTestCluster, serve } from '@coxswain/cluster/testing';
import { createInformers, keyOf } from '../cache/index.ts';
import type { Client } from '../client.ts';
import { clientSuite } from '../testing/index.ts';
import { httpClient } from './index.ts';

interface Opened extends AsyncDisposable {
  readonly client: Client;
  readonly restart: () => Promise<void>;
}

async function open(): Promise<Opened> {
  const stack = new AsyncDisposableStack();
  const cluster = stack.use(await createTestCluster());
  const served = stack.use(await serve(cluster));
  const client = stack.use(httpClient(served, { world: systemWorld(), agent: 'suite' }));
  return {
    client,
    restart: () => served.restart(),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

clientSuite('http', open);

test('http: a cache goes on after the server broke all connections', async () => {
  await using opened = await open();
  const { client, restart } = opened;
  const { signal } = new AbortController();
  await using informers = createInformers(client, systemWorld());
  const cache = informers.of(ConfigMaps);
  await cache.whenSynced(signal);
  const create = async (name: string): Promise<string> => {
    const metadata = { name, namespace: 'default' };
    return (await client.create(ConfigMaps, { metadata }, { signal })).metadata.resourceVersion!;
  };
  await create('a');
  await restart();
  const revision = await create('b');
  await new Promise<void>((resolve) => {
    cache.subscribe(() => cache.has(revision) && resolve());
  });
  assert.deepEqual(cache.all().map(keyOf), ['default/a', 'default/b']);
});

test('http: a server that cannot be reached is named', async () => {
  using client = httpClient(
    { url: 'https://127.0.0.1:1' },
    { world: systemWorld(), agent: 'suite' },
  );
  const { signal } = new AbortController();
  await assert.rejects(client.get(ConfigMaps, 'a', { namespace: 'default', signal }), {
    name: 'Unreachable',
    message: /cannot reach https:\/\/127\.0\.0\.1:1: /,
  });
});
