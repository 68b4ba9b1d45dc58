/** Extenders: what they are sent, and what their answers do. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Nodes, Pods } from '@coxswain/api';
import { createTestCluster, type TestCluster } from '@coxswain/cluster/testing';
import { defaultConfiguration } from '../configuration/index.ts';
import type { WrittenExtender } from '../configuration/kinds.ts';
import { runScheduler } from '../run-scheduler.ts';
import { asking, node } from '../testing/objects.ts';
import type { Post } from './extenders.ts';

type Answer = (body: any) => unknown;

/** A scheduler whose extenders answer by verb; `calls` is what they were asked. */
async function start(
  extenders: readonly WrittenExtender[],
  answers: Readonly<Record<string, Answer>>,
): Promise<{ cluster: TestCluster; calls: [string, any][] }> {
  const cluster = await createTestCluster();
  const { world, client, informers, signal } = cluster;
  const calls: [string, any][] = [];
  const post: Post = async (_settings, url, body) => {
    const verb = url.split('/').at(-1)!;
    calls.push([url, body]);
    if (!answers[verb]) return { status: 500, text: '' };
    return { status: 200, text: JSON.stringify(answers[verb](body)) };
  };
  const configuration = { ...defaultConfiguration, extenders };
  void runScheduler({ world, client, informers, signal, configuration, post }).catch(() => {});
  for (const name of ['a', 'b', 'c']) {
    const { status, ...made } = node(name);
    await client.create(Nodes, made, { signal });
    await client.patch(Nodes, name, 'merge', { status }, { signal, subresource: 'status' });
  }
  return { cluster, calls };
}

async function create({ client, signal }: TestCluster, name: string, requests = {}, more = {}) {
  const { metadata, ...made } = asking(name, requests);
  const { uid: _, ...fresh } = metadata;
  await client.create(
    Pods,
    { ...made, metadata: fresh, spec: { ...made.spec, ...more } },
    { signal },
  );
}

const look = async ({ client, signal }: TestCluster, name: string) => {
  const { spec, status } = await client.get(Pods, name, { namespace: 'default', signal });
  return [spec.nodeName ?? '', status?.conditions?.[0]?.message];
};
const urlPrefix = 'http://x/scheduler/';

test('nodes are filtered and scored by extenders, by name or whole', async () => {
  const { cluster, calls } = await start(
    [
      { urlPrefix, nodeCacheCapable: true, filterVerb: 'filter' },
      { urlPrefix, prioritizeVerb: 'prioritize', weight: 5 },
    ],
    {
      filter: ({ NodeNames }) => ({ NodeNames: NodeNames.filter((name: string) => name !== 'c') }),
      prioritize: ({ Nodes: { items } }) =>
        items.map(({ metadata: { name } }: any) => ({ Host: name, Score: name === 'b' ? 10 : 0 })),
    },
  );
  await using _ = cluster;
  for (const name of ['p', 'q', 'r']) await create(cluster, name, { cpu: '500m' });
  await cluster.settle();
  for (const name of ['p', 'q', 'r']) assert.equal((await look(cluster, name))[0], 'b');
  const [url, body] = calls[0]!;
  assert.equal(url, 'http://x/scheduler/filter');
  assert.deepEqual(
    [body.Pod.metadata.name, body.Nodes, body.NodeNames.toSorted()],
    [...['p', null], ['a', 'b', 'c']],
  );
  assert.deepEqual(calls[1]![1].Nodes.items.map(({ metadata }: any) => metadata.name).toSorted(), [
    ...['a', 'b'],
  ]);
});

test('what an extender says of nodes is told; any event asks it again', async () => {
  let open = false;
  const { cluster } = await start([{ urlPrefix, filterVerb: 'filter' }], {
    filter: ({ Nodes: list }) =>
      open
        ? { Nodes: list }
        : {
            FailedNodes: { a: 'no licence', b: 'no licence' },
            FailedAndUnresolvableNodes: { c: 'too old' },
          },
  });
  await using _ = cluster;
  await create(cluster, 'p');
  await cluster.settle();
  assert.deepEqual(await look(cluster, 'p'), [
    '',
    '0/3 nodes are available: 1 too old, 2 no licence. no new claims to deallocate, preemption: 0/3 nodes are available: 1 Preemption is not helpful for scheduling, 2 No preemption victims found for incoming pod.',
  ]);
  open = true;
  const { client, signal } = cluster;
  await client.patch(Nodes, 'a', 'merge', { metadata: { labels: { x: 'y' } } }, { signal });
  await cluster.advance('2s');
  assert.notEqual((await look(cluster, 'p'))[0], '');
});

test('an extender that fails is an error, unless it may be ignored or has no say about the pod', async () => {
  const { cluster } = await start(
    [
      { urlPrefix, filterVerb: 'broken', ignorable: true },
      { urlPrefix, filterVerb: 'gone', managedResources: [{ name: 'example.com/gpu' }] },
    ],
    {},
  );
  await using _ = cluster;
  const { client, signal } = cluster;
  const capacity = { status: { allocatable: { 'example.com/gpu': '4' } } };
  await client.patch(Nodes, 'a', 'merge', capacity, { signal, subresource: 'status' });
  await create(cluster, 'p');
  const one = { 'example.com/gpu': '1' };
  const containers = [{ name: 'c', image: 'i', resources: { requests: one, limits: one } }];
  await create(cluster, 'q', {}, { containers });
  await cluster.settle();
  assert.notEqual((await look(cluster, 'p'))[0], '');
  assert.deepEqual(await look(cluster, 'q'), [
    '',
    'failed gone with extender at URL http://x/scheduler/gone, code 500',
  ]);
});

test('an extender binds, and chooses victims', async () => {
  const holder: { cluster?: TestCluster } = {};
  const { cluster, calls } = await start(
    [{ urlPrefix, bindVerb: 'bind', preemptVerb: 'preempt', nodeCacheCapable: true }],
    {
      bind({ PodName: name, PodNamespace: namespace, Node: target }) {
        const { client, signal } = holder.cluster!;
        const binding = { target: { kind: 'Node', name: target }, metadata: { name, namespace } };
        const body = { apiVersion: 'v1', kind: 'Binding', ...binding };
        const path = `/api/v1/namespaces/${namespace}/pods/${name}/binding`;
        void client.raw({ method: 'POST', path, body, signal });
        return {};
      },
      preempt: ({ NodeNameToMetaVictims: { b } }) => ({ NodeNameToMetaVictims: { b } }),
    },
  );
  holder.cluster = cluster;
  await using _ = cluster;
  for (const name of ['p', 'q', 'r']) await create(cluster, name, { cpu: '3' });
  await cluster.settle();
  const places = await Promise.all(['p', 'q', 'r'].map((name) => look(cluster, name)));
  assert.deepEqual(places.map(([place]) => place).toSorted(), ['a', 'b', 'c']);
  await create(cluster, 'vip', { cpu: '3' }, { priority: 10 });
  await cluster.settle();
  const { status } = await cluster.client.get(Pods, 'vip', {
    ...{ namespace: 'default', signal: cluster.signal },
  });
  assert.equal(status?.nominatedNodeName, 'b');
  const [, asked] = calls.find(([url]) => url.endsWith('/preempt'))!;
  assert.deepEqual(Object.keys(asked.NodeNameToMetaVictims).toSorted(), ['a', 'b', 'c']);
  assert.equal(asked.NodeNameToMetaVictims.a.NumPDBViolations, 0);
});
