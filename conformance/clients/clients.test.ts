/**
 * Clients nobody here wrote, each with the same tasks: create, patch, apply, pages, watch, informer, leader election, errors,
 * delete. Those that need a tool chain or packages of their own run where `CLIENTS` names them: `CLIENTS=go,python,java`.
 */
import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
  CoordinationV1Api,
  CoreV1Api,
  KubernetesObjectApi,
  makeInformer,
  PatchStrategy,
  setHeaderOptions,
  type V1ConfigMap,
} from '@kubernetes/client-node';
import { WalkCluster } from '../testing/cluster.ts';
import { whyNoKubectl } from '../testing/machine.ts';
import { mustRun } from '../testing/run.ts';
import { until } from '../testing/wait.ts';

const wanted = new Set((process.env['CLIENTS'] ?? '').split(','));
const unless = (name: string): string | false =>
  !wanted.has(name) && `CLIENTS does not name ${name}`;
const steps = ['create', 'patch', 'apply', 'pages', 'leader', 'error', 'delete'];
const buildDeadlineMs = 300_000;

describe('clients', () => {
  let cluster: WalkCluster;
  let folder: string;
  before(async () => {
    cluster = await WalkCluster.start({ runtime: 'simulated', nodes: 0 });
    folder = await mkdtemp(join(tmpdir(), 'cox-clients-'));
  });
  after(async () => {
    await cluster[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  /** A copy of a client's folder, to be built in, and a namespace for it. */
  const scene = async (name: string): Promise<{ cwd: string; namespace: string }> => {
    const namespace = `client-${name}`;
    await cluster.api(CoreV1Api).createNamespace({ body: { metadata: { name: namespace } } });
    const cwd = join(folder, name);
    await mkdir(cwd);
    if (name !== 'node' && name !== 'kubectl')
      await cp(new URL(name, import.meta.url), cwd, { recursive: true });
    return { cwd, namespace };
  };
  const expectSteps = (printed: string): void => {
    for (const step of steps) assert.match(printed, new RegExp(`^ok ${step}$`, 'm'));
  };

  test('the Go client', { skip: unless('go') }, async () => {
    const { cwd, namespace } = await scene('go');
    const env = { GOFLAGS: '-mod=mod' };
    await mustRun(['go', 'build', '-o', 'scenario', '.'], {
      cwd,
      env,
      deadlineMs: buildDeadlineMs,
    });
    expectSteps(await mustRun(['./scenario', cluster.kubeconfig, namespace], { cwd }));
  });

  test('the Python client', { skip: unless('python') }, async () => {
    const { cwd, namespace } = await scene('python');
    await mustRun(['python3', '-m', 'venv', 'venv'], { cwd });
    await mustRun(['venv/bin/pip', 'install', '--quiet', 'kubernetes'], {
      ...{ cwd, deadlineMs: buildDeadlineMs },
    });
    const command = ['venv/bin/python', 'scenario.py', cluster.kubeconfig, namespace];
    expectSteps(await mustRun(command, { cwd }));
  });

  test('the Java client', { skip: unless('java') }, async () => {
    const { cwd, namespace } = await scene('java');
    const run = 'org.codehaus.mojo:exec-maven-plugin:3.5.0:java';
    expectSteps(
      await mustRun(
        ['mvn', '-q', 'compile', run, `-Dexec.args=${cluster.kubeconfig} ${namespace}`],
        { cwd, deadlineMs: buildDeadlineMs },
      ),
    );
  });

  test('kubectl', { skip: whyNoKubectl() ?? false }, async () => {
    const { namespace } = await scene('kubectl');
    const kubectl = (...args: readonly string[]): Promise<string> =>
      mustRun(['kubectl', '--namespace', namespace, ...args], { env: cluster.env });
    await kubectl('create', 'configmap', 'one', '--from-literal=a=1');
    await kubectl('patch', 'configmap', 'one', '--patch', '{"data":{"b":"2"}}');
    const applied = JSON.stringify({
      ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'two' }, data: { x: 'y' } },
    });
    const apply = (...flags: readonly string[]): Promise<string> =>
      mustRun(['kubectl', '-n', namespace, 'apply', ...flags, '-f', '-'], {
        ...{ env: cluster.env, input: applied },
      });
    assert.equal(await apply(), 'configmap/two created\n');
    assert.equal(await apply(), 'configmap/two unchanged\n');
    assert.equal(await apply('--server-side'), 'configmap/two serverside-applied\n');
    assert.equal(
      await kubectl('get', 'configmaps', '--chunk-size=1', '--output=name'),
      'configmap/kube-root-ca.crt\nconfigmap/one\nconfigmap/two\n',
    );
    await kubectl('delete', 'configmaps', 'one', 'two');
    const left = await kubectl('get', 'configmaps', '--output=name');
    assert.equal(left, 'configmap/kube-root-ca.crt\n');
  });

  test('the JavaScript client', async () => {
    const { namespace } = await scene('node');
    const core = cluster.api(CoreV1Api);
    const labels = { of: 'node' };
    const body = (name: string): V1ConfigMap => ({ metadata: { name, labels }, data: { a: '1' } });
    for (let each = 0; each < 7; each++)
      await core.createNamespacedConfigMap({ namespace, body: body(`node-${each}`) });
    const patched = await core.patchNamespacedConfigMap(
      { namespace, name: 'node-0', body: { data: { b: '2' } } },
      setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
    );
    assert.deepEqual(patched.data, { a: '1', b: '2' });
    const config = cluster.config();
    const objects = KubernetesObjectApi.makeApiClient(config);
    const spec = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'applied', namespace } };
    await objects.patch(spec, undefined, undefined, 'node', true, PatchStrategy.ServerSideApply);
    const seen: string[] = [];
    let token: string | undefined;
    do {
      const page = await core.listNamespacedConfigMap({
        ...{ namespace, labelSelector: 'of=node', limit: 3 },
        ...(token !== undefined && { _continue: token }),
      });
      seen.push(...page.items.map(({ metadata }) => metadata!.name!));
      token = page.metadata?._continue;
    } while (token);
    assert.deepEqual(
      seen,
      Array.from({ length: 7 }, (_, each) => `node-${each}`),
    );
    const events: string[] = [];
    const path = `/api/v1/namespaces/${namespace}/configmaps`;
    const informer = makeInformer(config, path, () => core.listNamespacedConfigMap({ namespace }));
    for (const event of ['add', 'delete'] as const)
      informer.on(event, ({ metadata }) => events.push(`${event} ${metadata?.name}`));
    await informer.start();
    await core.deleteNamespacedConfigMap({ namespace, name: 'node-1' });
    await core.createNamespacedConfigMap({ namespace, body: body('node-new') });
    await until(
      'the informer has seen it all',
      30_000,
      () => ['add node-0', 'delete node-1', 'add node-new'].every((each) => events.includes(each)),
      () => events.join('\n'),
    );
    await informer.stop();
    const lease = await cluster.api(CoordinationV1Api).createNamespacedLease({
      namespace,
      body: { metadata: { name: 'node' }, spec: { holderIdentity: 'me' } },
    });
    assert.equal(lease.spec?.holderIdentity, 'me');
    await assert.rejects(
      core.createNamespacedConfigMap({ namespace, body: body('Not_A_Name') }),
      /"field\\?":\\?"metadata.name/,
    );
    await core.deleteCollectionNamespacedConfigMap({ namespace, labelSelector: 'of=node' });
    const left = await core.listNamespacedConfigMap({ namespace, labelSelector: 'of=node' });
    assert.deepEqual(left.items, []);
  });
});
