/** Two clusters at once, and what is left of them afterwards: nothing. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { CoreV1Api, KubeConfig, type V1Pod } from '@kubernetes/client-node';
import { cox, expectDone, WalkCluster } from '../testing/cluster.ts';
import { applyExample } from '../testing/examples.ts';
import { fetchText } from '../testing/http.ts';
import { added, machineState, processesOf } from '../testing/leftovers.ts';
import { isContinuousIntegration, whyNoContainers } from '../testing/machine.ts';
import { allReady, nameOf } from '../testing/pods.ts';
import { watchUntil } from '../testing/watch.ts';

const missing = whyNoContainers();

/** What the user had before. */
const ownKubeconfig = `# mine, not to be touched
apiVersion: v1
kind: Config
clusters:
- name: elsewhere # far away
  cluster: { server: "https://elsewhere.example:6443" }
contexts:
- name: elsewhere
  context: { cluster: elsewhere, user: me }
users:
- name: me
  user: { token: secret }
current-context: elsewhere
`;

const podOf = async (cluster: WalkCluster): Promise<V1Pod> => {
  await applyExample(cluster, 'default', 'probes');
  const pods = await watchUntil<V1Pod>(
    cluster.config(),
    '/api/v1/namespaces/default/pods',
    {},
    'a ready pod',
    allReady(1),
  );
  return pods[0]!;
};

test(
  'two clusters at once',
  { skip: isContinuousIntegration ? false : (missing ?? false) },
  async (t) => {
    assert.equal(missing, undefined, 'the walk cannot be skipped here');
    const before = await machineState();
    await using one = await WalkCluster.prepare();
    await using two = await WalkCluster.prepare();
    await writeFile(one.kubeconfig, ownKubeconfig, { mode: 0o644 });
    await t.test('started at the same moment', async () => {
      const ran = await Promise.all([one.up(), two.up()]);
      for (const start of ran) expectDone('cox up', start);
    });
    await t.test('the kubeconfig: ours beside what was there, current, private', async () => {
      const text = await readFile(one.kubeconfig, 'utf8');
      assert.ok(text.startsWith('# mine, not to be touched\n'));
      assert.ok(text.includes('# far away'));
      const config = new KubeConfig();
      config.loadFromString(text);
      assert.deepEqual(
        config.getContexts().map(({ name }) => name),
        ['elsewhere', `cox-${one.name}`],
      );
      assert.equal(config.getCurrentContext(), `cox-${one.name}`);
      assert.equal((await stat(one.kubeconfig)).mode & 0o777, 0o600);
      assert.equal((await stat(`${one.data}/kubeconfig`)).mode & 0o777, 0o600);
    });
    await t.test('each with nodes, pods and addresses of its own', async () => {
      const pods = await Promise.all([podOf(one), podOf(two)]);
      assert.deepEqual(pods.map(nameOf), ['probed', 'probed']);
      const addresses = pods.map(({ status }) => status!.podIP!);
      assert.notEqual(addresses[0], addresses[1]);
      for (const address of addresses)
        assert.equal((await fetchText(`http://${address}:8080`)).body, 'Hello from probed\n');
      const nodes = await Promise.all([one, two].map((each) => each.api(CoreV1Api).listNode()));
      assert.deepEqual(
        nodes.map(({ items }) => items.map(nameOf)),
        [[one.name], [two.name]],
      );
    });
    await t.test('cox clusters and cox status know both', async () => {
      const list = expectDone('cox clusters', await cox(['clusters']));
      for (const each of [one, two]) {
        const { endpoint } = await each.status();
        const row = list.split('\n').find((line) => line.startsWith(`${each.name} `));
        assert.deepEqual(row?.split(/ {2,}/).slice(0, 3), [each.name, 'Running', endpoint]);
      }
    });
    await t.test('images: what every cluster brings along', async () => {
      const list = expectDone('cox image ls', await cox(['image', 'ls', '--name', one.name]));
      assert.ok(list.split('\n').includes('coxswain.local/hello:1'), list);
    });
    await t.test('one goes, the other stays as it was', async () => {
      const [pod] = (await two.api(CoreV1Api).listNamespacedPod({ namespace: 'default' })).items;
      assert.notDeepEqual(added(before, await machineState(), one), {});
      assert.notDeepEqual(processesOf(one.id, [one.data]), []);
      expectDone('cox down', await one.down('--wipe'));
      assert.deepEqual(added(before, await machineState(), one), {});
      assert.deepEqual(processesOf(one.id, [one.data]), []);
      assert.equal(
        (await fetchText(`http://${pod!.status!.podIP}:8080`)).body,
        'Hello from probed\n',
      );
    });
    await t.test('its kubeconfig entries are gone, the rest is there', async () => {
      const config = new KubeConfig();
      config.loadFromFile(one.kubeconfig);
      assert.deepEqual(
        config.getContexts().map(({ name }) => name),
        ['elsewhere'],
      );
      assert.ok((await readFile(one.kubeconfig, 'utf8')).startsWith('# mine, not to be touched\n'));
      assert.ok(!existsSync(one.data), 'its data are gone');
      const list = expectDone('cox clusters', await cox(['clusters']));
      assert.ok(!list.includes(one.name));
    });
    await t.test('the other goes too: the machine is as before', async () => {
      expectDone('cox down', await two.down('--wipe'));
      assert.deepEqual(added(before, await machineState(), two), {});
      assert.deepEqual(processesOf(two.id, [two.data]), []);
    });
  },
);
