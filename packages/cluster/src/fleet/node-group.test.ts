/** NodeGroups over a real API server in memory: they grow, shrink, name their zones, and nodes get ranges for their pods. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Namespaces, Nodes } from '@coxswain/api';
import type { Node } from '@coxswain/api/types/core-v1';
import { controllers } from '@coxswain/controllers';
import { createTestCluster, type TestCluster } from '../testing/index.ts';
import { addressOf, nodeGroupController } from './node-group-controller.ts';
import { groupLabel, NodeGroups, removeAnnotation } from './node-group.ts';
import { ensureDefinition, resizeGroup } from './start-group.ts';

const facts = { kubeletVersion: 'v1.36.2', kubeletPort: 10_250 };
const ipam = controllers({ clusterCidr: '100.64.0.0/10' }).filter(
  ({ name }) => name === 'node-ipam-controller',
);
const zones = ['a', 'b', 'c'];
const template = {
  ...{ zones, region: 'r', instanceType: 'big', capacity: { cpu: '4', 'example.com/gpu': '2' } },
  reserved: { cpu: '500m' },
  metadata: { labels: { team: 'x' } },
  spec: { taints: [{ key: 'only', value: 'x', effect: 'NoSchedule' as const }] },
};

async function withGroup(
  size: number,
  run: (cluster: TestCluster) => Promise<void>,
): Promise<void> {
  await using cluster = await createTestCluster();
  const { client, signal } = cluster;
  await client.create(Namespaces, { metadata: { name: 'kube-node-lease' }, spec: {} }, { signal });
  await ensureDefinition(client, signal);
  cluster.start(nodeGroupController(facts), ...ipam);
  await resizeGroup(client, 'big', () => size, template, signal);
  await cluster.settle();
  await run(cluster);
}

const nodesOf = async ({ client, signal }: TestCluster): Promise<readonly Node[]> =>
  (await client.list(Nodes, { signal })).items;
const names = (nodes: readonly Node[]): readonly string[] =>
  nodes.map(({ metadata }) => metadata.name);

test('a group makes its nodes as its template says', () =>
  withGroup(4, async (cluster) => {
    const nodes = await nodesOf(cluster);
    assert.deepEqual(names(nodes), ['big-1', 'big-2', 'big-3', 'big-4']);
    const zone = nodes.map(({ metadata }) => metadata.labels!['topology.kubernetes.io/zone']);
    assert.deepEqual(zone, ['a', 'b', 'c', 'a']);
    const { metadata, spec, status } = nodes[0]!;
    assert.equal(metadata.labels!['node.kubernetes.io/instance-type'], 'big');
    assert.equal(metadata.labels!['team'], 'x');
    assert.deepEqual(spec!.taints, template.spec.taints);
    assert.deepEqual([status!.capacity!['cpu'], status!.allocatable!['cpu']], ['4', '3500m']);
    assert.equal(status!.capacity!['example.com/gpu'], '2');
    assert.deepEqual(
      nodes.map((node) => node.status!.addresses![0]!.address),
      ['127.64.0.1', '127.64.0.2', '127.64.0.3', '127.64.0.4'],
    );
    assert.deepEqual(new Set(nodes.map((node) => node.spec!.podCIDR)).size, 4);
    const { status: told } = await cluster.client.get(NodeGroups, 'big', {
      signal: cluster.signal,
    });
    const selector = `${groupLabel}=big`;
    assert.deepEqual(told, { replicas: 4, readyReplicas: 4, selector, observedGeneration: 1 });
  }));

test('by the scale subresource a group shrinks: the marked node first, then the newest; and fills the gap when it grows', () =>
  withGroup(4, async (cluster) => {
    const { client, signal } = cluster;
    const scale = async (replicas: number): Promise<void> => {
      const at = { subresource: 'scale', signal };
      await client.patch(NodeGroups, 'big', 'merge', { spec: { replicas } }, at);
      await cluster.settle();
    };
    const mark = { metadata: { annotations: { [removeAnnotation]: 'true' } } };
    await client.patch(Nodes, 'big-2', 'merge', mark, { signal });
    await scale(2);
    assert.deepEqual(names(await nodesOf(cluster)), ['big-1', 'big-3']);
    await scale(3);
    assert.deepEqual(names(await nodesOf(cluster)), ['big-1', 'big-2', 'big-3']);
    await client.remove(Nodes, 'big-1', { signal });
    await cluster.settle();
    assert.deepEqual(names(await nodesOf(cluster)), ['big-1', 'big-2', 'big-3'], 'made again');
  }));

test('300 nodes: each its own address and range', () =>
  withGroup(300, async (cluster) => {
    const nodes = await nodesOf(cluster);
    assert.equal(new Set(nodes.map((node) => node.status!.addresses![0]!.address)).size, 300);
    assert.equal(new Set(nodes.map((node) => node.spec!.podCIDR)).size, 300);
  }));

test('addresses of simulated nodes', () =>
  assert.deepEqual([1, 256, 65_536].map(addressOf), ['127.64.0.1', '127.64.1.0', '127.65.0.0']));
