import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Endpoints, EndpointSlices, Services } from '@coxswain/api';
import type { Endpoints as EndpointsObject, EndpointSubset } from '@coxswain/api/types/core-v1';
import { createTestCluster, type TestCluster } from '@coxswain/cluster/testing';
import { namespace } from '../testing/objects.ts';
import { endpointSliceMirroringController } from './endpoint-slice-mirroring.ts';

const endpoints = (subsets: readonly EndpointSubset[], metadata: object = {}): EndpointsObject => ({
  metadata: { name: 'db', namespace, ...metadata },
  subsets,
});
const port = { name: 'sql', port: 5432, protocol: 'TCP' };
const open = async (selector?: Record<string, string>): Promise<TestCluster> => {
  const cluster = await createTestCluster({ controllers: [endpointSliceMirroringController] });
  const spec = { ports: [port], ...(selector && { selector }) };
  const service = { metadata: { name: 'db', namespace }, spec };
  await cluster.client.create(Services, service as never, { signal: cluster.signal });
  return cluster;
};
const slicesIn = async ({ client, signal }: TestCluster) =>
  (await client.list(EndpointSlices, { namespace, signal })).items.map((slice) => ({
    family: slice.addressType,
    ports: slice.ports?.map((each) => each.port),
    ready: Object.fromEntries(
      (slice.endpoints ?? []).map((each) => [each.addresses[0], each.conditions?.ready]),
    ),
    manager: slice.metadata.labels?.['endpointslice.kubernetes.io/managed-by'],
  }));
const manager = 'endpointslicemirroring-controller.k8s.io';

test('mirroring: slices by family and ports follow the Endpoints, and go with them', async () => {
  await using cluster = await open();
  const { client, signal } = cluster;
  const subset = {
    addresses: [{ ip: '10.0.0.1' }, { ip: 'fd00::1' }],
    notReadyAddresses: [{ ip: '10.0.0.2' }],
    ports: [port],
  };
  await client.create(Endpoints, endpoints([subset]), { signal });
  await cluster.settle();
  const v6 = { family: 'IPv6', ports: [5432], ready: { 'fd00::1': true }, manager };
  const v4 = (ready: object) => ({ family: 'IPv4', ports: [5432], ready, manager });
  const sorted = async () =>
    (await slicesIn(cluster)).toSorted((a, b) => (a.family < b.family ? -1 : 1));
  assert.deepEqual(await sorted(), [v4({ '10.0.0.1': true, '10.0.0.2': false }), v6]);
  const now = await client.get(Endpoints, 'db', { namespace, signal });
  const next = { ...now, subsets: [{ addresses: [{ ip: '10.0.0.3' }], ports: [port] }] };
  await client.update(Endpoints, next, { signal });
  await cluster.settle();
  assert.deepEqual(await sorted(), [v4({ '10.0.0.3': true })]);
  await client.remove(Endpoints, 'db', { namespace, signal });
  await cluster.settle();
  assert.deepEqual(await sorted(), []);
});

const one = [{ addresses: [{ ip: '10.0.0.1' }], ports: [port] }];
for (const [name, selector, metadata] of [
  ['a Service with a selector', { app: 'db' }, {}],
  [
    'a label that says no',
    undefined,
    { labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
  ],
  [
    'a leader election',
    undefined,
    { annotations: { 'control-plane.alpha.kubernetes.io/leader': '{}' } },
  ],
] as const)
  test(`mirroring: none for ${name}`, async () => {
    await using cluster = await open(selector);
    const { client, signal } = cluster;
    await client.create(Endpoints, endpoints(one, metadata), { signal });
    await cluster.settle();
    assert.deepEqual(await slicesIn(cluster), []);
  });
