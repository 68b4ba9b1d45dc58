import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cachedDataVersionTag } from 'node:v8';
import { startCluster } from '../index.ts';
import { insideOf } from './start-cluster.ts';

const web = (replicas: number, image = 'nginx:1'): string => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers: [{ name: web, image: '${image}' }]
`;

// The first of this file: in a process that has started none before.
test('clusters of one seed in one process begin alike, object by object', async () => {
  const begun = async (seed: number): Promise<readonly string[]> => {
    await using cluster = await startCluster({ nodes: 2, seed });
    const { storage } = insideOf(cluster);
    const { entries } = await storage.list('/');
    return entries.map(
      ({ key, revision, value }) => `${key} ${revision} ${Buffer.from(value).toString('base64')}`,
    );
  };
  const [first, again, other] = [await begun(5), await begun(5), await begun(6)];
  const isOther = (line: string, at: number): boolean => line !== first[at];
  assert.deepEqual(again.filter(isOther), []);
  assert.equal(again.length, first.length);
  assert.ok(other.some(isOther));
});

test('a cluster is ready when it starts: nodes, accounts, certificates, endpoints', async () => {
  await using cluster = await startCluster({ nodes: 3, seed: 1 });
  const nodes = await cluster.list('Node');
  const ready = nodes.filter(({ status }) =>
    status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
  );
  assert.deepEqual(
    ready.map(({ metadata }) => metadata.name),
    ['node-1', 'node-2', 'node-3'],
  );
  assert.ok(ready.every(({ spec }) => spec?.podCIDR));
  for (const namespace of ['default', 'kube-system']) {
    await cluster.get('ServiceAccount', 'default', { namespace });
    const { data } = await cluster.get('ConfigMap', 'kube-root-ca.crt', { namespace });
    assert.match(data!['ca.crt']!, /BEGIN CERTIFICATE/);
  }
  const { subsets } = await cluster.get('Endpoints', 'kubernetes');
  assert.equal(subsets?.[0]?.ports?.[0]?.name, 'https');
  assert.equal(cluster.url, '');
});

test('objects are applied, run, told of, changed and deleted', async () => {
  await using cluster = await startCluster({ nodes: 2 });
  const [stored] = await cluster.apply(web(3));
  assert.equal(stored!.metadata.namespace, 'default');
  assert.ok(stored!.metadata.uid);
  await cluster.settle();
  const deployment = await cluster.waitFor('Deployment', 'web', 'Available');
  assert.equal(deployment!.status?.readyReplicas, 3);
  const pods = await cluster.list('Pod', { namespace: 'default', labelSelector: 'app=web' });
  assert.equal(pods.length, 3);
  const { name } = pods[0]!.metadata;
  assert.match(await cluster.logs(name), /simulated/);
  const { stdout, exitCode } = await cluster.exec(name, ['hostname']);
  assert.deepEqual([stdout, exitCode], [`${name}\n`, 0]);
  const reasons = (await cluster.events({ about: `Pod/${name}` })).map(({ reason }) => reason);
  assert.deepEqual(reasons.slice(0, 2), ['Scheduled', 'Pulling']);
  await cluster.delete('deployments.apps', 'web');
  await cluster.waitFor('Pod', name, 'deleted');
  await cluster.advance('1m');
  assert.deepEqual(await cluster.list('po', { namespace: 'default' }), []);
});

test("time moves only when told; a node that is cut off loses its pods after upstream's delays", async () => {
  await using cluster = await startCluster({
    nodes: ['a', 'b'],
    startTime: '2027-03-01T12:00:00Z',
  });
  assert.equal(new Date(cluster.clock.now()).toISOString(), '2027-03-01T12:00:00.000Z');
  await cluster.apply(web(2));
  await cluster.waitFor('Deployment', 'web', 'Available');
  await cluster.fault('Node', 'a', 'partition');
  await cluster.advance('30s');
  const isReady = async (): Promise<string | undefined> =>
    (await cluster.get('Node', 'a')).status?.conditions?.find(({ type }) => type === 'Ready')
      ?.status;
  assert.equal(await isReady(), 'True');
  await cluster.advance('30s');
  assert.equal(await isReady(), 'Unknown');
  await cluster.advance('6m');
  const pods = await cluster.list('Pod', { namespace: 'default' });
  const on = pods.filter(({ metadata }) => !metadata.deletionTimestamp);
  assert.deepEqual(
    on.map(({ spec }) => spec?.nodeName),
    ['b', 'b'],
  );
  await cluster.fault('Node', 'a');
  await cluster.advance('1m');
  assert.equal(await isReady(), 'True');
});

test('what cannot be is told of: wrong kinds, wrong words, a wait in vain', async () => {
  await using cluster = await startCluster({ nodes: 1 });
  await assert.rejects(cluster.list('Widget'), /the server doesn't have a resource type "Widget"/);
  await assert.rejects(
    cluster.apply({ apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w' } }),
    /no matches for kind "Widget" in version "example.com\/v1"/,
  );
  await assert.rejects(cluster.get('Pod', 'none'), /pods "none" not found/);
  await assert.rejects(cluster.advance('5 minutes'), /is no duration/);
  await cluster.apply(`
apiVersion: v1
kind: Pod
metadata: { name: big }
spec:
  containers: [{ name: c, image: i, resources: { requests: { cpu: 1k } } }]
`);
  await assert.rejects(
    cluster.waitFor('Pod', 'big', 'Ready', { timeout: '1m' }),
    /Pod default\/big is not Ready after 1m: it is .*Insufficient cpu/,
  );
  const why = await cluster.why('Pod', 'big');
  assert.deepEqual([why.state, why.well, why.reasonsKept], ['Pending', false, true]);
  assert.equal(why.causes[0]?.placement?.rows[0]?.nodes, 1);
  assert.match(why.text, /cpu: needs 1,?000, free/);
});

test('custom resources: the definition first, objects of it at once', async () => {
  await using cluster = await startCluster({ nodes: 0 });
  await cluster.apply(`
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: widgets.example.com }
spec:
  group: example.com
  names: { kind: Widget, plural: widgets }
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      schema: { openAPIV3Schema: { type: object, x-kubernetes-preserve-unknown-fields: true } }
---
apiVersion: example.com/v1
kind: Widget
metadata: { name: w }
size: 3
`);
  assert.equal((await cluster.get('Widget', 'w'))['size'], 3);
});

test('the flags of V8 stay as they are: compiled code kept under others is refused', async () => {
  const before = cachedDataVersionTag();
  await using _cluster = await startCluster();
  assert.equal(cachedDataVersionTag(), before);
});
