/** Real containers: an API server in memory, the kubelet, and a containerd of our own. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { join } from 'node:path';
import { ConfigMaps, Namespaces, Pods } from '@coxswain/api';
import type { Container, Pod, PodSpec } from '@coxswain/api/types/core-v1';
import { systemClock, systemWorld } from '@coxswain/base';
import { createTestCluster, type TestCluster } from '@coxswain/cluster/testing';
import { CriRuntime, type Kubelet, runKubelet } from '../index.ts';
import {
  appImage,
  missingForContainers,
  startContainerd,
  type TestContainerd,
} from '../testing/containerd.ts';

const missing = missingForContainers();
if (missing && process.env['CI'])
  throw new Error(`real containers cannot be tested: no ${missing}`);
const skip = missing ? `real containers cannot be tested here: no ${missing}` : false;

const patienceMs = 120_000;
const world = systemWorld();

async function startNode(
  cluster: TestCluster,
  { folder, socket }: TestContainerd,
): Promise<Kubelet> {
  const { signal } = cluster;
  const runtime = await CriRuntime.connect(world, socket, signal);
  const kubelet = await runKubelet({
    ...{ world, client: cluster.client, runtime, signal, nodeName: 'n1', nodeIp: '127.0.0.1' },
    ...{ rootDir: join(folder, 'kubelet'), podLogsDir: join(folder, 'logs') },
    ...{ clusterDns: '10.96.0.10', clusterDomain: 'cluster.local', kubeletVersion: 'v1.36.2' },
  });
  await kubelet.registered;
  return kubelet;
}

const container = (script: string, more: Partial<Container> = {}): Container => ({
  ...{ name: 'c', image: appImage, imagePullPolicy: 'IfNotPresent', command: ['sh', '-c', script] },
  ...more,
});
const create = ({ client, signal }: TestCluster, name: string, spec: PodSpec): Promise<Pod> =>
  client.create(
    Pods,
    {
      metadata: { name, namespace: 'default' },
      spec: { nodeName: 'n1', restartPolicy: 'Always', terminationGracePeriodSeconds: 5, ...spec },
    },
    { signal },
  );

/** The pod once it is as wanted; undefined once it is gone. */
async function until(
  { client, signal }: TestCluster,
  name: string,
  isSo: (pod: Pod | undefined) => boolean,
): Promise<Pod | undefined> {
  const endMs = systemClock.now() + patienceMs;
  for (;;) {
    const [pod] = (
      await client.list(Pods, { namespace: 'default', fields: `metadata.name=${name}`, signal })
    ).items;
    if (isSo(pod)) return pod;
    if (systemClock.now() > endMs) assert.fail(`not in time: ${JSON.stringify(pod?.status)}`);
    await systemClock.sleep(10);
  }
}
const isRunning = (pod: Pod | undefined): boolean => pod?.status?.phase === 'Running';

async function exec(kubelet: Kubelet, pod: Pod, command: string): Promise<string> {
  const id = pod.status!.containerStatuses![0]!.containerID!.split('//')[1]!;
  const signal = AbortSignal.timeout(patienceMs);
  const { stdout, stderr } = await kubelet.context.runtime.execSync(
    ...([id, ['sh', '-c', command], 5, signal] as const),
  );
  return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
}

test('pods on a real containerd', { skip }, async (t) => {
  await using containerd = await startContainerd();
  await using cluster = await createTestCluster();
  const { client, signal } = cluster;
  for (const name of ['default', 'kube-node-lease'])
    await client.create(Namespaces, { metadata: { name }, spec: {} }, { signal });
  let kubelet = await startNode(cluster, containerd);

  await t.test(
    'volumes, environment and user as the spec says; a changed ConfigMap is seen inside',
    async () => {
      const metadata = { name: 'cm', namespace: 'default' };
      const cm = await client.create(ConfigMaps, { metadata, data: { a: 'one' } }, { signal });
      await create(cluster, 'v', {
        securityContext: { runAsUser: 1000, fsGroup: 2000 },
        volumes: [
          { name: 'cm', configMap: { name: 'cm' } },
          { name: 'e', emptyDir: {} },
        ],
        containers: [
          container('sleep 1000', {
            env: [
              { name: 'A', value: 'x' },
              { name: 'B', value: '$(A)y' },
            ],
            volumeMounts: [
              { name: 'cm', mountPath: '/cm' },
              { name: 'e', mountPath: '/e' },
            ],
          }),
        ],
      });
      const pod = (await until(cluster, 'v', isRunning))!;
      assert.equal(
        await exec(kubelet, pod, 'echo $B; id -u; id -G; cat /cm/a; touch /e/f && ls /e'),
        'xy\n1000\n0 2000\nonef\n',
      );
      await client.update(ConfigMaps, { ...cm, data: { a: 'two' } }, { signal });
      for (let tries = 0; (await exec(kubelet, pod, 'cat /cm/a')) !== 'two'; tries++) {
        assert.ok(tries < 200, 'the change was not seen');
        await systemClock.sleep(10);
      }
    },
  );

  await t.test('what a container says when it ends', async () => {
    const containers = [container('echo -n last words > /dev/termination-log; exit 3')];
    await create(cluster, 'end', {
      restartPolicy: 'Never',
      initContainers: [container('true', { name: 'i' })],
      containers,
    });
    const pod = (await until(cluster, 'end', (pod) => pod?.status?.phase === 'Failed'))!;
    const { exitCode, reason, message } = pod.status!.containerStatuses![0]!.state!.terminated!;
    assert.deepEqual([exitCode, reason, message], [3, 'Error', 'last words']);
  });

  await t.test('a new kubelet finds running containers again', async () => {
    const before = (await until(cluster, 'v', isRunning))!.status!.containerStatuses!;
    await kubelet[Symbol.asyncDispose]();
    kubelet = await startNode(cluster, containerd);
    await create(cluster, 'next', { containers: [container('sleep 1000')] });
    await until(cluster, 'next', isRunning);
    const after = (await until(cluster, 'v', isRunning))!.status!.containerStatuses!;
    assert.deepEqual(after, before);
  });

  await t.test('deleted pods leave nothing', async () => {
    for (const name of ['v', 'end', 'next'])
      await client.remove(Pods, name, { namespace: 'default', signal });
    for (const name of ['v', 'end', 'next']) await until(cluster, name, (pod) => pod === undefined);
    const { runtime, host } = kubelet.context;
    for (let tries = 0; kubelet.pods.all.size > 0; tries++) {
      assert.ok(tries < 500, 'workers stayed');
      await systemClock.sleep(10);
    }
    assert.deepEqual(await runtime.sandboxes(undefined, signal), []);
    assert.deepEqual(await runtime.containers(undefined, signal), []);
    assert.deepEqual(await host.podsLeft(), []);
  });
  await kubelet[Symbol.asyncDispose]();
});
