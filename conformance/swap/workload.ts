/** What any set of components must bring about: a namespace, a roll-out, a Service, a Job, and the end of all that. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { AppsV1Api, BatchV1Api, CoreV1Api, type KubeConfig } from '@kubernetes/client-node';
import { allReady } from '../testing/pods.ts';
import { until } from '../testing/wait.ts';

const deadlineMs = 90_000;
const container = { name: 'main', image: 'coxswain.local/hello:1' };

export async function runWorkload(t: TestContext, config: KubeConfig): Promise<void> {
  const core = config.makeApiClient(CoreV1Api);
  const apps = config.makeApiClient(AppsV1Api);
  const namespace = 'shop';
  const pods = async (labelSelector: string) =>
    (await core.listNamespacedPod({ namespace, labelSelector })).items;

  await t.test('a namespace gets its account and authority', async () => {
    await core.createNamespace({ body: { metadata: { name: namespace } } });
    await until('default account', deadlineMs, () =>
      core.readNamespacedServiceAccount({ namespace, name: 'default' }),
    );
    await until('root authority', deadlineMs, () =>
      core.readNamespacedConfigMap({ namespace, name: 'kube-root-ca.crt' }),
    );
  });
  await t.test('a Deployment is rolled out', async () => {
    const labels = { app: 'web' };
    const template = { metadata: { labels }, spec: { containers: [container] } };
    const spec = { replicas: 3, selector: { matchLabels: labels }, template };
    await apps.createNamespacedDeployment({
      namespace,
      body: { metadata: { name: 'web' }, spec },
    });
    await until('three pods run', deadlineMs, async () => allReady(3)(await pods('app=web')));
    await until('the Deployment says so', deadlineMs, async () => {
      const { status } = await apps.readNamespacedDeployment({ namespace, name: 'web' });
      return status?.availableReplicas === 3;
    });
  });
  await t.test('upstream reaches our kubelet for logs', async () => {
    const [pod] = await pods('app=web');
    const name = pod!.metadata!.name!;
    assert.equal(typeof (await core.readNamespacedPodLog({ namespace, name })), 'string');
  });
  await t.test('a Service gets its endpoints', async () => {
    const spec = { selector: { app: 'web' }, ports: [{ port: 80 }] };
    await core.createNamespacedService({ namespace, body: { metadata: { name: 'web' }, spec } });
    await until('three addresses', deadlineMs, async () => {
      const found = await core.readNamespacedEndpoints({ namespace, name: 'web' });
      return found.subsets?.[0]?.addresses?.length === 3;
    });
  });
  await t.test('a Job completes', async () => {
    const spec = { containers: [container], restartPolicy: 'Never' };
    const annotations = { 'simulated.coxswain.dev/runs-for': '1s' };
    const batch = config.makeApiClient(BatchV1Api);
    await batch.createNamespacedJob({
      namespace,
      body: {
        metadata: { name: 'once' },
        spec: { template: { metadata: { annotations }, spec } },
      },
    });
    await until('it is complete', deadlineMs, async () => {
      const { status } = await batch.readNamespacedJob({ namespace, name: 'once' });
      return status?.succeeded === 1;
    });
  });
  await t.test('what is deleted is collected', async () => {
    await apps.deleteNamespacedDeployment({ namespace, name: 'web' });
    await until('no pods are left', deadlineMs, async () => {
      return (await pods('app=web')).length === 0;
    });
    await core.deleteNamespace({ name: namespace });
    await until('the namespace is gone', deadlineMs, async () => {
      const { items } = await core.listNamespace();
      return items.every(({ metadata }) => metadata?.name !== namespace);
    });
  });
}
