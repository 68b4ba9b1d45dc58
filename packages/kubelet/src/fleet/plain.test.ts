/** Pods without a worker of their own look to the API as those with one do; whatever is not plain gets a worker. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigMaps, Events, Namespaces, Nodes, Pods } from '@coxswain/api';
import type { Container, Node, Pod, PodSpec } from '@coxswain/api/types/core-v1';
import { createInformers } from '@coxswain/client';
import { createTestCluster, type TestCluster } from '@coxswain/cluster/testing';
import { type Fleet, faultAnnotation, simulatedNode, startFleet } from './index.ts';

const kubeletVersion = 'v1.36.2';

async function withFleet(
  run: (cluster: TestCluster, fleet: Fleet) => Promise<void>,
  needsWorker?: (pod: Pod) => boolean,
): Promise<void> {
  await using cluster = await createTestCluster();
  const { client, informers, world, signal } = cluster;
  for (const name of ['default', 'kube-node-lease'])
    await client.create(Namespaces, { metadata: { name }, spec: {} }, { signal });
  await using fleet = startFleet({
    ...{ world, informers, clientOf: () => client, kubeletVersion, signal },
    ...(needsWorker && { needsWorker }),
  });
  const node = simulatedNode({ name: 'n1', kubeletVersion, nodeIp: '127.64.0.1' }, world);
  await client.create(Nodes, { ...node, spec: { podCIDR: '10.1.0.0/24' } }, { signal });
  await cluster.advance('1s');
  await run(cluster, fleet);
}

const probe = { httpGet: { port: 80 }, periodSeconds: 2 };
const container = (more: Partial<Container> = {}): Container => ({
  ...{ name: 'c', image: 'app:1', imagePullPolicy: 'IfNotPresent' },
  ...more,
});
const podOf = (name: string, spec: Partial<PodSpec> = {}, annotations = {}): Pod => ({
  metadata: { name, namespace: 'default', annotations },
  spec: { nodeName: 'n1', containers: [container()], ...spec },
});
const create = ({ client, signal }: TestCluster, pod: Pod): Promise<Pod> =>
  client.create(Pods, pod, { signal });
const read = ({ client, signal }: TestCluster, name: string): Promise<Pod> =>
  client.get(Pods, name, { namespace: 'default', signal });
const annotate = (
  { client, signal }: TestCluster,
  name: string,
  fault: string | null,
): Promise<Pod> =>
  client.patch(
    ...([
      Pods,
      name,
      'merge',
      { metadata: { annotations: { [faultAnnotation]: fault } } },
    ] as const),
    { namespace: 'default', signal },
  );
const faultNode = ({ client, signal }: TestCluster, fault: string | null): Promise<Node> =>
  client.patch(
    ...([
      Nodes,
      'n1',
      'merge',
      { metadata: { annotations: { [faultAnnotation]: fault } } },
    ] as const),
    { signal },
  );
const readyOf = ({ status }: Pod | Node): string | undefined =>
  (status!.conditions as { type: string; status: string }[]).find(({ type }) => type === 'Ready')
    ?.status;

/** A status without what differs from one run to the next. */
function shapeOf({ status }: Pod): unknown {
  const text = JSON.stringify(status)
    .replaceAll(/[0-9a-f]{64}/g, 'ID')
    .replaceAll(/"20\d\d-[^"]*Z"/g, '"TIME"');
  return JSON.parse(text) as unknown;
}

for (const [name, spec] of [
  ['one container', {}],
  ['probes', { containers: [container({ startupProbe: probe, readinessProbe: probe })] }],
  ['two containers', { containers: [container(), container({ name: 'd', image: 'other' })] }],
  ['on the host', { hostNetwork: true }],
] as const)
  test(`a plain pod and one with a worker: ${name}`, async () => {
    const seen: unknown[] = [];
    for (const isWorkers of [false, true])
      await withFleet(
        async (cluster) => {
          await create(cluster, podOf('web', { ...spec, terminationGracePeriodSeconds: 5 }));
          await cluster.advance('10s');
          const pod = await read(cluster, 'web');
          const { items } = await cluster.client.list(Events, {
            namespace: 'default',
            signal: cluster.signal,
          });
          const told = items.map(
            ({ reason, message = '' }) => `${reason} ${message.replaceAll(/\d+ms/g, 'Nms')}`,
          );
          seen.push([shapeOf(pod), told.toSorted()]);
          assert.equal(readyOf(pod), 'True');
          await cluster.client.remove(Pods, 'web', {
            namespace: 'default',
            signal: cluster.signal,
          });
          await cluster.advance('2s');
          await assert.rejects(read(cluster, 'web'), { code: 404 });
        },
        () => isWorkers,
      );
    assert.deepEqual(seen[0], seen[1]);
  });

test('how a pod ended is told where a finalizer keeps it', () =>
  withFleet(async (cluster) => {
    const { client, signal } = cluster;
    const at = { namespace: 'default', signal };
    const plain = podOf('web');
    await create(cluster, { ...plain, metadata: { ...plain.metadata, finalizers: ['a.b/c'] } });
    await cluster.advance('10s');
    await client.remove(Pods, 'web', at);
    await cluster.advance('5s');
    const { status } = await read(cluster, 'web');
    assert.equal(status!.phase, 'Failed');
    assert.equal(status!.containerStatuses![0]!.state!.terminated!.exitCode, 143);
    await client.patch(Pods, 'web', 'merge', { metadata: { finalizers: null } }, at);
    await assert.rejects(read(cluster, 'web'), { code: 404 });
  }));

test('readiness waits for its probe', () =>
  withFleet(async (cluster) => {
    const late = { ...probe, initialDelaySeconds: 20 };
    await create(cluster, podOf('web', { containers: [container({ readinessProbe: late })] }));
    await cluster.advance('10s');
    assert.equal(readyOf(await read(cluster, 'web')), 'False');
    await cluster.advance('15s');
    assert.equal(readyOf(await read(cluster, 'web')), 'True');
  }));

test('what a probe has found stands, also when the clock is set back', () =>
  withFleet(async (cluster, fleet) => {
    const { client, informers, world, signal } = cluster;
    await fleet[Symbol.asyncDispose]();
    let shiftMs = 0;
    const clock = {
      now: () => world.clock.now() + shiftMs,
      sleep: (ms: number, by?: AbortSignal) => world.clock.sleep(ms, by),
      after: (ms: number, fire: () => void) => world.clock.after(ms, fire),
    };
    const clientOf = () => client;
    await using _next = startFleet({
      ...{ world: { ...world, clock }, informers, clientOf, kubeletVersion, signal },
    });
    const late = { ...probe, initialDelaySeconds: 20 };
    await create(cluster, podOf('web', { containers: [container({ readinessProbe: late })] }));
    await cluster.advance('25s');
    shiftMs = -60_000;
    const status = { conditions: [{ type: 'Ready', status: 'False' }] };
    const at = { namespace: 'default', subresource: 'status', signal };
    await client.patch(Pods, 'web', 'strategic', { status }, at);
    await cluster.advance('5s');
    assert.equal(readyOf(await read(cluster, 'web')), 'True');
  }));

test('a fault asked of a running pod: it gets a worker, and ends of it', () =>
  withFleet(async (cluster) => {
    await create(cluster, podOf('web'));
    await cluster.advance('5s');
    const ip = (await read(cluster, 'web')).status?.podIP;
    await annotate(cluster, 'web', 'oom');
    await cluster.advance('1s');
    const [status] = (await read(cluster, 'web')).status!.containerStatuses!;
    const { reason, exitCode } = status!.lastState!.terminated!;
    assert.deepEqual([reason, exitCode, status!.restartCount], ['OOMKilled', 137, 1]);
    assert.equal((await read(cluster, 'web')).status?.podIP, ip, 'the same sandbox');
    await annotate(cluster, 'web', null);
    await cluster.advance('10m');
    assert.equal(readyOf(await read(cluster, 'web')), 'True');
  }));

test('what an annotation says that nobody understands is told of', () =>
  withFleet(async (cluster) => {
    const { client, signal } = cluster;
    await create(cluster, podOf('new', {}, { 'simulated.coxswain.dev/runs-for': 'soon' }));
    await create(cluster, podOf('old'));
    await cluster.advance('5s');
    await annotate(cluster, 'old', 'ooom');
    await cluster.advance('5s');
    assert.deepEqual(
      [(await read(cluster, 'new')).status?.phase, readyOf(await read(cluster, 'old'))],
      ['Pending', 'True'],
    );
    const { items } = await client.list(Events, { namespace: 'default', signal });
    const warnings = items.filter(({ type }) => type === 'Warning');
    assert.deepEqual(
      warnings.map(({ involvedObject, reason }) => `${involvedObject?.name} ${reason}`),
      ['new FailedCreatePodSandBox', 'old Misunderstood'],
    );
    assert.match(warnings[0]!.message!, /runs-for: "soon" is not a time such as 30s or 5m$/);
    assert.match(warnings[1]!.message!, /fault: "ooom" is not one of crash-loop, oom, /);
    await client.patch(
      ...([
        Pods,
        'new',
        'merge',
        { metadata: { annotations: { 'simulated.coxswain.dev/runs-for': '5m' } } },
      ] as const),
      { namespace: 'default', signal },
    );
    await cluster.advance('1m');
    assert.equal(readyOf(await read(cluster, 'new')), 'True');
  }));

test('a pod is resized where it is', () =>
  withFleet(async (cluster) => {
    const requests = { cpu: '31', memory: '1Gi' };
    await create(cluster, podOf('web', { containers: [container({ resources: { requests } })] }));
    await cluster.advance('5s');
    const { client, signal } = cluster;
    const smaller = { containers: [{ name: 'c', resources: { requests: { cpu: '1' } } }] };
    const at = { namespace: 'default', subresource: 'resize', signal };
    await client.patch(Pods, 'web', 'strategic', { spec: smaller }, at);
    await cluster.advance('5s');
    const [status] = (await read(cluster, 'web')).status!.containerStatuses!;
    const { resources, allocatedResources, restartCount } = status!;
    const wanted = { cpu: '1', memory: '1Gi' };
    assert.deepEqual([resources?.requests, allocatedResources, restartCount], [wanted, wanted, 0]);
    const fits = { requests: { cpu: '31' } }; // what the first has given back
    await create(cluster, podOf('next', { containers: [container({ resources: fits })] }));
    await cluster.advance('5s');
    assert.equal(readyOf(await read(cluster, 'next')), 'True');
  }));

test('another image: the container is replaced in its pod', () =>
  withFleet(async (cluster) => {
    await create(cluster, podOf('web'));
    await cluster.advance('5s');
    const patch = { spec: { containers: [{ name: 'c', image: 'app:2' }] } };
    const { client, signal } = cluster;
    await client.patch(Pods, 'web', 'strategic', patch, { namespace: 'default', signal });
    await cluster.advance('40s');
    const [status] = (await read(cluster, 'web')).status!.containerStatuses!;
    assert.deepEqual([status!.image, status!.restartCount, status!.ready], ['app:2', 1, true]);
  }));

test('a variable from a ConfigMap that is missing, then made', () =>
  withFleet(async (cluster) => {
    const env = [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'conf', key: 'a' } } }];
    await create(cluster, podOf('web', { containers: [container({ env })] }));
    await cluster.advance('5s');
    const { waiting } = (await read(cluster, 'web')).status!.containerStatuses![0]!.state!;
    assert.deepEqual(waiting, {
      reason: 'CreateContainerConfigError',
      message: 'configmap "conf" not found',
    });
    const { client, signal } = cluster;
    await client.create(
      ConfigMaps,
      { metadata: { name: 'conf', namespace: 'default' }, data: { a: 'b' } },
      { signal },
    );
    await cluster.advance('30s');
    assert.equal(readyOf(await read(cluster, 'web')), 'True');
  }));

test('a node that is cut off tells nothing and learns nothing, then catches up', () =>
  withFleet(async (cluster) => {
    await create(cluster, podOf('old'));
    await cluster.advance('5s');
    await faultNode(cluster, 'partition');
    await create(cluster, podOf('new'));
    await cluster.client.remove(Pods, 'old', {
      namespace: 'default',
      graceSeconds: 0,
      signal: cluster.signal,
    });
    await cluster.advance('60s');
    assert.equal((await read(cluster, 'new')).status?.podIP, undefined);
    await faultNode(cluster, null);
    await cluster.advance('5s');
    const pod = await read(cluster, 'new');
    assert.deepEqual(
      [readyOf(pod), pod.status?.podIP],
      ['True', '10.1.0.3'],
      'the other address is still cooling',
    );
  }));

test('a full disk: the node says so, and takes no pods', () =>
  withFleet(async (cluster) => {
    await faultNode(cluster, 'disk-full');
    await cluster.advance('1s');
    const node = await cluster.client.get(Nodes, 'n1', { signal: cluster.signal });
    assert.equal(
      node.status?.conditions?.find(({ type }) => type === 'DiskPressure')?.status,
      'True',
    );
    await create(cluster, podOf('web'));
    await cluster.advance('1s');
    const { status } = await read(cluster, 'web');
    assert.deepEqual(
      [status?.phase, status?.reason, status?.message],
      ['Failed', 'Evicted', 'Pod was rejected: The node had condition: [DiskPressure]. '],
    );
    assert.equal(status!.containerStatuses, undefined, 'nothing is being created');
  }));

test('a pod that was there before the fleet goes on, and its address stays its own', () =>
  withFleet(async (cluster, fleet) => {
    await create(cluster, podOf('web'));
    await cluster.advance('5s');
    const before = await read(cluster, 'web');
    await fleet[Symbol.asyncDispose]();
    const { client, informers, world, signal } = cluster;
    await using _next = startFleet({
      world,
      informers,
      clientOf: () => client,
      kubeletVersion,
      signal,
    });
    await create(cluster, podOf('other'));
    await cluster.advance('30s');
    assert.equal(
      (await read(cluster, 'web')).metadata.resourceVersion,
      before.metadata.resourceVersion,
    );
    assert.notEqual((await read(cluster, 'other')).status?.podIP, before.status?.podIP);
  }));

test('what happened to pods while there was no kubelet is made good', () =>
  withFleet(async (cluster, fleet) => {
    const { client, informers, world, signal } = cluster;
    for (const name of ['doomed', 'slandered']) await create(cluster, podOf(name));
    await cluster.advance('5s');
    await fleet[Symbol.asyncDispose]();
    const at = { namespace: 'default', signal };
    await client.remove(Pods, 'doomed', at);
    const status = { conditions: [{ type: 'Ready', status: 'False' }] };
    await client.patch(
      Pods,
      'slandered',
      'strategic',
      { status },
      { ...at, subresource: 'status' },
    );
    const clientOf = () => client;
    await using _next = startFleet({ world, informers, clientOf, kubeletVersion, signal });
    await cluster.advance('5s');
    await assert.rejects(read(cluster, 'doomed'), { code: 404 });
    assert.equal(readyOf(await read(cluster, 'slandered')), 'True');
  }));

test('a deletion that an own write overtakes is heeded', () =>
  withFleet(async (cluster, fleet) => {
    const { client, world, signal } = cluster;
    await fleet[Symbol.asyncDispose]();
    const late = {
      ...client,
      async *watch(...call: Parameters<typeof client.watch>) {
        for await (const batch of client.watch(...call)) {
          await world.clock.sleep(100);
          yield batch;
        }
      },
    };
    await using informers = createInformers(late as never, world);
    let deletions = 0;
    const patch: typeof client.patch = async (...call) => {
      if (call[1] === 'web' && deletions++ === 0)
        await client.remove(Pods, 'web', { namespace: 'default', signal });
      return client.patch(...call);
    };
    const clientOf = () => ({ ...client, patch });
    await using _next = startFleet({ world, informers, clientOf, kubeletVersion, signal });
    await create(cluster, podOf('web'));
    await cluster.advance('1m');
    assert.ok(deletions > 0);
    await assert.rejects(read(cluster, 'web'), { code: 404 });
  }));

test('a pod that goes before it ever ran has failed: whoever holds it waits for that', () =>
  withFleet(async (cluster) => {
    const { client, signal } = cluster;
    await faultNode(cluster, 'partition');
    await cluster.advance('1s');
    const pod = podOf('web');
    await create(cluster, {
      ...pod,
      metadata: { ...pod.metadata, finalizers: ['example.com/hold'] },
    });
    await client.remove(Pods, 'web', { namespace: 'default', signal });
    await faultNode(cluster, null);
    await cluster.advance('10s');
    assert.equal((await read(cluster, 'web')).status?.phase, 'Failed');
  }));
