/** The server is killed in the middle of a roll-out; `cox up` goes on where it stopped, and nothing is lost. */
import assert from 'node:assert/strict';
import {
  AppsV1Api,
  CoreV1Api,
  PatchStrategy,
  setHeaderOptions,
  type V1Deployment,
  type V1Pod,
} from '@kubernetes/client-node';
import { expectDone, type WalkCluster } from '../testing/cluster.ts';
import { applyExample } from '../testing/examples.ts';
import { processesOf } from '../testing/leftovers.ts';
import { allReady, mainContainer, nameOf } from '../testing/pods.ts';
import { logOf } from '../testing/streams.ts';
import { until } from '../testing/wait.ts';
import { walk } from '../testing/walk.ts';

const bystanderPods = 3;

interface Life {
  readonly name: string;
  readonly container: string | undefined;
  readonly restarts: number | undefined;
  readonly startedAt: string;
}

const livesOf = (pods: readonly V1Pod[]): Life[] =>
  pods
    .map((pod) => ({
      name: nameOf(pod),
      container: mainContainer(pod)?.containerID,
      restarts: mainContainer(pod)?.restartCount,
      startedAt: new Date(mainContainer(pod)?.state?.running?.startedAt ?? 0).toISOString(),
    }))
    .toSorted((a, b) => a.name.localeCompare(b.name));

/** Containerds run outside the cluster's cgroup, so that only their command line tells whose they are. */
const containerdsOf = ({ id }: WalkCluster): number[] =>
  processesOf('no cgroup', [`containerd --config /run/coxswain/${id}/`]);

async function killServer(cluster: WalkCluster): Promise<void> {
  const { pid } = await cluster.status();
  process.kill(pid, 'SIGKILL');
  await until('the server is gone', 10_000, async () => !(await cluster.status()).running);
}

walk('recovery', { runtime: 'containerd' }, (story) => {
  story('kill -9 in the middle of a roll-out', {}, async (scene) => {
    const { cluster, namespace, step } = scene;
    const [core, apps] = [cluster.api(CoreV1Api), cluster.api(AppsV1Api)];
    const bystanders = { labels: 'app=hello' };
    const moving = { labels: 'app=moving' };
    const rollOut = (version: string, readyAfterMs: number): V1Deployment => ({
      metadata: { name: 'moving' },
      spec: {
        replicas: 4,
        selector: { matchLabels: { app: 'moving' } },
        template: {
          metadata: { labels: { app: 'moving', version } },
          spec: {
            terminationGracePeriodSeconds: 1,
            containers: [
              {
                name: 'moving',
                image: 'coxswain.local/hello:1',
                readinessProbe: {
                  tcpSocket: { port: 8080 },
                  initialDelaySeconds: readyAfterMs / 1000,
                  periodSeconds: 1,
                },
              },
            ],
          },
        },
      },
    });
    const before = await step('pods that nobody touches, and a roll-out under way', async () => {
      await applyExample(cluster, namespace, 'hello');
      await apps.createNamespacedDeployment({ namespace, body: rollOut('one', 0) });
      await scene.watch<V1Pod>('pods', moving, 'four ready pods', allReady(4));
      const pods = await scene.watch<V1Pod>(
        'pods',
        bystanders,
        'ready pods',
        allReady(bystanderPods),
      );
      const body = rollOut('two', 2000);
      await apps.replaceNamespacedDeployment({ name: 'moving', namespace, body });
      await scene.watch<V1Pod>('pods', moving, 'old and new pods side by side', (all) => {
        const versions = new Set(all.map(({ metadata }) => metadata!.labels!['version']));
        return versions.size === 2;
      });
      return livesOf(pods);
    });
    const { pid } = await cluster.status();
    await step('killed: containers run on', async () => {
      await killServer(cluster);
      const alive = processesOf(cluster.id, []);
      assert.ok(!alive.includes(pid));
      assert.ok(alive.length >= bystanderPods, 'processes of containers are still there');
    });
    await step('cox up again: the same cluster, the roll-out ends', async () => {
      expectDone('cox up', await cluster.up());
      assert.notEqual((await cluster.status()).pid, pid);
      const fresh = cluster.api(AppsV1Api);
      await scene.watch<V1Deployment>(
        'apps/v1/deployments',
        { fields: 'metadata.name=moving' },
        'the roll-out is complete',
        ([only]) =>
          only?.status?.updatedReplicas === 4 &&
          only.status.availableReplicas === 4 &&
          only.status.replicas === 4,
      );
      const { metadata } = await fresh.readNamespacedDeployment({ name: 'moving', namespace });
      assert.equal(metadata!.generation, 2);
      const pods = await scene.watch<V1Pod>('pods', moving, 'only new pods', allReady(4));
      assert.deepEqual(
        pods.map((pod) => pod.metadata!.labels!['version']),
        ['two', 'two', 'two', 'two'],
      );
    });
    await step('the others did not notice', async () => {
      const { items } = await core.listNamespacedPod({ namespace, labelSelector: 'app=hello' });
      assert.deepEqual(livesOf(items), before);
      const log = await logOf(cluster, { namespace, name: before[0]!.name, container: 'hello' });
      assert.equal(log, `hello: listening on port 8080 as ${before[0]!.name}\n`);
    });
    await step('a second `cox up` changes nothing', async () => {
      const status = await cluster.status();
      const ran = await cluster.up();
      assert.equal(ran.code, 0, ran.err);
      assert.match(ran.err, /is up already at https:\/\//);
      assert.equal((await cluster.status()).pid, status.pid);
    });
  });

  story('kill -9 of the container runtime', {}, async (scene) => {
    const { cluster, namespace, step } = scene;
    const hello = { labels: 'app=hello' };
    await applyExample(cluster, namespace, 'hello');
    const before = await scene.watch<V1Pod>('pods', hello, 'ready pods', allReady(3));
    const killed = await step('its containerd is killed', async () => {
      const pids = containerdsOf(cluster);
      assert.equal(pids.length, 1);
      process.kill(pids[0]!, 'SIGKILL');
      return pids[0]!;
    });
    await step('it is started again, with the same containers', async () => {
      await until('another containerd', 30_000, () => {
        const pids = containerdsOf(cluster);
        return pids.length === 1 && pids[0] !== killed;
      });
      await cluster
        .api(AppsV1Api)
        .patchNamespacedDeploymentScale(
          { name: 'hello', namespace, body: { spec: { replicas: 4 } } },
          setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
        );
      const pods = await scene.watch<V1Pod>('pods', hello, 'a fourth pod', allReady(4));
      const names = new Set(before.map(nameOf));
      assert.deepEqual(livesOf(pods.filter((pod) => names.has(nameOf(pod)))), livesOf(before));
    });
  });

  story('an orderly stop, and up again', {}, async (scene) => {
    const { cluster, namespace, step } = scene;
    const core = cluster.api(CoreV1Api);
    await core.createNamespacedConfigMap({
      namespace,
      body: { metadata: { name: 'kept' }, data: { a: '1' } },
    });
    await applyExample(cluster, namespace, 'hello');
    const pods = await scene.watch<V1Pod>(
      'pods',
      { labels: 'app=hello' },
      'ready pods',
      allReady(3),
    );
    await step('down: nothing runs any more', async () => {
      expectDone('cox down', await cluster.down());
      assert.deepEqual(processesOf(cluster.id, [cluster.data]), []);
      assert.equal((await cluster.status()).running, false);
    });
    await step('up: same objects at the same port, pods run again', async () => {
      const { server } = cluster.config().getCurrentCluster()!;
      expectDone('cox up', await cluster.up());
      assert.equal(cluster.config().getCurrentCluster()!.server, server);
      const map = await core.readNamespacedConfigMap({ name: 'kept', namespace });
      assert.deepEqual(map.data, { a: '1' });
      const again = await scene.watch<V1Pod>(
        'pods',
        { labels: 'app=hello' },
        'the same pods in new containers',
        (all) =>
          allReady(3)(all) &&
          all.every(
            (pod) =>
              !livesOf(pods).some(({ container }) => container === mainContainer(pod)!.containerID),
          ),
      );
      assert.deepEqual(again.map(nameOf).toSorted(), pods.map(nameOf).toSorted());
    });
  });
});
