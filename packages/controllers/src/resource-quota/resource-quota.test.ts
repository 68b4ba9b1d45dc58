import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigMaps, Deployments, Pods, ResourceQuotas, Services } from '@coxswain/api';
import type { ResourceList, ResourceQuota } from '@coxswain/api/types/core-v1';
import { createTestCluster, type TestCluster } from '@coxswain/cluster/testing';
import { deployment, namespace, pod, service } from '../testing/objects.ts';
import { recounted } from './recount.ts';
import { resourceQuotaController } from './resource-quota.ts';

const quota = (hard: ResourceList, more: object = {}): ResourceQuota => ({
  metadata: { name: 'q', namespace },
  spec: { hard, ...more },
});

for (const [name, status, counted, want] of [
  ['new', undefined, { pods: '1' }, { hard: { pods: '2' }, used: { pods: '1' } }],
  ['true already', { hard: { pods: '2' }, used: { pods: '1' } }, { pods: '1' }, undefined],
  [
    'in other words',
    { hard: { pods: '2000m' }, used: { pods: '1' } },
    { pods: '1000m' },
    undefined,
  ],
  [
    'not to be counted now',
    { hard: { pods: '2' }, used: { pods: '7', gone: '1' } },
    {},
    { hard: { pods: '2' }, used: { pods: '7' } },
  ],
  [
    'a new bound',
    { hard: { pods: '1' }, used: { pods: '1' } },
    { pods: '1' },
    { hard: { pods: '2' }, used: { pods: '1' } },
  ],
] as const satisfies readonly (readonly [
  string,
  ResourceQuota['status'] | undefined,
  ResourceList,
  object | undefined,
])[])
  test(`recount: ${name}`, () => {
    const before = { ...quota({ pods: '2' }), ...(status && { status }) };
    assert.deepEqual(recounted(before, counted)?.status, want);
  });

const usedIn = async ({ client, signal }: TestCluster): Promise<ResourceList | undefined> =>
  (await client.get(ResourceQuotas, 'q', { namespace, signal })).status?.used;

test('a quota counts what is there, and gives back what goes', async () => {
  await using cluster = await createTestCluster({ controllers: [resourceQuotaController] });
  const { client, signal } = cluster;
  for (const name of ['a', 'b']) await client.create(Pods, pod(name), { signal });
  await client.create(Services, service(), { signal });
  await client.create(Deployments, deployment(), { signal });
  const hard = {
    ...{ pods: '5', services: '5', 'count/deployments.apps': '2', 'count/things.example.com': '1' },
    ...{ resourcequotas: '1', configmaps: '9' },
  };
  await client.create(ResourceQuotas, quota(hard), { signal });
  await cluster.settle();
  const all = {
    ...{ pods: '2', services: '1', 'count/deployments.apps': '1', resourcequotas: '1' },
    ...{ configmaps: '0' },
  };
  assert.deepEqual(await usedIn(cluster), all);
  await client.remove(Pods, 'a', { namespace, signal, graceSeconds: 0 });
  const ended = { ...(await client.get(Pods, 'b', { namespace, signal })) };
  await client.update(
    Pods,
    { ...ended, status: { ...ended.status, phase: 'Succeeded' } },
    {
      subresource: 'status',
      signal,
    },
  );
  await client.remove(Deployments, 'web', { namespace, signal });
  await cluster.settle();
  assert.deepEqual(await usedIn(cluster), all); // not believed at once
  await cluster.advance('1s');
  assert.deepEqual(await usedIn(cluster), { ...all, pods: '0', 'count/deployments.apps': '0' });
});

test('a quota is counted anew from time to time', async () => {
  await using cluster = await createTestCluster({ controllers: [resourceQuotaController] });
  const { client, signal } = cluster;
  await client.create(ResourceQuotas, quota({ configmaps: '9' }), { signal });
  await cluster.settle();
  await client.create(ConfigMaps, { metadata: { name: 'c', namespace } }, { signal });
  await cluster.settle();
  assert.deepEqual(await usedIn(cluster), { configmaps: '0' }); // admission would have charged it
  await cluster.advance('5m');
  assert.deepEqual(await usedIn(cluster), { configmaps: '1' });
});

test('only pods in scope count', async () => {
  await using cluster = await createTestCluster({ controllers: [resourceQuotaController] });
  const { client, signal } = cluster;
  for (const [name, more] of [
    ['short', { activeDeadlineSeconds: 9 }],
    ['long', {}],
  ] as const)
    await client.create(
      Pods,
      pod(name, { spec: { containers: [{ name: 'c', image: 'one' }], ...more } }),
      { signal },
    );
  await client.create(ResourceQuotas, quota({ pods: '5' }, { scopes: ['Terminating'] }), {
    signal,
  });
  await cluster.settle();
  assert.deepEqual(await usedIn(cluster), { pods: '1' });
});
