import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Leases } from '@coxswain/api';
import { createTestCluster } from '@coxswain/cluster/testing';
import { runWithLease } from './lease.ts';

test('one leads at a time; the next takes over when the first lets go', async () => {
  await using cluster = await createTestCluster();
  const { client, world } = cluster;
  const leading: string[] = [];
  const join = (identity: string): AbortController => {
    const end = new AbortController();
    const election = {
      client,
      world,
      namespace: 'kube-system',
      name: 'x',
      identity,
      signal: end.signal,
    };
    const lead = async (signal: AbortSignal): Promise<void> => {
      leading.push(identity);
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    };
    runWithLease(election, lead).catch(() => leading.push(`${identity} ended`));
    return end;
  };
  const first = join('a');
  await cluster.settle();
  const second = join('b');
  await cluster.advance('1m');
  assert.deepEqual(leading, ['a']);
  first.abort();
  await cluster.advance('10s');
  assert.deepEqual(
    leading.filter((each) => !each.includes('ended')),
    ['a', 'b'],
  );
  const lease = await client.get(Leases, 'x', { namespace: 'kube-system', signal: cluster.signal });
  assert.deepEqual([lease.spec?.holderIdentity, lease.spec?.leaseTransitions], ['b', 1]);
  second.abort();
  await cluster.settle();
});
