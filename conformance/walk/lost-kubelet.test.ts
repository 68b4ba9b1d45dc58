/** A kubelet that stops: its node becomes NotReady after the grace period, and pods with a short toleration go elsewhere. */
import assert from 'node:assert/strict';
import {
  CoreV1Api,
  type CoreV1Event,
  PatchStrategy,
  setHeaderOptions,
  type V1Node,
  type V1Pod,
} from '@kubernetes/client-node';
import { coxRunning, type WalkCluster } from '../testing/cluster.ts';
import { applyExample } from '../testing/examples.ts';
import { allReady, isReady } from '../testing/pods.ts';
import type { Running } from '../testing/run.ts';
import { watchUntil } from '../testing/watch.ts';
import { walk } from '../testing/walk.ts';

/** Upstream's --node-monitor-grace-period. */
const graceMs = 50_000;
/** Its --node-monitor-period, and room for a slow machine. */
const slackMs = 25_000;

const away = 'away';

const readyCondition = (node: V1Node | undefined): string | undefined =>
  node?.status?.conditions?.find(({ type }) => type === 'Ready')?.status;

const nodeUntil = (
  cluster: WalkCluster,
  what: string,
  is: (node: V1Node | undefined) => boolean,
  deadlineMs: number,
): Promise<readonly V1Node[]> =>
  watchUntil<V1Node>(
    cluster.config(),
    '/api/v1/nodes',
    { fields: `metadata.name=${away}` },
    what,
    ([node]) => is(node),
    deadlineMs,
  );

const kubelet = (cluster: WalkCluster): Running =>
  coxRunning(['serve', 'kubelet', '--kubeconfig', cluster.kubeconfig, '--node-name', away]);

walk('a kubelet that stops', { runtime: 'simulated' }, (story) => {
  story('NotReady after the grace period, pods elsewhere', {}, async (scene) => {
    const { cluster, namespace, step } = scene;
    const core = cluster.api(CoreV1Api);
    const impatient = { labels: 'app=impatient' };
    const cordon = (unschedulable: boolean): Promise<V1Node> =>
      core.patchNode(
        { name: cluster.name, body: { spec: { unschedulable } } },
        setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
      );
    await using lost = kubelet(cluster);
    await step('a kubelet of its own joins', async () => {
      await nodeUntil(
        cluster,
        'the second node is Ready',
        (node) => readyCondition(node) === 'True',
        180_000,
      );
    });
    await step('it takes a share of the pods', async () => {
      await cordon(true);
      await applyExample(cluster, namespace, 'impatient');
      const pods = await scene.watch<V1Pod>('pods', impatient, 'two ready pods', allReady(2));
      assert.deepEqual(
        pods.map(({ spec }) => spec!.nodeName),
        [away, away],
      );
      await cordon(false);
    });
    const stoppedMs = await step('it is killed', async () => {
      process.kill(lost.pid, 'SIGKILL');
      await lost.ended;
      return Date.now();
    });
    await step('its node is NotReady after the grace period, not before', async () => {
      const [node] = await nodeUntil(
        cluster,
        'Ready is Unknown',
        (node) => readyCondition(node) === 'Unknown',
        graceMs + slackMs,
      );
      const tookMs = Date.now() - stoppedMs;
      // The last heartbeat is up to a quarter of the lease's time older than the kill.
      assert.ok(tookMs > graceMs - 15_000, `${tookMs} ms`);
      const { reason, message } = node!.status!.conditions!.find(({ type }) => type === 'Ready')!;
      assert.deepEqual(
        { reason, message },
        { reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting node status.' },
      );
    });
    await step('it is tainted, its pods are not ready', async () => {
      const [node] = await nodeUntil(
        cluster,
        'the taint',
        (node) =>
          node?.spec?.taints?.some(
            ({ key, effect }) => key === 'node.kubernetes.io/unreachable' && effect === 'NoExecute',
          ) ?? false,
        20_000,
      );
      assert.ok(node);
      await scene.watch<V1Pod>('pods', impatient, 'pods of the lost node are not ready', (pods) =>
        pods.filter(({ spec }) => spec?.nodeName === away).every((pod) => !isReady(pod)),
      );
    });
    await step('after their toleration two others run on the other node', async () => {
      await scene.watch<V1Pod>(
        'pods',
        impatient,
        'two ready pods elsewhere',
        (pods) =>
          pods.filter((pod) => isReady(pod) && pod.spec?.nodeName === cluster.name).length === 2,
        180_000,
      );
      const { items } = await core.listNamespacedEvent({ namespace });
      assert.ok(items.some(isEviction), items.map(({ reason }) => reason).join(', '));
    });
    await step('the kubelet comes back: Ready, untainted, the old pods gone', async () => {
      await using _back = kubelet(cluster);
      await nodeUntil(
        cluster,
        'Ready and without taints',
        (node) => readyCondition(node) === 'True' && (node?.spec?.taints ?? []).length === 0,
        180_000,
      );
      await scene.watch<V1Pod>('pods', impatient, 'two pods in all', allReady(2));
    });
  });
});

const isEviction = ({ reason, message }: CoreV1Event): boolean =>
  reason === 'TaintManagerEviction' && (message ?? '').startsWith('Marking for deletion Pod ');
