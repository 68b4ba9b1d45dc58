import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Nodes } from '@coxswain/api';
import { createTestCluster, type TestCluster } from '@coxswain/cluster/testing';
import { runCni, runRoutes } from './run-pod-network.ts';

async function addNode(cluster: TestCluster, name: string, podCIDR: string, address: string) {
  const { client, signal } = cluster;
  const spec = { podCIDR, podCIDRs: [podCIDR] };
  await client.create(
    Nodes,
    { apiVersion: 'v1', kind: 'Node', metadata: { name }, spec },
    { signal },
  );
  const status = { addresses: [{ type: 'InternalIP', address }] };
  await client.patch(Nodes, name, 'merge', { status }, { signal, subresource: 'status' });
  await cluster.settle();
}

test('routes follow the nodes, and a failure is tried again', async () => {
  await using cluster = await createTestCluster();
  const { world, informers, client, signal } = cluster;
  const end = new AbortController();
  const batches: string[] = [];
  let failures = 1;
  const running = runRoutes({
    ...{ world, informers, nodeName: 'a', signal: end.signal },
    async runInNode(_program, _args, input) {
      batches.push(input!);
      if (failures-- > 0) throw new Error('no');
      return '';
    },
  });
  await addNode(cluster, 'a', '10.0.1.0/24', '1.1.1.1');
  await addNode(cluster, 'b', '10.0.2.0/24', '1.1.1.2');
  await cluster.advance('1s');
  const add = 'route replace 10.0.2.0/24 via 1.1.1.2\n';
  assert.deepEqual(batches, [add, add]);
  await client.remove(Nodes, 'b', { signal });
  await cluster.settle();
  assert.equal(batches.at(-1), 'route delete 10.0.2.0/24\n');
  end.abort(new Error('the routes ended'));
  await running;
});

test('the CNI configuration is written as soon as the node has a range', async () => {
  await using cluster = await createTestCluster();
  const { world, informers } = cluster;
  const folder = await mkdtemp(join(tmpdir(), 'cox-cni-'));
  const end = new AbortController();
  const running = runCni({
    ...{ world, informers, nodeName: 'a', signal: end.signal },
    ...{ configDir: join(folder, 'net.d'), stateDir: '/state' },
  });
  await addNode(cluster, 'b', '10.0.2.0/24', '1.1.1.2');
  await addNode(cluster, 'a', '10.0.1.0/24', '1.1.1.1');
  await cluster.settle();
  end.abort(new Error('the node ended'));
  await running; // after its last turn
  const text = await readFile(join(folder, 'net.d', '10-coxswain.conflist'), 'utf8');
  assert.match(text, /"subnet": "10\.0\.1\.0\/24"/);
  await rm(folder, { recursive: true });
});
