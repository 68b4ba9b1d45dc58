/** Simulated nodes over a real API server in memory, on a virtual clock. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Events, Leases, Namespaces, Nodes, Pods } from '@coxswain/api';
import type { Container, Event, Pod, PodSpec } from '@coxswain/api/types/core-v1';
import { createTestCluster, type TestCluster } from '@coxswain/cluster/testing';
import { type Fleet, simulatedNode, startFleet } from './index.ts';

async function withNode(run: (cluster: TestCluster, fleet: Fleet) => Promise<void>): Promise<void> {
  await using cluster = await createTestCluster();
  const { client, informers, world, signal } = cluster;
  for (const name of ['default', 'kube-node-lease'])
    await client.create(Namespaces, { metadata: { name }, spec: {} }, { signal });
  const kubeletVersion = 'v1.36.2';
  await using fleet = startFleet({
    ...{ world, informers, clientOf: () => client, kubeletVersion, signal },
  });
  const capacity = { cpu: '8', memory: '32Gi' };
  const node = simulatedNode({ name: 'n1', kubeletVersion, capacity }, world);
  const spec = { ...node.spec, podCIDR: '10.200.1.0/24' };
  await client.create(Nodes, { ...node, spec }, { signal });
  await cluster.advance('1s');
  await run(cluster, fleet);
}

const podOf = (name: string, spec: Partial<PodSpec>): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default' },
  spec: { nodeName: 'n1', restartPolicy: 'Always', containers: [], ...spec },
});
const container = (name: string, command: string, more: Partial<Container> = {}): Container => ({
  ...{ name, image: 'app:1', command: ['sh', '-c', command], imagePullPolicy: 'IfNotPresent' },
  ...more,
});
const create = ({ client, signal }: TestCluster, pod: Pod): Promise<Pod> =>
  client.create(Pods, pod, { signal });
const read = ({ client, signal }: TestCluster, name: string): Promise<Pod> =>
  client.get(Pods, name, { namespace: 'default', signal });
const states = ({ status }: Pod): readonly string[] =>
  [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].map(
    ({ name, state, restartCount }) => {
      const { running, waiting, terminated } = state!;
      const what = running
        ? 'running'
        : waiting
          ? `waiting ${waiting.reason ?? ''}`
          : `ended ${terminated!.exitCode}`;
      return `${name} ${what} ${restartCount}`;
    },
  );
async function eventsOf({ client, signal }: TestCluster, name: string): Promise<readonly string[]> {
  const { items } = await client.list(Events, { namespace: 'default', signal });
  return items
    .filter((event: Event) => event.involvedObject.name === name)
    .map(({ reason, message }: Event) => `${reason}: ${message}`);
}

test('the node registers, is Ready and renews its lease', () =>
  withNode(async (cluster) => {
    const { client, signal } = cluster;
    const node = await client.get(Nodes, 'n1', { signal });
    const ready = node.status?.conditions?.find(({ type }) => type === 'Ready');
    assert.deepEqual([ready?.status, ready?.reason], ['True', 'KubeletReady']);
    assert.equal(node.metadata.labels?.['kubernetes.io/hostname'], 'n1');
    const at = { namespace: 'kube-node-lease', signal };
    const first = await client.get(Leases, 'n1', at);
    await cluster.advance('15s');
    const second = await client.get(Leases, 'n1', at);
    assert.equal(second.spec?.holderIdentity, 'n1');
    assert.notEqual(second.spec?.renewTime, first.spec?.renewTime);
  }));

test('a pod runs with an address, and goes when it is deleted', () =>
  withNode(async (cluster) => {
    await create(cluster, podOf('web', { containers: [container('c', 'serve')] }));
    await cluster.advance('1s');
    const pod = await read(cluster, 'web');
    assert.equal(pod.status?.phase, 'Running');
    assert.equal(pod.status?.podIP, '10.200.1.2');
    assert.deepEqual(states(pod), ['c running 0']);
    const told = await eventsOf(cluster, 'web');
    assert.deepEqual(
      told.map((text) => text.replaceAll(/\d+ms/g, 'Nms')),
      [
        'Pulling: Pulling image "app:1"',
        'Pulled: Successfully pulled image "app:1" in Nms (Nms including waiting). Image size: 10000000 bytes.',
        'Created: Container created',
        'Started: Container started',
      ],
    );
    const { client, signal } = cluster;
    await client.remove(Pods, 'web', { namespace: 'default', signal });
    await cluster.advance('3s');
    await assert.rejects(read(cluster, 'web'), { code: 404 });
    assert.equal((await eventsOf(cluster, 'web')).at(-1), 'Killing: Stopping container c');
  }));

test('init containers go one after another, a sidecar stays, then the pod completes', () =>
  withNode(async (cluster) => {
    const initContainers = [
      container('first', 'sleep 5'),
      container('side', 'serve', { restartPolicy: 'Always' }),
      container('second', 'sleep 5'),
    ];
    const containers = [container('c', 'sleep 5; exit 0')];
    await create(cluster, podOf('job', { initContainers, containers, restartPolicy: 'Never' }));
    const seen: (readonly string[])[] = [];
    for (const _ of [1, 2, 3, 4]) {
      await cluster.advance('4s');
      seen.push(states(await read(cluster, 'job')));
    }
    assert.deepEqual(seen, [
      [
        'first running 0',
        'side waiting PodInitializing 0',
        'second waiting PodInitializing 0',
        'c waiting PodInitializing 0',
      ],
      ['first ended 0 0', 'side running 0', 'second running 0', 'c waiting PodInitializing 0'],
      ['first ended 0 0', 'side running 0', 'second ended 0 0', 'c running 0'],
      ['first ended 0 0', 'side ended 143 0', 'second ended 0 0', 'c ended 0 0'],
    ]);
    assert.equal((await read(cluster, 'job')).status?.phase, 'Succeeded');
  }));

test('a container that keeps failing backs off: 10 s, then 20 s', () =>
  withNode(async (cluster) => {
    await create(cluster, podOf('crash', { containers: [container('c', 'exit 3')] }));
    await cluster.advance('5s');
    const waiting = await read(cluster, 'crash');
    assert.deepEqual(states(waiting), ['c waiting CrashLoopBackOff 1']);
    const [status] = waiting.status!.containerStatuses!;
    assert.equal(status!.lastState?.terminated?.exitCode, 3);
    assert.equal(
      status!.state?.waiting?.message,
      `back-off 10s restarting failed container=c pod=crash_default(${waiting.metadata.uid})`,
    );
    await cluster.advance('10s');
    assert.deepEqual(states(await read(cluster, 'crash')), ['c waiting CrashLoopBackOff 2']);
    await cluster.advance('10s');
    assert.deepEqual(states(await read(cluster, 'crash')), ['c waiting CrashLoopBackOff 2']);
    await cluster.advance('15s');
    assert.deepEqual(states(await read(cluster, 'crash')), ['c waiting CrashLoopBackOff 3']);
  }));

test('an image that cannot be pulled: ErrImagePull, then ImagePullBackOff', () =>
  withNode(async (cluster) => {
    const spec = { containers: [container('c', 'serve', { image: 'does-not-exist:1' })] };
    await create(cluster, podOf('lost', spec));
    await cluster.advance('500ms');
    assert.deepEqual(states(await read(cluster, 'lost')), ['c waiting ErrImagePull 0']);
    await cluster.advance('2s');
    assert.deepEqual(states(await read(cluster, 'lost')), ['c waiting ImagePullBackOff 0']);
    const told = await eventsOf(cluster, 'lost');
    assert.ok(told.includes('Failed: Error: ErrImagePull'));
    assert.ok(told.includes('BackOff: Back-off pulling image "does-not-exist:1"'));
  }));

test('an unmet readiness probe keeps the pod unready, a failing liveness probe restarts it', () =>
  withNode(async (cluster) => {
    const failing = { exec: { command: ['false'] }, periodSeconds: 1, failureThreshold: 3 };
    const containers = [
      container('unready', 'serve', { readinessProbe: failing }),
      container('dying', 'serve', { livenessProbe: failing }),
    ];
    await create(cluster, podOf('probed', { containers, terminationGracePeriodSeconds: 1 }));
    await cluster.advance('3s');
    const pod = await read(cluster, 'probed');
    assert.equal(pod.status?.conditions?.find(({ type }) => type === 'Ready')?.status, 'False');
    assert.equal(pod.status?.containerStatuses?.[0]?.ready, false);
    assert.equal(pod.status?.containerStatuses?.[1]?.restartCount, 1);
    const told = await eventsOf(cluster, 'probed');
    assert.ok(told.includes('Unhealthy: Readiness probe failed: '));
    assert.ok(
      told.includes('Killing: Container dying failed liveness probe, will be restarted'),
      told.join('\n'),
    );
  }));

test('a pod that the node has no room for fails with the reason', () =>
  withNode(async (cluster) => {
    const resources = { requests: { cpu: '100' } };
    await create(cluster, podOf('huge', { containers: [container('c', 'serve', { resources })] }));
    await cluster.advance('1s');
    const { status } = await read(cluster, 'huge');
    assert.deepEqual(
      [status?.phase, status?.reason, status?.message],
      [
        'Failed',
        'OutOfcpu',
        "Pod was rejected: Node didn't have enough resource: cpu, requested: 100000, used: 0, capacity: 8000",
      ],
    );
  }));

test('a pod past its deadline fails', () =>
  withNode(async (cluster) => {
    const spec = { containers: [container('c', 'serve')], activeDeadlineSeconds: 30 };
    await create(cluster, podOf('late', { ...spec, terminationGracePeriodSeconds: 1 }));
    await cluster.advance('20s');
    assert.equal((await read(cluster, 'late')).status?.phase, 'Running');
    await cluster.advance('20s');
    const { status } = await read(cluster, 'late');
    assert.deepEqual([status?.phase, status?.reason], ['Failed', 'DeadlineExceeded']);
  }));
