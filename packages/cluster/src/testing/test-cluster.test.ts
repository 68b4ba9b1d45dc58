import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigMaps, Pods } from '@coxswain/api';
import { keyOf } from '@coxswain/client';
import { createTestCluster, podRunner } from './index.ts';

test('objects written through one client reach informers and controllers', async () => {
  await using cluster = await createTestCluster({ controllers: [podRunner] });
  const { client, signal, informers } = cluster;
  const configMaps = informers.of(ConfigMaps);
  const metadata = { name: 'web', namespace: 'default' };
  await client.create(ConfigMaps, { metadata, data: { a: '1' } }, { signal });
  const spec = { containers: [{ name: 'c', image: 'i' }] };
  await client.create(Pods, { metadata, spec }, { signal });
  await cluster.settle();
  assert.deepEqual(configMaps.all().map(keyOf), ['default/web']);
  const pod = await client.get(Pods, 'web', { namespace: 'default', signal });
  assert.equal(pod.status?.phase, 'Running');
  await client.remove(Pods, 'web', { namespace: 'default', signal });
  await cluster.settle();
  assert.deepEqual(informers.of(Pods).all(), []);
});

test('time moves only when told, and through every instant on the way', async () => {
  await using cluster = await createTestCluster();
  const seen: number[] = [];
  const startMs = cluster.world.clock.now();
  const tick = async (): Promise<void> => {
    for (;;) {
      await cluster.world.clock.sleep(60_000, cluster.signal);
      seen.push(cluster.world.clock.now() - startMs);
    }
  };
  tick().catch(() => {});
  await cluster.advance('5m');
  assert.deepEqual(seen, [60_000, 120_000, 180_000, 240_000, 300_000]);
});
