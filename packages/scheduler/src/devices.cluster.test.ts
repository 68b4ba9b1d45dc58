/** Claims get their devices with the node of their pod, in a real server's objects. The test stands for drivers and users. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeviceClasses, Nodes, Pods, ResourceClaims, ResourceSlices } from '@coxswain/api';
import { defaultFeatures } from '@coxswain/api/features';
import type { Client } from '@coxswain/client';
import { createTestCluster, type TestCluster } from '@coxswain/cluster/testing';
import { runScheduler } from './run-scheduler.ts';
import { node } from './testing/objects.ts';

const driver = 'd.example.com';
const apiVersion = 'resource.k8s.io/v1';
const at = { namespace: 'default' };

/** One node with these devices, and a class of them all. */
async function start(
  devices: readonly object[],
  through: (client: Client) => Client = (client) => client,
): Promise<TestCluster> {
  const cluster = await createTestCluster({ enabled: defaultFeatures });
  const { world, client, informers, signal } = cluster;
  void runScheduler({ world, client: through(client), informers, signal }).catch(() => {});
  const { status, ...made } = node('a');
  await client.create(Nodes, made, { signal });
  await client.patch(Nodes, 'a', 'merge', { status }, { signal, subresource: 'status' });
  const gpu: any = { apiVersion, kind: 'DeviceClass', metadata: { name: 'gpu' }, spec: {} };
  await client.create(DeviceClasses, gpu, { signal });
  const pool = { name: 'a', generation: 1, resourceSliceCount: 1 };
  const slice: any = { apiVersion, kind: 'ResourceSlice', metadata: { name: 's' } };
  await client.create(
    ResourceSlices,
    { ...slice, spec: { driver, pool, nodeName: 'a', devices } },
    { signal },
  );
  return cluster;
}

async function claim({ client, signal }: TestCluster, name: string): Promise<void> {
  const devices = { requests: [{ name: 'one', exactly: { deviceClassName: 'gpu' } }] };
  const metadata = { name, namespace: 'default' };
  const made: any = { apiVersion, kind: 'ResourceClaim', metadata, spec: { devices } };
  await client.create(ResourceClaims, made, { signal });
}

async function pod({ client, signal }: TestCluster, name: string, of: string): Promise<void> {
  const made: any = {
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default' } },
    spec: {
      containers: [{ name: 'c', image: 'i' }],
      resourceClaims: [{ name: 'gpu', resourceClaimName: of }],
    },
  };
  await client.create(Pods, made, { signal });
}

/** `device for pods` of a claim, and the node of a pod. */
async function seen({ client, signal }: TestCluster, name: string, of: string): Promise<string> {
  const { status } = await client.get(ResourceClaims, of, { ...at, signal });
  const { spec } = await client.get(Pods, name, { ...at, signal });
  const devices = status?.allocation?.devices?.results?.map(({ device }) => device) ?? [];
  const users = status?.reservedFor?.map((each) => each.name) ?? [];
  return `${devices.join(' ')} for ${users.join(' ')} on ${spec.nodeName ?? ''}`;
}

test('a device is written for its pod before the pod is bound', async () => {
  await using cluster = await start([{ name: 'x' }]);
  await claim(cluster, 'c');
  await pod(cluster, 'p', 'c');
  await cluster.settle();
  assert.equal(await seen(cluster, 'p', 'c'), 'x for p on a');
});

test('a pod whose claim comes later waits outside, and without a word', async () => {
  await using cluster = await start([{ name: 'x' }]);
  const { client, signal } = cluster;
  await pod(cluster, 'p', 'c');
  await cluster.settle();
  const { status } = await client.get(Pods, 'p', { ...at, signal });
  assert.equal(status?.conditions, undefined);
  await claim(cluster, 'c');
  await cluster.settle();
  assert.equal(await seen(cluster, 'p', 'c'), 'x for p on a');
});

test('two pods at once never get one device', async () => {
  await using cluster = await start([{ name: 'x' }, { name: 'y' }]);
  await Promise.all(['c', 'd', 'e'].map((name) => claim(cluster, name)));
  await Promise.all(['c', 'd', 'e'].map((name) => pod(cluster, `p-${name}`, name)));
  await cluster.settle();
  const { client, signal } = cluster;
  const { items } = await client.list(ResourceClaims, { ...at, signal });
  const devices = items.flatMap(({ status }) =>
    (status?.allocation?.devices?.results ?? []).map(({ device }) => device),
  );
  assert.deepEqual(devices.toSorted(), ['x', 'y']);
});

test('a binding that fails gives the claim back, and the pod gets it the next time', async () => {
  const told: string[] = [];
  let fails = 1;
  await using cluster = await start([{ name: 'x' }], (client) => ({
    ...client,
    raw: async (request) => {
      if (!request.path.endsWith('/binding') || fails-- <= 0) return client.raw(request);
      told.push(await seen(cluster, 'p', 'c'));
      throw new Error('no luck');
    },
    patch: async (resource, name, type, patch, where) => {
      if (resource.resource === 'resourceclaims') told.push(JSON.stringify(patch));
      return client.patch(resource, name, type, patch, where);
    },
  }));
  await claim(cluster, 'c');
  await pod(cluster, 'p', 'c');
  await cluster.advance('30s');
  assert.match(told[0]!, /^x for p on $/);
  assert.match(told[1]!, /"reservedFor":\[\{"\$patch":"delete"/);
  assert.equal(await seen(cluster, 'p', 'c'), 'x for p on a');
});

const slow = {
  name: 'x',
  bindsToNode: true,
  bindingConditions: ['example.com/ready'],
  bindingFailureConditions: ['example.com/failed'],
};
const says = (type: string): object => {
  const condition = { type, status: 'True', reason: 'R', message: 'm' };
  const conditions = [{ ...condition, lastTransitionTime: '2026-01-01T00:00:00Z' }];
  return { status: { devices: [{ driver, pool: 'a', device: 'x', conditions }] } };
};

for (const [type, want] of [
  ['example.com/ready', 'x for p on a'],
  ['example.com/failed', 'y for p on a'],
] as const)
  test(`a device that has to be made ready: ${type}`, async () => {
    await using cluster = await start([slow]);
    const { client, signal } = cluster;
    await claim(cluster, 'c');
    await pod(cluster, 'p', 'c');
    await cluster.settle();
    assert.equal(await seen(cluster, 'p', 'c'), 'x for p on ');
    const spec = {
      pool: { name: 'a', generation: 2, resourceSliceCount: 1 },
      devices: [{ name: 'y' }],
    };
    if (type.endsWith('failed'))
      await client.patch(ResourceSlices, 's', 'merge', { spec }, { signal });
    const where = { ...at, signal, subresource: 'status' };
    await client.patch(ResourceClaims, 'c', 'merge', says(type), where);
    await cluster.advance('1m');
    assert.equal(await seen(cluster, 'p', 'c'), want);
  });
