import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigMaps } from '@coxswain/api';
import { createTestCluster, lineAcross } from '@coxswain/cluster/testing';
import type { Client } from '../client.ts';
import { clientSuite } from '../testing/index.ts';
import { Arrivals } from './arrivals.ts';
import { LineToServer } from './index.ts';

interface Opened extends AsyncDisposable {
  readonly client: Client;
}

async function open(): Promise<Opened> {
  const cluster = await createTestCluster();
  const port = lineAcross(cluster.server);
  const user = { name: 'suite', groups: ['system:masters', 'system:authenticated'] };
  return {
    client: new LineToServer(port).client({ user, agent: 'suite' }),
    async [Symbol.asyncDispose]() {
      port.close();
      await cluster[Symbol.asyncDispose]();
    },
  };
}

clientSuite('across', open);

test('across: objects come as they are stored, without managed fields', async () => {
  await using cluster = await createTestCluster();
  const port = lineAcross(cluster.server);
  const user = { name: 'suite', groups: ['system:masters', 'system:authenticated'] };
  const client = new LineToServer(port).client({ user, agent: 'suite' });
  const { signal } = new AbortController();
  const at = { namespace: 'default', signal };
  const whole = async (name: string) => {
    const { managedFields, ...metadata } = (await cluster.client.get(ConfigMaps, name, at))
      .metadata;
    assert.ok(managedFields?.length, 'there are some');
    return metadata;
  };
  const metadata = (name: string) => ({ name, namespace: 'default', annotations: { a: '"}]' } });
  const made = await client.create(ConfigMaps, { metadata: metadata('a'), data: { x: 'y' } }, at);
  assert.deepEqual(made.metadata, await whole('a'));
  const patched = await client.patch(ConfigMaps, 'a', 'merge', { data: { z: '1' } }, at);
  assert.deepEqual([patched.metadata, patched.data], [await whole('a'), { x: 'y', z: '1' }]);
  const updated = await client.update(ConfigMaps, { ...patched, data: { x: '2' } }, at);
  assert.deepEqual(updated.metadata, await whole('a'), 'an update without them leaves them');
  // What is not of one byte a letter comes whole: where its parts stand is not known.
  const wide = await client.create(ConfigMaps, { metadata: metadata('b'), data: { x: '한' } }, at);
  assert.equal(wide.data!['x'], '한');
  const tried = await client.create(
    ...([ConfigMaps, { metadata: metadata('c') }, { ...at, dryRun: true }] as const),
  );
  assert.equal(tried.metadata.resourceVersion, undefined);
  for await (const batch of client.watch(ConfigMaps, { signal })) {
    const seen = batch.find(({ object }) => object.metadata.name === 'a');
    assert.deepEqual([seen!.object.metadata, seen!.object.data], [await whole('a'), { x: '2' }]);
    break;
  }
  port.close();
});

test('across: a watch whose reader left is ended at the server', async () => {
  await using cluster = await createTestCluster();
  const seen: AbortSignal[] = [];
  const port = lineAcross({
    respond(request) {
      seen.push(request.signal);
      return cluster.server.respond(request);
    },
  });
  const user = { name: 'suite', groups: ['system:masters'] };
  const client = new LineToServer(port).client({ user, agent: 'suite' });
  const end = new AbortController();
  for await (const _batch of client.watch(ConfigMaps, { signal: end.signal })) break;
  await new Promise<void>((resolve) => seen[0]!.addEventListener('abort', () => resolve()));
  port.close();
});

test('across: many calls at once are begun in order, and all answered whose callers stay', async () => {
  const seen: string[] = [];
  const port = lineAcross({
    async respond({ info }) {
      seen.push(info.name);
      return { as: 'object', code: 200, object: { metadata: { name: info.name } } };
    },
  });
  const client = new LineToServer(port).client({ user: { name: 'suite', groups: [] }, agent: '' });
  const end = new AbortController();
  const asked = Array.from({ length: 100 }, (_, at) => {
    const { signal } = at < 90 ? new AbortController() : end;
    return client.get(ConfigMaps, `${at}`, { namespace: 'default', signal });
  });
  end.abort(new Error('enough'));
  const answers = await Promise.allSettled(asked);
  for (const [at, answer] of answers.entries())
    if (at >= 90) assert.equal(answer.status, 'rejected');
    else assert.equal((answer as PromiseFulfilledResult<any>).value.metadata.name, `${at}`);
  assert.deepEqual(
    seen.filter((name) => Number(name) < 90),
    Array.from({ length: 90 }, (_, at) => `${at}`),
  );
  port.close();
});

test('across: each call is made as the one whose client it is', async () => {
  const port = lineAcross({
    respond: async ({ user, headers, info: { name } }) => ({
      ...{ as: 'object', code: 200, object: { metadata: { name }, user, headers } },
    }),
  });
  const line = new LineToServer(port);
  const { signal } = new AbortController();
  const who = Array.from({ length: 40 }, (_, at) => ({
    user: { name: `user-${at}`, groups: [`group-${at}`] },
    agent: `agent-${at}`,
  }));
  const clients = who.map((each) => line.client(each));
  const asked = Array.from({ length: 200 }, (_, at) =>
    clients[at % 40]!.get(ConfigMaps, `${at}`, { namespace: 'default', signal }),
  );
  for (const [at, answer] of (await Promise.all(asked)).entries()) {
    const { user, agent } = who[at % 40]!;
    const told = { metadata: { name: `${at}` }, user, headers: { 'user-agent': agent } };
    assert.deepEqual(answer, told as never);
  }
  port.close();
});

test('across: of what nobody reads comes only whether it failed', async () => {
  await using cluster = await createTestCluster();
  const port = lineAcross(cluster.server);
  const user = { name: 'suite', groups: ['system:masters', 'system:authenticated'] };
  const client = new LineToServer(port).client({ user, agent: 'suite' });
  const { signal } = new AbortController();
  const at = { namespace: 'default', isUnread: true, signal };
  assert.equal(await client.create(ConfigMaps, { metadata: { name: 'a' } }, at), undefined);
  assert.equal((await client.get(ConfigMaps, 'a', at)).metadata.name, 'a');
  await assert.rejects(
    client.create(ConfigMaps, { metadata: { name: 'a' } }, at),
    /already exists/,
  );
  await client.remove(ConfigMaps, 'a', at);
  await assert.rejects(client.remove(ConfigMaps, 'a', at), /not found/);
  port.close();
});

test('across: who ends its signal is answered by its reason, at once', async () => {
  const port = lineAcross({ respond: () => new Promise(() => {}) });
  const user = { name: 'suite', groups: [] };
  const client = new LineToServer(port).client({ user, agent: 'suite' });
  const end = new AbortController();
  const asked = client.get(ConfigMaps, 'a', { namespace: 'default', signal: end.signal });
  end.abort(new Error('enough'));
  await assert.rejects(asked, /enough/);
  port.close();
});

test('arrivals: what gathered comes as one batch, the error after it', async () => {
  const arrivals = new Arrivals<number>();
  arrivals.add([1, 2]);
  arrivals.add([3]);
  arrivals.end(new Error('broke'));
  const batches: (readonly number[])[] = [];
  await assert.rejects(async () => {
    for await (const batch of arrivals) batches.push(batch);
  }, /broke/);
  assert.deepEqual(batches, [[1, 2, 3]]);
});
