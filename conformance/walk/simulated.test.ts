/** The tour without root and without a container runtime: the same answers from simulated containers. */
import assert from 'node:assert/strict';
import {
  AppsV1Api,
  CoreV1Api,
  PatchStrategy,
  setHeaderOptions,
  type V1Job,
  type V1Pod,
} from '@kubernetes/client-node';
import { cox, expectDone } from '../testing/cluster.ts';
import { applyExample } from '../testing/examples.ts';
import { allReady, mainContainer, nameOf } from '../testing/pods.ts';
import { logOf } from '../testing/streams.ts';
import { type Story, walk } from '../testing/walk.ts';

const hello = { labels: 'app=hello' };

for (const threads of ['1', '2'])
  walk(
    `simulated containers, threads: ${threads}`,
    { runtime: 'simulated', nodes: 3, flags: ['--threads', threads] },
    stories,
  );

function stories(story: Story): void {
  story('a deployment over three nodes', {}, async ({ cluster, namespace, step, watch }) => {
    const [core, apps] = [cluster.api(CoreV1Api), cluster.api(AppsV1Api)];
    const pods = await step('three pods, ready, spread', async () => {
      await applyExample(cluster, namespace, 'hello');
      return watch<V1Pod>('pods', hello, 'three ready pods', allReady(3));
    });
    assert.equal(new Set(pods.map(({ spec }) => spec!.nodeName)).size, 3);
    await step('the parts of the control plane are well', async () => {
      const { items } = await core.listComponentStatus();
      assert.deepEqual(
        items.map(({ metadata, conditions }) => `${metadata!.name} ${conditions![0]!.message}`),
        ['scheduler ok', 'controller-manager ok', 'etcd-0 ok'],
      );
    });
    await step('logs answer', async () => {
      await logOf(cluster, { namespace, name: nameOf(pods[0]!), container: 'hello' });
    });
    await step('scale up and down', async () => {
      const to = (replicas: number): Promise<unknown> =>
        apps.patchNamespacedDeploymentScale(
          { name: 'hello', namespace, body: { spec: { replicas } } },
          setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
        );
      await to(30);
      await watch<V1Pod>('pods', hello, 'thirty ready pods', allReady(30));
      await to(1);
      await watch<V1Pod>('pods', hello, 'one ready pod', allReady(1));
    });
    await step('a job completes', async () => {
      await applyExample(cluster, namespace, 'job');
      await watch<V1Job>('batch/v1/jobs', {}, 'complete', ([job]) => job?.status?.succeeded === 6);
    });
    await step('why a pod waits: the scheduler has kept it', async () => {
      const container = {
        ...{ name: 'wide', image: 'coxswain.local/hello:1' },
        resources: { requests: { cpu: '900' } },
      };
      const body = { metadata: { name: 'wide' }, spec: { containers: [container] } };
      await core.createNamespacedPod({ namespace, body });
      await watch<V1Pod>('pods', {}, 'it was tried', (pods) =>
        pods.some(({ status }) =>
          status?.conditions?.some(({ reason }) => reason === 'Unschedulable'),
        ),
      );
      const { out } = await cox(['why', 'pod/wide', '-n', namespace], { env: cluster.env });
      assert.match(out, /needs 900/);
      await core.deleteNamespacedPod({ name: 'wide', namespace });
    });
    await step('metrics of every component are on one page', async () => {
      const { out } = await cox(['get', '--raw', '/metrics'], { env: cluster.env });
      for (const series of [
        /^apiserver_request_total\{.*} \d/m,
        /^workqueue_depth\{name="replicaset"} 0$/m,
      ])
        assert.match(out, series);
    });
    await step('stopped and up again: the same pods', async () => {
      const { items } = await core.listNamespacedPod({ namespace, labelSelector: 'app=hello' });
      expectDone('cox down', await cluster.down());
      expectDone('cox up', await cluster.up());
      const again = await watch<V1Pod>('pods', hello, 'one ready pod', allReady(1));
      assert.deepEqual(again.map(nameOf), items.map(nameOf));
      assert.ok(mainContainer(again[0]!)!.state!.running);
    });
  });

  story('with kubectl', { kubectl: true }, async ({ cluster, kubectl, step }) => {
    await step('nodes say what they are', async () => {
      const rows = (await kubectl('get nodes --no-headers -o wide')).trim().split('\n');
      assert.deepEqual(
        rows.map((row) => row.split(/\s+/).slice(0, 3)),
        [
          [cluster.name, 'Ready', 'control-plane'],
          [`${cluster.name}-2`, 'Ready', '<none>'],
          [`${cluster.name}-3`, 'Ready', '<none>'],
        ],
      );
      for (const row of rows) assert.match(row, /simulated:\/\//);
    });
    await step('exec answers', async () => {
      await kubectl('create deployment hello --image=coxswain.local/hello:1');
      await kubectl('rollout status deployment/hello --timeout=30s');
      await kubectl('exec deployment/hello -- true');
    });
  });
}
