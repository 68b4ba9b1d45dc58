/** Two nodes: taint, cordon, drain and uncordon; pods and Services across them. */
import assert from 'node:assert/strict';
import { CoreV1Api, type V1Node, type V1Pod } from '@kubernetes/client-node';
import { applyExample, example } from '../testing/examples.ts';
import { fetchText } from '../testing/http.ts';
import { allReady, nameOf } from '../testing/pods.ts';
import { execIn } from '../testing/streams.ts';
import { until } from '../testing/wait.ts';
import { walk } from '../testing/walk.ts';

const hello = { labels: 'app=hello' };
const nodesOf = (pods: readonly V1Pod[]): Set<string> =>
  new Set(pods.map(({ spec }) => spec!.nodeName!));

walk('two nodes', { runtime: 'containerd', nodes: 2 }, (story) => {
  story('one network over both', {}, async (scene) => {
    const { cluster, namespace, step } = scene;
    const core = cluster.api(CoreV1Api);
    const names = [cluster.name, `${cluster.name}-2`];
    const nodes = (await core.listNode()).items;
    assert.deepEqual(nodes.map(nameOf).toSorted(), names);
    const place = async (node: string): Promise<V1Pod> => {
      await core.createNamespacedPod({
        namespace,
        body: {
          metadata: { name: `on-${node}`, labels: { app: 'both' } },
          spec: {
            nodeName: node,
            terminationGracePeriodSeconds: 1,
            containers: [{ name: 'hello', image: 'coxswain.local/hello:1' }],
          },
        },
      });
      const [pod] = await scene.watch<V1Pod>(
        'pods',
        { fields: `metadata.name=on-${node}` },
        `a pod runs on ${node}`,
        allReady(1),
      );
      return pod!;
    };
    const pods = await step('a pod on each', () => Promise.all(names.map(place)));
    await step('each reaches the other, and the machine reaches both', async () => {
      for (const [from, to] of [
        [pods[0]!, pods[1]!],
        [pods[1]!, pods[0]!],
      ] as const) {
        const url = `http://${to.status!.podIP}:8080`;
        const at = { namespace, name: nameOf(from), container: 'hello' };
        let answer = '';
        await until(
          `${nameOf(from)} reaches ${nameOf(to)}`,
          15_000,
          async () => {
            const { out, err } = await execIn(cluster, at, ['timeout', '5', 'wget', '-qO-', url]);
            answer = out + err;
            return out === `Hello from ${nameOf(to)}\n`;
          },
          () => answer,
        );
        assert.equal((await fetchText(url)).body, `Hello from ${nameOf(to)}\n`);
      }
    });
    await step('a node port of either node leads to pods of both', async () => {
      const service = await core.createNamespacedService({
        namespace,
        body: {
          metadata: { name: 'both' },
          spec: {
            type: 'NodePort',
            selector: { app: 'both' },
            ports: [{ port: 80, targetPort: 8080 }],
          },
        },
      });
      const { nodePort } = service.spec!.ports![0]!;
      for (const node of nodes) {
        const { address } = node.status!.addresses!.find(({ type }) => type === 'InternalIP')!;
        const answered = new Set<string>();
        await until(`both pods answer on ${nameOf(node)}`, 30_000, async () => {
          answered.add((await fetchText(`http://${address}:${nodePort}/`)).body);
          return answered.size === 2;
        });
      }
    });
    await step('logs of the second node come through the server', async () => {
      const log = await core.readNamespacedPodLog({ namespace, name: nameOf(pods[1]!) });
      assert.equal(log, `hello: listening on port 8080 as ${nameOf(pods[1]!)}\n`);
    });
  });

  story('taint, cordon, drain, uncordon', { kubectl: true }, async (scene) => {
    const { cluster, kubectl, step } = scene;
    const second = `${cluster.name}-2`;
    const tolerant = JSON.stringify({
      spec: { template: { spec: { tolerations: [{ key: 'crew', operator: 'Exists' }] } } },
    });
    await step('a taint keeps pods away, and moves those that are there', async () => {
      await kubectl(['apply', '-f', example('hello')]);
      await scene.watch<V1Pod>('pods', hello, 'three ready pods', allReady(3));
      assert.equal(
        await kubectl(`taint nodes ${second} crew=away:NoExecute`),
        `node/${second} tainted\n`,
      );
      await scene.watch<V1Pod>(
        'pods',
        hello,
        'all three on the first node',
        (pods) =>
          allReady(3)(pods) &&
          nodesOf(pods).symmetricDifference(new Set([cluster.name])).size === 0,
      );
      assert.equal(await kubectl(`taint nodes ${second} crew-`), `node/${second} untainted\n`);
    });
    await step('cordon: nothing new', async () => {
      assert.equal(await kubectl(`cordon ${cluster.name}`), `node/${cluster.name} cordoned\n`);
      assert.match(
        await kubectl(`get node ${cluster.name} --no-headers`),
        new RegExp(`^${cluster.name} +Ready,SchedulingDisabled +control-plane `),
      );
      await kubectl('scale deployment/hello --replicas=4');
      const pods = await scene.watch<V1Pod>('pods', hello, 'four ready pods', allReady(4));
      assert.deepEqual(nodesOf(pods), new Set([cluster.name, second]));
    });
    await step('drain: everything moves, respecting grace', async () => {
      const told = await kubectl(`drain ${cluster.name} --ignore-daemonsets --force --timeout=60s`);
      assert.match(told, new RegExp(`^node/${cluster.name} drained$`, 'm'));
      const pods = await scene.watch<V1Pod>('pods', hello, 'four ready pods', allReady(4));
      assert.deepEqual(nodesOf(pods), new Set([second]));
    });
    await step('no node left: pods wait, and say why', async () => {
      await kubectl(`cordon ${second}`);
      await kubectl('scale deployment/hello --replicas=5');
      const [waiting] = await scene.watch<V1Pod>(
        'pods',
        { ...hello, fields: 'status.phase=Pending' },
        'an unschedulable pod',
        ([pod]) =>
          pod?.status?.conditions?.some(({ reason }) => reason === 'Unschedulable') ?? false,
      );
      const { message } = waiting!.status!.conditions!.find(
        ({ reason }) => reason === 'Unschedulable',
      )!;
      assert.match(message!, /^0\/2 nodes are available: 2 node\(s\) were unschedulable\./);
    });
    await step('uncordon: they go', async () => {
      assert.equal(await kubectl(`uncordon ${cluster.name}`), `node/${cluster.name} uncordoned\n`);
      await kubectl(`uncordon ${second}`);
      await scene.watch<V1Pod>('pods', hello, 'five ready pods', allReady(5));
    });
    await step('a tolerated taint lets pods in', async () => {
      await kubectl(`taint nodes ${cluster.name} ${second} crew=away:NoSchedule`);
      await kubectl(['patch', 'deployment', 'hello', '-p', tolerant]);
      await kubectl('rollout status deployment/hello --timeout=90s');
      await kubectl(`taint nodes ${cluster.name} ${second} crew-`);
    });
  });

  story('a daemon set has a pod on each', {}, async (scene) => {
    const { cluster, namespace } = scene;
    const core = cluster.api(CoreV1Api);
    await applyExample(cluster, namespace, 'every-node');
    const pods = await scene.watch<V1Pod>('pods', {}, 'a pod on each node', allReady(2));
    const nodes: readonly V1Node[] = (await core.listNode()).items;
    assert.deepEqual(nodesOf(pods), new Set(nodes.map(nameOf)));
  });
});
