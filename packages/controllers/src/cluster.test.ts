import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ControllerRevisions,
  DaemonSets,
  Deployments,
  Endpoints,
  EndpointSlices,
  Events,
  Jobs,
  Namespaces,
  Nodes,
  Pods,
  ReplicaSets,
  ServiceAccounts,
  Services,
  ConfigMaps,
} from '@coxswain/api';
import type { Job } from '@coxswain/api/types/batch-v1';
import { createTestCluster, podRunner, type TestCluster } from '@coxswain/cluster/testing';
import { controllers } from './index.ts';
import { daemonSet, deployment, job, namespace, node, service } from './testing/objects.ts';

const open = async (): Promise<TestCluster> => {
  const cluster = await createTestCluster({
    controllers: [
      ...controllers({
        rootCa: 'PEM',
        clusterCidr: '10.244.0.0/16',
        kubernetesService: { serviceIp: '10.96.0.1', address: '10.0.0.1', port: 6443 },
      }),
      podRunner,
    ],
  });
  await cluster.client.create(
    Namespaces,
    { metadata: { name: namespace }, spec: { finalizers: ['kubernetes'] } } as never,
    { signal: cluster.signal },
  );
  await cluster.settle();
  return cluster;
};

test('a namespace gets its account and authority, and the cluster its Service', async () => {
  await using cluster = await open();
  const { client, signal } = cluster;
  const account = await client.get(ServiceAccounts, 'default', { namespace, signal });
  assert.equal(account.metadata.name, 'default');
  const map = await client.get(ConfigMaps, 'kube-root-ca.crt', { namespace, signal });
  assert.deepEqual(map.data, { 'ca.crt': 'PEM' });
  const endpoints = await client.get(Endpoints, 'kubernetes', { namespace, signal });
  assert.deepEqual(endpoints.subsets, [
    { addresses: [{ ip: '10.0.0.1' }], ports: [{ name: 'https', port: 6443, protocol: 'TCP' }] },
  ]);
  await client.remove(ServiceAccounts, 'default', { namespace, signal });
  await cluster.settle();
  assert.ok(await client.get(ServiceAccounts, 'default', { namespace, signal }));
});

test('a deleted deployment takes everything below it along', async () => {
  await using cluster = await open();
  const { client, signal } = cluster;
  await client.create(Deployments, deployment(), { signal });
  await cluster.settle();
  assert.equal((await client.list(Pods, { namespace, signal })).items.length, 3);
  await client.remove(Deployments, 'web', { namespace, signal });
  await cluster.settle();
  assert.deepEqual((await client.list(ReplicaSets, { namespace, signal })).items, []);
  assert.deepEqual((await client.list(Pods, { namespace, signal })).items, []);
});

test('an orphaned replica set stays with its pods', async () => {
  await using cluster = await open();
  const { client, signal } = cluster;
  await client.create(Deployments, deployment(), { signal });
  await cluster.settle();
  await client.remove(Deployments, 'web', { namespace, propagation: 'Orphan', signal });
  await cluster.settle();
  const sets = await client.list(ReplicaSets, { namespace, signal });
  assert.deepEqual(
    sets.items.map(({ metadata }) => metadata.ownerReferences ?? []),
    [[]],
  );
  assert.equal((await client.list(Pods, { namespace, signal })).items.length, 3);
  await assert.rejects(client.get(Deployments, 'web', { namespace, signal }), /not found/);
});

test('foreground deletion waits for the dependents', async () => {
  await using cluster = await open();
  const { client, signal } = cluster;
  await client.create(Deployments, deployment(), { signal });
  await cluster.settle();
  await client.remove(Deployments, 'web', { namespace, propagation: 'Foreground', signal });
  await cluster.settle();
  assert.deepEqual((await client.list(Pods, { namespace, signal })).items, []);
  await assert.rejects(client.get(Deployments, 'web', { namespace, signal }), /not found/);
});

test('a namespace goes with all that is in it', async () => {
  await using cluster = await open();
  const { client, signal } = cluster;
  await client.create(Deployments, deployment(), { signal });
  await client.create(Services, service(), { signal });
  await cluster.settle();
  await client.remove(Namespaces, namespace, { signal });
  await cluster.advance('1m');
  await assert.rejects(client.get(Namespaces, namespace, { signal }), /not found/);
  assert.deepEqual((await client.list(Pods, { signal })).items, []);
});

test('endpoints follow the pods of a service', async () => {
  await using cluster = await open();
  const { client, signal } = cluster;
  await client.create(Services, service(), { signal });
  await client.create(Deployments, deployment('one', { replicas: 2 }), { signal });
  await cluster.settle();
  const slices = await client.list(EndpointSlices, {
    namespace,
    labels: 'kubernetes.io/service-name=web',
    signal,
  });
  assert.deepEqual(
    slices.items.map(({ endpoints, ports }) => [
      endpoints?.length,
      endpoints?.map(({ conditions }) => conditions?.ready),
      ports,
    ]),
    [[2, [true, true], [{ name: '', port: 8080, protocol: 'TCP' }]]],
  );
  const endpoints = await client.get(Endpoints, 'web', { namespace, signal });
  assert.deepEqual(
    endpoints.subsets?.map(({ addresses, ports }) => [addresses?.length, ports]),
    [[2, [{ port: 8080, protocol: 'TCP' }]]],
  );
});

test('a daemon set runs on every node, and rolls', async () => {
  await using cluster = await open();
  const { client, signal } = cluster;
  for (const name of ['n1', 'n2', 'n3']) await client.create(Nodes, node(name), { signal });
  await client.create(DaemonSets, daemonSet(), { signal });
  await cluster.settle();
  const made = await client.get(DaemonSets, 'agent', { namespace, signal });
  assert.equal(made.status?.numberAvailable, 3);
  await client.update(DaemonSets, { ...made, spec: daemonSet('two').spec } as never, { signal });
  await cluster.settle();
  const pods = await client.list(Pods, { namespace, signal });
  assert.deepEqual(
    pods.items.map(({ spec }) => spec?.containers[0]!.image),
    ['two', 'two', 'two'],
  );
  assert.equal((await client.list(ControllerRevisions, { namespace, signal })).items.length, 2);
  const ranges = (await client.list(Nodes, { signal })).items.map(({ spec }) => spec?.podCIDR);
  assert.deepEqual(ranges.toSorted(), ['10.244.0.0/24', '10.244.1.0/24', '10.244.2.0/24']);
});

const finish = async ({ client, signal }: TestCluster, phase: string): Promise<void> => {
  for (const pod of (await client.list(Pods, { namespace, signal })).items)
    if (pod.status?.phase === 'Running')
      await client.update(
        Pods,
        { ...pod, status: { ...pod.status, phase, conditions: [] } } as never,
        { subresource: 'status', signal },
      );
};

const stateOf = ({ status }: Job): unknown => ({
  succeeded: status?.succeeded ?? 0,
  failed: status?.failed ?? 0,
  active: status?.active ?? 0,
  conditions: status?.conditions?.map(({ type, reason }) => `${type} ${reason}`),
});

test('a job runs until enough pods have succeeded', async () => {
  await using cluster = await open();
  const { client, signal } = cluster;
  await client.create(Jobs, job(), { signal });
  await cluster.settle();
  await finish(cluster, 'Succeeded');
  await cluster.settle();
  await finish(cluster, 'Succeeded');
  await cluster.settle();
  const done = await client.get(Jobs, 'sum', { namespace, signal });
  assert.deepEqual(stateOf(done), {
    succeeded: 3,
    failed: 0,
    active: 0,
    conditions: ['SuccessCriteriaMet CompletionsReached', 'Complete CompletionsReached'],
  });
  const pods = (await client.list(Pods, { namespace, signal })).items;
  assert.deepEqual(
    pods.map(({ metadata }) => metadata.finalizers ?? []),
    [[], [], []],
  );
});

test('a job that fails too often backs off, and fails', async () => {
  await using cluster = await open();
  const { client, signal } = cluster;
  await client.create(Jobs, job({ parallelism: 1, completions: 1, backoffLimit: 1 }), { signal });
  await cluster.settle();
  await finish(cluster, 'Failed');
  await cluster.settle();
  const waiting = await client.get(Jobs, 'sum', { namespace, signal });
  assert.deepEqual(stateOf(waiting), { succeeded: 0, failed: 1, active: 0, conditions: undefined });
  await cluster.advance('15s');
  await finish(cluster, 'Failed');
  await cluster.settle();
  const failed = await client.get(Jobs, 'sum', { namespace, signal });
  assert.deepEqual(stateOf(failed), {
    succeeded: 0,
    failed: 2,
    active: 0,
    conditions: ['FailureTarget BackoffLimitExceeded', 'Failed BackoffLimitExceeded'],
  });
  const told = (await client.list(Events, { namespace, signal })).items.map(
    ({ reason, message }) => `${reason}: ${message}`,
  );
  assert.ok(told.includes('BackoffLimitExceeded: Job has reached the specified backoff limit'));
});

test('a finished job goes after its time', async () => {
  await using cluster = await open();
  const { client, signal } = cluster;
  await client.create(Jobs, job({ parallelism: 1, completions: 1, ttlSecondsAfterFinished: 60 }), {
    signal,
  });
  await cluster.settle();
  await finish(cluster, 'Succeeded');
  await cluster.advance('59s');
  assert.ok(await client.get(Jobs, 'sum', { namespace, signal }));
  await cluster.advance('2s');
  await assert.rejects(client.get(Jobs, 'sum', { namespace, signal }), /not found/);
  assert.deepEqual((await client.list(Pods, { namespace, signal })).items, []);
});

test('a silent node is marked after 50 s, tainted, and its pods go when they tolerate it no longer', async () => {
  await using cluster = await open();
  const { client, signal } = cluster;
  for (const name of ['n1', 'n2']) await client.create(Nodes, node(name), { signal });
  const tolerations = [
    {
      key: 'node.kubernetes.io/unreachable',
      operator: 'Exists',
      effect: 'NoExecute',
      tolerationSeconds: 30,
    },
  ];
  const metadata = { name: 'p', namespace };
  await client.create(
    Pods,
    {
      metadata,
      spec: { nodeName: 'n1', containers: [{ name: 'c', image: 'i' }], tolerations },
    } as never,
    { signal },
  );
  await cluster.settle();
  const beat = async (name: string): Promise<void> => {
    const now = new Date(cluster.world.clock.now()).toISOString();
    const before = await client.get(Nodes, name, { signal });
    const conditions = [{ ...before.status!.conditions![0]!, lastHeartbeatTime: now }];
    await client.update(Nodes, { ...before, status: { ...before.status, conditions } } as never, {
      subresource: 'status',
      signal,
    });
  };
  for (let seconds = 0; seconds < 50; seconds += 10) {
    await cluster.advance('10s');
    await beat('n2');
  }
  const silent = await client.get(Nodes, 'n1', { signal });
  const ready = silent.status?.conditions?.find(({ type }) => type === 'Ready');
  assert.deepEqual([ready?.status, ready?.reason], ['Unknown', 'NodeStatusUnknown']);
  assert.deepEqual(silent.spec?.taints?.map(({ key, effect }) => `${key}:${effect}`).toSorted(), [
    'node.kubernetes.io/unreachable:NoExecute',
    'node.kubernetes.io/unreachable:NoSchedule',
  ]);
  assert.ok(await client.get(Pods, 'p', { namespace, signal }));
  await cluster.advance('31s');
  await assert.rejects(client.get(Pods, 'p', { namespace, signal }), /not found/);
});
