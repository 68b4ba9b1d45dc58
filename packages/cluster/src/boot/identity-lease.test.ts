import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { test } from 'node:test';
import { Leases } from '@coxswain/api';
import type { Lease } from '@coxswain/api/types/coordination-v1';
import { createTestCluster } from '@coxswain/cluster/testing';
import { keepIdentityLease, serverIdentity } from './identity-lease.ts';

test("identity: upstream's name for a server on a machine of that name", () =>
  assert.equal(serverIdentity('vm'), 'apiserver-wlv32tlttr4jl3gtroqexyxapa'));

test('identity: a lease is made, renewed, and made again; those of the dead go', async () => {
  await using cluster = await createTestCluster();
  const { client, server, signal } = cluster;
  const end = new AbortController();
  const namespace = 'kube-system';
  const lease = (name: string, labels: Record<string, string>) =>
    client.create(
      Leases,
      {
        metadata: { name, namespace, labels },
        spec: {
          holderIdentity: 'x',
          leaseDurationSeconds: 60,
          renewTime: '2020-01-01T00:00:00.000000Z',
        },
      },
      { signal },
    );
  await lease('dead', { 'apiserver.kubernetes.io/identity': 'kube-apiserver' });
  await lease('other', {});
  const kept = keepIdentityLease(server, end.signal);
  const name = serverIdentity(hostname().toLowerCase());
  const read = (): Promise<Lease> => client.get(Leases, name, { namespace, signal });
  await cluster.advance('1s');
  const first = await read();
  assert.equal(first.metadata.labels?.['kubernetes.io/hostname'], hostname().toLowerCase());
  assert.match(String(first.spec?.holderIdentity), new RegExp(`^${name}_[0-9a-f-]{36}$`));
  await assert.rejects(client.get(Leases, 'dead', { namespace, signal }), { code: 404 });
  await client.get(Leases, 'other', { namespace, signal });
  await cluster.advance('11s');
  assert.notEqual((await read()).spec?.renewTime, first.spec?.renewTime);
  await client.remove(Leases, name, { namespace, signal });
  await cluster.advance('11s');
  assert.equal((await read()).spec?.leaseDurationSeconds, 3600);
  end.abort();
  await kept;
});
