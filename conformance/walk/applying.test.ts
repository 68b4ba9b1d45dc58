/** Objects written in every way kubectl knows, and deleted in every way. No containers are needed for it. */
import assert from 'node:assert/strict';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { V1Deployment, V1Pod, V1ReplicaSet } from '@kubernetes/client-node';
import { example } from '../testing/examples.ts';
import { allReady, nameOf } from '../testing/pods.ts';
import { until } from '../testing/wait.ts';
import { type Scene, walk } from '../testing/walk.ts';

const read = async ({ kubectl }: Scene): Promise<V1Deployment> =>
  JSON.parse(await kubectl('get deployment hello -o json')) as V1Deployment;

walk('applying with kubectl', { runtime: 'simulated' }, (story) => {
  story('apply, diff, server-side apply', { kubectl: true }, async (scene) => {
    const { kubectl, step, namespace, cluster } = scene;
    const folder = await mkdtemp(join(tmpdir(), 'cox-walk-apply-'));
    await using _ = { [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
    const file = join(folder, 'hello.yaml');
    const manifest = await readFile(example('hello'), 'utf8');
    await writeFile(file, manifest);
    await step('apply', async () => {
      assert.equal(
        await kubectl(['apply', '-f', file]),
        'deployment.apps/hello created\nservice/hello created\n',
      );
      assert.equal(
        await kubectl(['apply', '-f', file]),
        'deployment.apps/hello unchanged\nservice/hello unchanged\n',
      );
    });
    await step('diff', async () => {
      assert.equal(await kubectl(['diff', '-f', file]), '');
      await writeFile(file, manifest.replace('replicas: 3', 'replicas: 2'));
      const ran = await cluster.tryKubectl(['diff', '-n', namespace, '-f', file]);
      assert.equal(ran.code, 1, ran.err);
      const changes = ran.out.split('\n').filter((line) => /^[-+] /.test(line));
      assert.deepEqual(changes, [
        '-  generation: 1',
        '+  generation: 2',
        '-  replicas: 3',
        '+  replicas: 2',
      ]);
    });
    await step('apply what changed; what another set stays', async () => {
      await kubectl('label deployment hello port=home');
      assert.equal(
        await kubectl(['apply', '-f', file]),
        'deployment.apps/hello configured\nservice/hello unchanged\n',
      );
      const { metadata, spec } = await read(scene);
      assert.deepEqual(
        [metadata!.labels, spec!.replicas, metadata!.generation],
        [{ port: 'home' }, 2, 2],
      );
    });
    await step('server-side: a dry run changes nothing', async () => {
      const { metadata } = await read(scene);
      await kubectl([
        'apply',
        '--server-side',
        '--dry-run=server',
        '--force-conflicts',
        '-f',
        file,
      ]);
      assert.equal((await read(scene)).metadata!.resourceVersion, metadata!.resourceVersion);
    });
    await step('server-side: conflicts name their owner', async () => {
      await kubectl('scale deployment/hello --replicas=4');
      const err = await scene.kubectlFails([
        ...['apply', '--server-side', '--field-manager=harbour', '-f', file],
      ]);
      assert.match(err, /^error: Apply failed with \d+ conflicts?: /);
      assert.match(
        err,
        /conflicts? with "kubectl".*using apps\/v1.*:\n(?:.*\n)*?- \.spec\.replicas|conflict with "kubectl" with subresource "scale" using apps\/v1: \.spec\.replicas/,
      );
      assert.equal(
        await kubectl([
          ...['apply', '--server-side', '--field-manager=harbour', '--force-conflicts', '-f', file],
        ]),
        'deployment.apps/hello serverside-applied\nservice/hello serverside-applied\n',
      );
      const { spec, metadata } = JSON.parse(
        await kubectl('get deployment hello -o json --show-managed-fields'),
      ) as V1Deployment;
      assert.equal(spec!.replicas, 2);
      const owner = metadata!.managedFields!.find(({ manager }) => manager === 'harbour')!;
      assert.equal(owner.operation, 'Apply');
      assert.deepEqual(
        (owner.fieldsV1 as Record<string, Record<string, unknown>>)['f:spec']!['f:replicas'],
        {},
      );
    });
    await step('server-side: what is no longer applied is removed', async () => {
      const applied = (labels: string): string =>
        `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: small\n  labels: ${labels}\n`;
      const apply = (text: string): Promise<string> =>
        kubectl(['apply', '--server-side', '-f', '-'], { input: text });
      await apply(applied('{ a: "1", b: "2" }'));
      await kubectl('label configmap small c=3');
      await apply(applied('{ a: "1" }'));
      const labels = await kubectl([
        'get',
        'configmap',
        'small',
        '-o',
        'jsonpath={.metadata.labels}',
      ]);
      assert.deepEqual(JSON.parse(labels), { a: '1', c: '3' });
    });
    await step('apply --prune takes away what the files no longer hold', async () => {
      await kubectl('label configmap small part=pruned');
      await kubectl(['apply', '-l', 'part=pruned', '-f', '-'], {
        input:
          'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: kept, labels: { part: pruned } }\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: left, labels: { part: pruned } }\n',
      });
      const told = await kubectl(
        ['apply', '--prune', '-l', 'part=pruned', '--prune-allowlist=core/v1/ConfigMap', '-f', '-'],
        {
          input:
            'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: kept, labels: { part: pruned } }\n',
        },
      );
      assert.equal(told, 'configmap/kept unchanged\nconfigmap/left pruned\n');
    });
  });

  story('patches, edit, label, annotate, replace', { kubectl: true }, async (scene) => {
    const { kubectl, step, cluster } = scene;
    const folder = await mkdtemp(join(tmpdir(), 'cox-walk-edit-'));
    await using _ = { [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
    await kubectl(['apply', '-f', example('hello')]);
    const container = async (): Promise<unknown> =>
      (await read(scene)).spec!.template.spec!.containers.map(({ name, env }) => ({ name, env }));
    await step('strategic merge: lists merge by their key', async () => {
      const patch = {
        spec: {
          template: { spec: { containers: [{ name: 'hello', env: [{ name: 'A', value: '1' }] }] } },
        },
      };
      assert.equal(
        await kubectl(['patch', 'deployment', 'hello', '-p', JSON.stringify(patch)]),
        'deployment.apps/hello patched\n',
      );
      patch.spec.template.spec.containers[0]!.env = [{ name: 'B', value: '2' }];
      await kubectl(['patch', 'deployment', 'hello', '-p', JSON.stringify(patch)]);
      assert.deepEqual(await container(), [
        {
          name: 'hello',
          env: [
            { name: 'B', value: '2' },
            { name: 'A', value: '1' },
          ],
        },
      ]);
      // It compares with what it read before, in which a status may have been older.
      await until('nothing is left to change', 20_000, async () => {
        const told = await kubectl(['patch', 'deployment', 'hello', '-p', JSON.stringify(patch)]);
        return told === 'deployment.apps/hello patched (no change)\n';
      });
    });
    await step('merge: null removes, lists are replaced', async () => {
      await kubectl([
        'patch',
        'service',
        'hello',
        '--type=merge',
        '-p',
        '{"spec":{"ports":[{"port":81}]}}',
      ]);
      const ports = JSON.parse(
        await kubectl(['get', 'service', 'hello', '-o', 'jsonpath={.spec.ports}']),
      ) as { port: number; targetPort: number }[];
      assert.deepEqual(
        ports.map(({ port, targetPort }) => [port, targetPort]),
        [[81, 81]],
      );
    });
    await step('json: test guards the rest', async () => {
      const patch = (value: number): string =>
        JSON.stringify([
          { op: 'test', path: '/spec/replicas', value },
          { op: 'replace', path: '/spec/replicas', value: 1 },
        ]);
      const err = await scene.kubectlFails([
        'patch',
        'deployment',
        'hello',
        '--type=json',
        '-p',
        patch(9),
      ]);
      // Upstream says no more than this.
      assert.equal(
        err,
        'The request is invalid: the server rejected our request due to an error in our request\n',
      );
      await kubectl(['patch', 'deployment', 'hello', '--type=json', '-p', patch(3)]);
      assert.equal((await read(scene)).spec!.replicas, 1);
    });
    await step('a subresource', async () => {
      await kubectl([
        'patch',
        'deployment',
        'hello',
        '--subresource=scale',
        '--type=merge',
        '-p',
        '{"spec":{"replicas":2}}',
      ]);
      assert.equal((await read(scene)).spec!.replicas, 2);
    });
    await step('edit', async () => {
      const editor = join(folder, 'editor');
      await writeFile(editor, '#!/bin/sh\nexec sed -i \'s/replicas: 2/replicas: 3/\' "$1"\n');
      await chmod(editor, 0o755);
      assert.equal(
        await kubectl('edit deployment hello', { env: { KUBE_EDITOR: editor } }),
        'deployment.apps/hello edited\n',
      );
      assert.equal((await read(scene)).spec!.replicas, 3);
      const args = ['edit', 'deployment', 'hello', '-n', scene.namespace];
      const { code, err } = await cluster.tryKubectl(args, { env: { KUBE_EDITOR: 'true' } });
      assert.deepEqual([code, err], [0, 'Edit cancelled, no changes made.\n']);
    });
    await step('label and annotate', async () => {
      assert.equal(
        await kubectl('label deployment hello tide=high'),
        'deployment.apps/hello labeled\n',
      );
      assert.match(
        await scene.kubectlFails('label deployment hello tide=low'),
        /'tide' already has a value \(high\), and --overwrite is false/,
      );
      await kubectl('label deployment hello tide=low --overwrite');
      await kubectl('annotate deployment hello note=fine');
      assert.match(
        await kubectl('get deployments -l tide=low -o name'),
        /^deployment\.apps\/hello\n$/,
      );
      assert.equal(await kubectl('get deployments -l tide!=low -o name'), '');
      await kubectl('label deployment hello tide-');
      const { metadata } = await read(scene);
      assert.deepEqual([metadata!.labels, metadata!.annotations!['note']], [undefined, 'fine']);
    });
    await step('replace with an old resource version is a conflict', async () => {
      const old = await kubectl('get deployment hello -o json');
      await kubectl('annotate deployment hello note=finer --overwrite');
      const err = await scene.kubectlFails(['replace', '-f', '-'], { input: old });
      assert.match(
        err,
        /^Error from server \(Conflict\): error when replacing "STDIN": Operation cannot be fulfilled on deployments\.apps "hello": the object has been modified; please apply your changes to the latest version and try again\n$/,
      );
    });
    await step('-o in all its forms', async () => {
      assert.equal(await kubectl('get deployment hello -o name'), 'deployment.apps/hello\n');
      assert.equal(
        await kubectl([
          'get',
          'deployment',
          'hello',
          '-o',
          'custom-columns=N:.metadata.name,R:.spec.replicas',
        ]),
        'N       R\nhello   3\n',
      );
      assert.equal(
        await kubectl(['get', 'deployment', 'hello', '-o', 'go-template={{.spec.replicas}}']),
        '3',
      );
      assert.match(
        await kubectl('get deployment hello -o yaml'),
        /^apiVersion: apps\/v1\nkind: Deployment\n/,
      );
      assert.match(await kubectl('get all'), /^NAME +READY +STATUS +RESTARTS +AGE\npod\/hello-/);
    });
    await step("what is wrong is refused in upstream's words", async () => {
      const bad = await scene.kubectlFails([
        'patch',
        'deployment',
        'hello',
        '-p',
        '{"spec":{"replicas":-1}}',
      ]);
      assert.equal(
        bad,
        'The Deployment "hello" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0\n',
      );
      const selector = await scene.kubectlFails([
        ...[
          'patch',
          'deployment',
          'hello',
          '-p',
          '{"spec":{"selector":{"matchLabels":{"app":"other"}}}}',
        ],
      ]);
      assert.match(selector, /^The Deployment "hello" is invalid: .*field is immutable/s);
      const missing = await scene.kubectlFails('get pod nobody');
      assert.equal(missing, 'Error from server (NotFound): pods "nobody" not found\n');
      const twice = await scene.kubectlFails(
        'create configmap hello --from-literal=a=1 --from-literal=a=2',
      );
      assert.match(twice, /another key by that name already exists/);
      const { out } = await cluster.tryKubectl(['get', 'pods', '-n', 'nowhere']);
      assert.equal(out, '');
    });
  });

  story('deletion in three propagation modes', { kubectl: true }, async (scene) => {
    const { kubectl, step } = scene;
    const hello = { labels: 'app=hello' };
    const create = async (): Promise<readonly V1Pod[]> => {
      await kubectl(['apply', '-f', example('hello')]);
      return scene.watch<V1Pod>('pods', hello, 'three ready pods', allReady(3));
    };
    const none = (what: string) =>
      scene.watch<V1Pod>('pods', hello, what, (pods) => pods.length === 0);
    await step('background: the owner first, all else after', async () => {
      await create();
      await kubectl('delete deployment hello --cascade=background');
      await none('no pod is left');
      assert.equal(await kubectl('get replicasets -o name'), '');
    });
    await step('foreground: the owner last', async () => {
      await create();
      await using deleting = scene.kubectlRunning('delete deployment hello --cascade=foreground');
      assert.equal(await deleting.ended, 0, deleting.err);
      // Its return means that the Deployment is gone, and that came after everything that blocked it.
      assert.equal(await kubectl('get replicasets,pods -l app=hello -o name'), '');
    });
    await step('orphan: what it owned stays, and is adopted again', async () => {
      const pods = await create();
      await kubectl('delete deployment hello --cascade=orphan');
      const [set] = await scene.watch<V1ReplicaSet>(
        'apps/v1/replicasets',
        hello,
        'a replica set without owner',
        ([only]) => only !== undefined && (only.metadata!.ownerReferences ?? []).length === 0,
      );
      const kept = await create();
      assert.deepEqual(kept.map(nameOf).toSorted(), pods.map(nameOf).toSorted());
      await scene.watch<V1ReplicaSet>(
        'apps/v1/replicasets',
        hello,
        'the same set with a new owner',
        ([only]) =>
          nameOf(only!) === nameOf(set!) &&
          only!.metadata!.ownerReferences?.[0]?.kind === 'Deployment',
      );
      await kubectl('delete deployment hello');
      await none('no pod is left');
    });
    await step('a finalizer holds an object until it is taken off', async () => {
      await kubectl('create configmap held');
      await kubectl([
        'patch',
        'configmap',
        'held',
        '-p',
        '{"metadata":{"finalizers":["example.com/hold"]}}',
      ]);
      await kubectl('delete configmap held --wait=false');
      assert.match(
        await kubectl(['get', 'configmap', 'held', '-o', 'jsonpath={.metadata.deletionTimestamp}']),
        /^\d{4}-/,
      );
      await kubectl([
        'patch',
        'configmap',
        'held',
        '--type=json',
        '-p',
        '[{"op":"remove","path":"/metadata/finalizers"}]',
      ]);
      assert.match(await scene.kubectlFails('get configmap held'), /NotFound/);
    });
    await step('a namespace takes everything with it', async () => {
      await kubectl('create namespace sinking');
      try {
        await kubectl(['apply', '-n', 'sinking', '-f', example('hello'), '-f', example('access')]);
      } finally {
        await kubectl('delete namespace sinking --timeout=60s');
      }
      assert.match(
        await scene.kubectlFails('get namespace sinking'),
        /namespaces "sinking" not found/,
      );
    });
  });
});
