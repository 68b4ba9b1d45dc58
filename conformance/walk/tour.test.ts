/** The README's tour with a real kubectl: what a newcomer types in the first ten minutes, in that order. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { V1Pod } from '@kubernetes/client-node';
import { example } from '../testing/examples.ts';
import { fetchText } from '../testing/http.ts';
import { allReady, mainContainer, nameOf } from '../testing/pods.ts';
import { mustRun } from '../testing/run.ts';
import { until } from '../testing/wait.ts';
import { type Scene, walk } from '../testing/walk.ts';

const hello = { labels: 'app=hello' };

walk('the tour with kubectl', { runtime: 'containerd' }, (story) => {
  story(
    'what the cluster says of itself',
    { kubectl: true },
    async ({ cluster, kubectl, step }) => {
      await step('nodes', async () => {
        const [head, row, ...more] = (await kubectl('get nodes -o wide')).trim().split('\n');
        assert.match(
          head!,
          /^NAME +STATUS +ROLES +AGE +VERSION +INTERNAL-IP +EXTERNAL-IP +OS-IMAGE +KERNEL-VERSION +CONTAINER-RUNTIME$/,
        );
        assert.match(
          row!,
          new RegExp(
            `^${cluster.name} +Ready +control-plane +\\S+ +v1\\.36\\.\\d+\\S* +172\\.30\\.\\d+\\.2 +<none> +\\S.* +\\d+\\.\\d+\\S* +containerd://\\S+$`,
          ),
        );
        assert.deepEqual(more, []);
      });
      await step('pods of all namespaces', async () => {
        await kubectl('get pods -A');
      });
      await step('cluster-info', async () => {
        const info = await cluster.kubectl(['cluster-info']);
        const { endpoint } = await cluster.status();
        // oxlint-disable-next-line no-control-regex -- kubectl colours it
        const plain = info.replaceAll(/\x1b\[[0-9;]*m/g, '');
        assert.ok(plain.includes(`Kubernetes control plane is running at ${endpoint}\n`), plain);
        assert.match(plain, /DNS is running at https:\/\/\S+\/services\/kube-dns:dns\/proxy\n/);
      });
      await step('api-resources', async () => {
        const rows = (await kubectl('api-resources --no-headers')).trim().split('\n');
        const resources = rows.map((row) => row.split(/\s+/).slice(0, 4).join(' '));
        for (const row of [
          'pods po v1 true',
          'nodes no v1 false',
          'deployments deploy apps/v1 true',
          'jobs batch/v1 true Job',
          'clusterroles rbac.authorization.k8s.io/v1 false ClusterRole',
        ])
          assert.ok(resources.includes(row), `${row} in\n${resources.join('\n')}`);
      });
      await step('explain', async () => {
        const text = await kubectl('explain pod.spec.containers');
        assert.match(text, /^KIND: +Pod\nVERSION: +v1\n\nFIELD: containers <\[\]Container>\n/);
        assert.match(text, /\n {2}image\t<string>\n/);
        assert.match(text, /\n {2}name\t<string> -required-\n/);
      });
      await step('version', async () => {
        assert.match(await kubectl('version'), /^Server Version: v1\.36\.\d+\S*$/m);
      });
      await step('top is refused until there are metrics', async () => {
        const ran = await cluster.tryKubectl(['top', 'nodes']);
        assert.deepEqual(
          { code: ran.code, err: ran.err.trim() },
          { code: 1, err: 'error: Metrics API not available' },
        );
      });
    },
  );

  story('a deployment, from creation to roll-back', { kubectl: true }, async (scene) => {
    const { kubectl, step, namespace } = scene;
    await using watching = scene.kubectlRunning('get pods -w');
    await step('created and rolled out', async () => {
      assert.equal(
        await kubectl('create deployment hello --image=coxswain.local/hello:1 --replicas=3'),
        'deployment.apps/hello created\n',
      );
      assert.match(
        await kubectl('rollout status deployment/hello --timeout=60s'),
        /deployment "hello" successfully rolled out\n$/,
      );
      await scene.watch<V1Pod>('pods', hello, 'three ready pods', allReady(3));
    });
    await step('exposed on a port of the node: all three pods answer', async () => {
      await kubectl('expose deployment hello --port=80 --target-port=8080 --type=NodePort');
      const url = `http://${await nodeAddress(scene)}:${await nodePort(scene)}/`;
      const names = new Set(await podNames(scene));
      const answered = new Set<string>();
      await until('every pod answers on the node port', 30_000, async () => {
        const { status, body } = await fetchText(url);
        assert.equal(status, 200);
        answered.add(/^Hello from (\S+)\n$/.exec(body)?.[1] ?? body);
        return answered.size >= 3;
      });
      assert.deepEqual(answered, names);
    });
    await step('run -it --rm: a shell pod fetches it by name', async () => {
      const command = `kubectl run shell -it --rm --restart=Never --namespace=default --image=coxswain.local/hello:1 --command -- sh -c 'sleep 1; wget -qO- http://hello.${namespace}'`;
      const told = await mustRun(['script', '-qec', command, '/dev/null'], {
        env: scene.cluster.env,
      });
      assert.match(told, /Hello from hello-\S+/);
      assert.match(told, /pod "shell" deleted/);
    });
    await step('scaled, with its environment set', async () => {
      await kubectl('scale deployment/hello --replicas=2');
      await scene.watch<V1Pod>('pods', hello, 'two pods left', allReady(2));
      await kubectl('set env deployment/hello COLOUR=blue');
      await kubectl('rollout status deployment/hello --timeout=60s');
      assert.equal(
        await kubectl(['exec', 'deployment/hello', '--', 'sh', '-c', 'echo $COLOUR']),
        'blue\n',
      );
    });
    await step('a missing image holds the roll-out, undo brings it back', async () => {
      await kubectl('set image deployment/hello hello=coxswain.local/missing:1');
      await scene.watch<V1Pod>('pods', hello, 'a pod waits for its image', (pods) =>
        pods.some((pod) =>
          /^(ErrImagePull|ImagePullBackOff)$/.test(
            mainContainer(pod)?.state?.waiting?.reason ?? '',
          ),
        ),
      );
      const { out } = await scene.cluster.tryKubectl([
        ...['rollout', 'status', 'deployment/hello', '-n', namespace, '--timeout=1s'],
      ]);
      assert.match(out, /^Waiting for deployment "hello" rollout to finish: /);
      assert.equal(
        await kubectl('rollout undo deployment/hello'),
        'deployment.apps/hello rolled back\n',
      );
      await kubectl('rollout status deployment/hello --timeout=60s');
      await scene.watch<V1Pod>('pods', hello, 'two ready pods again', allReady(2));
      assert.equal(
        await kubectl(['exec', 'deployment/hello', '--', 'sh', '-c', 'echo $COLOUR']),
        'blue\n',
      );
    });
    await step('its history', async () => {
      const [, head, ...rows] = (await kubectl('rollout history deployment/hello'))
        .trim()
        .split('\n');
      assert.match(head!, /^REVISION +CHANGE-CAUSE$/);
      // The second became the fourth when it was brought back.
      assert.deepEqual(
        rows.map((row) => row.split(/\s+/)[0]),
        ['1', '3', '4'],
      );
    });
    await step('restarted', async () => {
      const before = await podNames(scene);
      await kubectl('rollout restart deployment/hello');
      await kubectl('rollout status deployment/hello --timeout=60s');
      await scene.watch<V1Pod>('pods', hello, 'two new pods', allReady(2));
      const common = (await podNames(scene)).filter((name) => before.includes(name));
      assert.deepEqual(common, []);
    });
    await step('get -w has shown all of it', async () => {
      for (const status of ['Pending', 'ContainerCreating', 'Running', 'Terminating'])
        await watching.prints(new RegExp(`^hello-\\S+ +[01]/1 +${status} `, 'm'), 5000);
      await watching.prints(/^hello-\S+ +0\/1 +(ErrImagePull|ImagePullBackOff) /m, 5000);
    });
  });

  story('inside a pod', { kubectl: true }, async (scene) => {
    const { kubectl, step } = scene;
    const folder = await mkdtemp(join(tmpdir(), 'cox-walk-cp-'));
    await using _ = { [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
    await kubectl(['apply', '-f', example('hello'), '-f', example('crash'), '-f', example('echo')]);
    await kubectl('rollout status deployment/hello --timeout=60s');
    const pod = (await podNames(scene))[0]!;
    await step('logs, and logs that follow', async () => {
      const text = `hello: listening on port 8080 as ${pod}\n`;
      assert.equal(await kubectl(`logs ${pod}`), text);
      await using following = scene.kubectlRunning(`logs -f ${pod}`);
      await following.prints(/listening on port 8080/);
      await kubectl(['exec', pod, '--', 'sh', '-c', 'echo said later > /proc/1/fd/1']);
      await following.prints(/^said later$/m);
      assert.equal(await kubectl(`logs ${pod} --tail=1`), 'said later\n');
      assert.match(await kubectl(`logs ${pod} --tail=1 --timestamps`), /^\d{4}-\S+Z said later\n$/);
    });
    await step('logs --previous after a crash', async () => {
      const [crashed] = await scene.watch<V1Pod>(
        'pods',
        { fields: 'metadata.name=crash' },
        'a second life',
        ([only]) =>
          only !== undefined &&
          mainContainer(only)?.restartCount === 1 &&
          mainContainer(only)?.state?.running !== undefined,
      );
      const { exitCode, reason, message } = mainContainer(crashed!)!.lastState!.terminated!;
      assert.deepEqual(
        { exitCode, reason, message },
        { exitCode: 3, reason: 'Error', message: 'lost an oar\n' },
      );
      assert.equal(await kubectl('logs crash --previous'), 'first life\n');
      assert.equal(await kubectl('logs crash'), 'second life\n');
    });
    await step('exec: streams, exit code, a terminal', async () => {
      assert.equal(
        await kubectl(['exec', '-i', pod, '--', 'cat'], { input: 'through\n' }),
        'through\n',
      );
      const words = [
        'exec',
        pod,
        '-n',
        scene.namespace,
        '--',
        'sh',
        '-c',
        'echo out; echo err >&2; exit 7',
      ];
      const ran = await scene.cluster.tryKubectl(words);
      assert.deepEqual(ran, {
        code: 7,
        out: 'out\n',
        err: 'err\ncommand terminated with exit code 7\n',
      });
      const command = `kubectl exec -it -n ${scene.namespace} ${pod} -- sh -c 'tty && hostname'`;
      const told = await mustRun(['script', '-qec', command, '/dev/null'], {
        env: scene.cluster.env,
      });
      // `script` sends a NUL where its own input ends, and the terminal echoes it.
      assert.match(told, new RegExp(`/dev/pts/\\d+\\r?\\n(?:\\^@)?${pod}`));
    });
    await step('cp both ways', async () => {
      const bytes = Buffer.from(Array.from({ length: 100_000 }, (__, at) => (at * 7) % 256));
      await writeFile(join(folder, 'there'), bytes);
      await kubectl(['cp', join(folder, 'there'), `${pod}:/tmp/there`]);
      await kubectl(['cp', `${pod}:/tmp/there`, join(folder, 'back')]);
      assert.ok(
        bytes.equals(await readFile(join(folder, 'back'))),
        'the file came back as it went',
      );
    });
    await step('attach', async () => {
      await scene.watch<V1Pod>('pods', { fields: 'metadata.name=echo' }, 'echo runs', allReady(1));
      await using attached = scene.kubectlRunning('attach -i echo');
      await until('a line is heard', 20_000, () => {
        attached.write('oars\n'); // what is said before the streams are joined goes nowhere
        return attached.out.includes('heard oars\n');
      });
    });
    await step('port-forward to a service', async () => {
      await using forwarding = scene.kubectlRunning('port-forward service/hello :80');
      const [, port] = await forwarding.prints(/Forwarding from 127\.0\.0\.1:(\d+) -> 8080/);
      for (let round = 0; round < 3; round++) {
        const { body } = await fetchText(`http://127.0.0.1:${port}/`);
        assert.match(body, /^Hello from hello-\S+\n$/);
      }
    });
  });
});

const podNames = async ({ kubectl }: Scene): Promise<string[]> => {
  const list = JSON.parse(await kubectl('get pods -l app=hello -o json')) as { items: V1Pod[] };
  return list.items.filter(({ metadata }) => !metadata?.deletionTimestamp).map(nameOf);
};

const nodeAddress = ({ kubectl }: Scene): Promise<string> =>
  kubectl([
    'get',
    'nodes',
    '-o',
    'jsonpath={.items[0].status.addresses[?(@.type=="InternalIP")].address}',
  ]);

const nodePort = ({ kubectl }: Scene): Promise<string> =>
  kubectl(['get', 'service', 'hello', '-o', 'jsonpath={.spec.ports[0].nodePort}']);
