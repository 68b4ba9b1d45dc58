/** The tour through `@kubernetes/client-node`: the same way as with kubectl, told in API calls. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import {
  AppsV1Api,
  Attach,
  CoreV1Api,
  Cp,
  Log,
  PatchStrategy,
  setHeaderOptions,
  type V1Deployment,
  type V1Pod,
  VersionApi,
} from '@kubernetes/client-node';
import { applyExample } from '../testing/examples.ts';
import { fetchText } from '../testing/http.ts';
import { allReady, mainContainer, nameOf } from '../testing/pods.ts';
import { Collected, execIn, logOf, refusal, requestThroughForward } from '../testing/streams.ts';
import { until } from '../testing/wait.ts';
import { walk } from '../testing/walk.ts';

const hello = { labels: 'app=hello' };

walk('the tour with client-node', { runtime: 'containerd' }, (story) => {
  story(
    'a deployment, from creation to roll-back',
    {},
    async ({ cluster, namespace, step, watch }) => {
      const [core, apps] = [cluster.api(CoreV1Api), cluster.api(AppsV1Api)];
      const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
      const patch = (body: object): Promise<V1Deployment> =>
        apps.patchNamespacedDeployment({ name: 'hello', namespace, body }, merge);
      const setImage = (image: string): Promise<V1Deployment> =>
        apps.patchNamespacedDeployment(
          {
            ...{ name: 'hello', namespace },
            body: { spec: { template: { spec: { containers: [{ name: 'hello', image }] } } } },
          },
          setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch),
        );
      await step('the server and its node', async () => {
        const { gitVersion } = await cluster.api(VersionApi).getCode();
        assert.match(gitVersion, /^v1\.36\./);
        const { items } = await core.listNode();
        assert.deepEqual(items.map(nameOf), [cluster.name]);
        assert.deepEqual(items[0]!.spec!.taints, undefined);
        assert.ok('node-role.kubernetes.io/control-plane' in items[0]!.metadata!.labels!);
      });
      const pods = await step('three pods, ready', async () => {
        await applyExample(cluster, namespace, 'hello');
        const pods = await watch<V1Pod>('pods', hello, 'three ready pods', allReady(3));
        await watch<V1Deployment>(
          'apps/v1/deployments',
          {},
          'the deployment is available',
          ([only]) => only?.status?.availableReplicas === 3,
        );
        return pods;
      });
      await step('all answer on the node port', async () => {
        const service = await core.readNamespacedService({ name: 'hello', namespace });
        const node = await core.readNode({ name: cluster.name });
        const host = node.status!.addresses!.find(({ type }) => type === 'InternalIP')!.address;
        const answered = new Set<string>();
        await until('every pod answers', 30_000, async () => {
          const { body } = await fetchText(`http://${host}:${service.spec!.ports![0]!.nodePort}/`);
          answered.add(/^Hello from (\S+)\n$/.exec(body)?.[1] ?? body);
          return answered.size >= 3;
        });
        assert.deepEqual(answered, new Set(pods.map(nameOf)));
      });
      await step('names from inside a pod', async () => {
        const pod = { namespace, name: nameOf(pods[0]!), container: 'hello' };
        for (const name of [
          'hello',
          `hello.${namespace}`,
          `hello.${namespace}.svc.cluster.local`,
        ]) {
          const { out, err } = await execIn(cluster, pod, ['wget', '-qO-', `http://${name}`]);
          assert.match(out, /^Hello from hello-\S+\n$/, `${name}: ${err}`);
        }
        const missing = await execIn(cluster, pod, [
          'nslookup',
          `nobody.${namespace}.svc.cluster.local`,
        ]);
        assert.match(missing.out + missing.err, /NXDOMAIN|can't find/);
      });
      await step('scaled through its subresource', async () => {
        const scale = await apps.readNamespacedDeploymentScale({ name: 'hello', namespace });
        assert.equal(scale.status!.replicas, 3);
        await apps.replaceNamespacedDeploymentScale({
          ...{ name: 'hello', namespace },
          body: { metadata: scale.metadata!, spec: { replicas: 1 } },
        });
        await watch<V1Pod>('pods', hello, 'one pod left', allReady(1));
      });
      await step(
        'a missing image stops the roll-out at one pod more; the old one goes on',
        async () => {
          await setImage('coxswain.local/missing:1');
          const now = await watch<V1Pod>('pods', hello, 'a pod waits for its image', (all) =>
            all.some((pod) => mainContainer(pod)?.state?.waiting?.reason === 'ImagePullBackOff'),
          );
          assert.equal(now.length, 2);
          await setImage('coxswain.local/hello:1');
          await watch<V1Pod>('pods', hello, 'one ready pod', allReady(1));
        },
      );
      await step('a deadline that cannot be kept is told as a condition', async () => {
        await patch({ spec: { progressDeadlineSeconds: 2, minReadySeconds: 1 } });
        await setImage('coxswain.local/missing:2');
        await watch<V1Deployment>('apps/v1/deployments', {}, 'ProgressDeadlineExceeded', ([only]) =>
          Boolean(
            only?.status?.conditions?.some(
              ({ type, status, reason }) =>
                type === 'Progressing' &&
                status === 'False' &&
                reason === 'ProgressDeadlineExceeded',
            ),
          ),
        );
      });
    },
  );

  story('streams', {}, async ({ cluster, namespace, step, watch }) => {
    await applyExample(cluster, namespace, 'hello');
    await applyExample(cluster, namespace, 'echo');
    const [first] = await watch<V1Pod>('pods', hello, 'ready pods', allReady(3));
    const pod = { namespace, name: nameOf(first!), container: 'hello' };
    await step('exec', async () => {
      const ran = await execIn(cluster, pod, ['sh', '-c', 'cat; echo err >&2; exit 3'], 'typed\n');
      assert.equal(ran.out, 'typed\n');
      assert.equal(ran.err, 'err\n');
      assert.equal(ran.status.reason, 'NonZeroExitCode');
      assert.deepEqual(ran.status.details?.causes, [{ reason: 'ExitCode', message: '3' }]);
      const done = await execIn(cluster, pod, ['true']);
      assert.equal(done.status.status, 'Success');
    });
    const sink = new Collected();
    await step('a log that is followed', async () => {
      await new Log(cluster.config()).log(namespace, pod.name, 'hello', sink, {
        follow: true,
      });
      await until('the first line', 15_000, () => sink.text.includes('listening on port 8080'));
      await execIn(cluster, pod, ['sh', '-c', 'echo said later > /proc/1/fd/1']);
      await until('a later line', 15_000, () => sink.text.endsWith('said later\n'));
      assert.equal(await logOf(cluster, pod, { tailLines: 1 }), 'said later\n');
    });
    await step('attach', async () => {
      await watch<V1Pod>('pods', { fields: 'metadata.name=echo' }, 'echo runs', allReady(1));
      const [input, out] = [new PassThrough(), new Collected()];
      const attach = new Attach(cluster.config());
      const socket = await attach
        .attach(namespace, 'echo', 'echo', out, null, input, false)
        .catch(refusal);
      await until('a line is heard', 15_000, () => {
        input.write('oars\n');
        return out.text.includes('heard oars\n');
      });
      socket.close();
    });
    await step('port-forward', async () => {
      const answer = await requestThroughForward(cluster, pod, 8080);
      assert.match(
        answer,
        new RegExp(`^HTTP/1\\.[01] 200 OK[^]*\\n\\r?\\nHello from ${pod.name}\\n`),
      );
    });
    await step('cp both ways', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'cox-walk-cp-'));
      await using _ = { [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
      await writeFile(join(folder, 'cargo'), 'salt and iron\n');
      const cp = new Cp(cluster.config());
      // client-node's calls end before the copy does.
      await cp.cpToPod(namespace, pod.name, 'hello', folder, '/tmp');
      await until('the file is in the pod', 15_000, async () => {
        const { out } = await execIn(cluster, pod, ['cat', '/tmp/cargo']);
        return out === 'salt and iron\n';
      });
      await rm(join(folder, 'cargo'));
      await cp.cpFromPod(namespace, pod.name, 'hello', 'cargo', folder, '/tmp');
      await until(
        'the file is back',
        15_000,
        async () => (await readFile(join(folder, 'cargo'), 'utf8')) === 'salt and iron\n',
      );
    });
    await step('eviction and deletion end pods within their grace', async () => {
      const core = cluster.api(CoreV1Api);
      await core.createNamespacedPodEviction({
        ...{ name: pod.name, namespace },
        body: { metadata: { name: pod.name, namespace } },
      });
      const pods = await watch<V1Pod>(
        'pods',
        hello,
        'another took its place',
        (all) => allReady(3)(all) && !all.some((one) => nameOf(one) === pod.name),
      );
      await until('the followed log ends with its container', 15_000, () => sink.writableFinished);
      await core.deleteNamespacedPod({ name: nameOf(pods[0]!), namespace });
      await watch<V1Pod>(
        'pods',
        hello,
        'and another',
        (all) => allReady(3)(all) && !all.some((one) => nameOf(one) === nameOf(pods[0]!)),
      );
    });
  });
});
