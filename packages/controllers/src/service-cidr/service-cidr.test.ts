import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Events, IPAddresses, ServiceCIDRs, Services } from '@coxswain/api';
import { createTestCluster } from '@coxswain/cluster/testing';
import { namespace } from '../testing/objects.ts';
import { leakedAddressRepair, serviceAddressRepair, serviceCIDRController } from './index.ts';
import { addressOf, gives, rangeOf } from './service-range.ts';

const ranges: readonly { range: string; address: string; given: boolean }[] = [
  { range: '10.0.0.0/24', address: '10.0.0.0', given: false },
  { range: '10.0.0.0/24', address: '10.0.0.1', given: true },
  { range: '10.0.0.0/24', address: '10.0.0.255', given: false },
  { range: '10.0.0.0/24', address: '10.0.1.1', given: false },
  { range: 'fd00::/112', address: 'fd00::ffff', given: true },
  { range: 'fd00::/112', address: 'fd00::', given: false },
];
for (const { range, address, given } of ranges)
  test(`${address} of ${range}`, () => assert.equal(gives(rangeOf(range)!, address), given));
test('what is no address', () => {
  for (const text of ['x', '1.2.3', 'fd00']) assert.equal(addressOf(text), undefined);
});

const serviceRange = '10.96.0.0/16';
const service = (name: string, more: object = {}): never =>
  ({
    metadata: { name, namespace },
    spec: { selector: { app: 'web' }, ports: [{ port: 80 }], ...more },
  }) as never;
const range = (name: string, cidr: string): never =>
  ({ metadata: { name }, spec: { cidrs: [cidr] } }) as never;

test('a range is protected, gives addresses, and goes when none of them is left', async () => {
  await using cluster = await createTestCluster({
    controllers: [serviceCIDRController],
    serviceRange,
  });
  const { client, signal } = cluster;
  await client.create(ServiceCIDRs, range('more', '10.98.0.0/28'), { signal });
  await cluster.settle();
  const { metadata, status } = await client.get(ServiceCIDRs, 'more', { signal });
  assert.deepEqual(
    [metadata.finalizers, status?.conditions?.[0]?.message],
    [['networking.k8s.io/service-cidr-finalizer'], 'Kubernetes Service CIDR is ready'],
  );
  await client.create(Services, service('web', { clusterIP: '10.98.0.5' }), { signal });
  const { spec } = await client.get(IPAddresses, '10.98.0.5', { signal });
  assert.deepEqual(spec.parentRef, { resource: 'services', namespace, name: 'web' });
  await client.remove(ServiceCIDRs, 'more', { signal });
  await cluster.settle();
  const waiting = await client.get(ServiceCIDRs, 'more', { signal });
  assert.equal(waiting.status?.conditions?.[0]?.reason, 'Terminating');
  await assert.rejects(
    client.create(Services, service('late', { clusterIP: '10.98.0.6' }), { signal }),
    /the provided network does not match the current range/,
  );
  await client.remove(Services, 'web', { namespace, signal });
  await assert.rejects(client.get(IPAddresses, '10.98.0.5', { signal }), /not found/);
  await cluster.advance('11s');
  await assert.rejects(client.get(ServiceCIDRs, 'more', { signal }), /not found/);
});

test('an address whose object was lost gets it again, one that leaked goes', async () => {
  const controllers = [serviceAddressRepair, leakedAddressRepair];
  await using cluster = await createTestCluster({ controllers, serviceRange });
  const { client, signal } = cluster;
  await client.create(ServiceCIDRs, range('kubernetes', serviceRange), { signal });
  await client.create(Services, service('web', { clusterIP: '10.96.7.7' }), { signal });
  await client.remove(IPAddresses, '10.96.7.7', { signal });
  const leaked = {
    metadata: {
      name: '10.96.9.9',
      labels: { 'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io' },
    },
    spec: { parentRef: { resource: 'services', namespace, name: 'nobody' } },
  };
  await client.create(IPAddresses, leaked as never, { signal });
  await cluster.settle();
  const { spec } = await client.get(IPAddresses, '10.96.7.7', { signal });
  assert.equal(spec.parentRef?.name, 'web');
  await cluster.advance('2m');
  await assert.rejects(client.get(IPAddresses, '10.96.9.9', { signal }), /not found/);
  const { items } = await client.list(Events, { signal });
  assert.deepEqual(items.map(({ message }) => message).toSorted(), [
    'Cluster IP [IPv4]: 10.96.7.7 is not allocated; repairing',
    `IPAddress: 10.96.9.9 for Service ${namespace}/nobody appears to have leaked: cleaning up`,
  ]);
});
