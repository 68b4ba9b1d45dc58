import assert from 'node:assert/strict';
import type { KubeObject } from '@coxswain/api';
import type { ConfigMap, Pod } from '@coxswain/api/types/core-v1';
import { configMap, path, pod, refused, testServer } from './testing/config-maps.ts';

testServer(
  'a created object carries what the server sets, and is read back as it is',
  async (server) => {
    const made = await server.post<ConfigMap>(path, configMap('a', { x: '1' }));
    const { uid, creationTimestamp, resourceVersion, managedFields } = made.metadata;
    assert.equal(made.metadata.namespace, 'default');
    assert.match(uid!, /^[0-9a-f-]{36}$/);
    assert.equal(creationTimestamp, '2026-01-01T00:00:00Z');
    assert.equal(resourceVersion, '1');
    assert.equal(managedFields?.[0]?.manager, 'test');
    assert.deepEqual(await server.get(`${path}/a`), made);
  },
);

testServer('a write that changes nothing keeps the revision', async (server) => {
  const made = await server.post<ConfigMap>(path, configMap('a', { x: '1' }));
  const again = await server.put<ConfigMap>(`${path}/a`, configMap('a', { x: '1' }));
  assert.equal(again.metadata.resourceVersion, made.metadata.resourceVersion);
  const patched = await server.patch<ConfigMap>(`${path}/a`, 'application/merge-patch+json', {
    data: { x: '1' },
  });
  assert.deepEqual(patched, made);
});

testServer('a dry run answers as the real thing and stores nothing', async (server) => {
  const made = await server.post<ConfigMap>(path, configMap('a'), { dryRun: 'All' });
  assert.equal(made.metadata.name, 'a');
  assert.equal((await refused(server.get(`${path}/a`))).code, 404);
});

testServer('generateName finds a name of its own', async (server) => {
  const object = { ...configMap(''), metadata: { name: '', generateName: 'web-' } };
  const made = await Promise.all(
    Array.from({ length: 20 }, () => server.post<ConfigMap>(path, object)),
  );
  const names = new Set(made.map(({ metadata }) => metadata.name));
  assert.equal(names.size, 20);
  for (const name of names) assert.match(name, /^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
});

testServer('patches of one object at the same time all count', async (server) => {
  await server.post(path, configMap('a'));
  await Promise.all(
    Array.from({ length: 30 }, (_, i) =>
      server.patch(`${path}/a`, 'application/merge-patch+json', { data: { [`k${i}`]: 'v' } }),
    ),
  );
  const { data = {} } = await server.get<ConfigMap>(`${path}/a`);
  assert.equal(Object.keys(data).length, 30);
});

testServer('the four patches', async (server) => {
  await server.post(path, configMap('a', { x: '1' }));
  const patch = (type: string, document: unknown, query = {}): Promise<ConfigMap> =>
    server.patch<ConfigMap>(`${path}/a`, type, document, query);
  const merged = await patch('application/merge-patch+json', { data: { y: '2', x: null } });
  assert.deepEqual(merged.data, { y: '2' });
  const json = await patch('application/json-patch+json', [
    { op: 'add', path: '/data/z', value: '3' },
  ]);
  assert.deepEqual(json.data, { y: '2', z: '3' });
  const strategic = await patch('application/strategic-merge-patch+json', { data: { z: null } });
  assert.deepEqual(strategic.data, { y: '2' });
  const apply = { fieldManager: 'me' };
  const applied = await patch('application/apply-patch+yaml', configMap('a', { m: '1' }), apply);
  assert.deepEqual(applied.data, { m: '1', y: '2' });
  const less = await patch('application/apply-patch+yaml', configMap('a'), apply);
  assert.deepEqual(less.data, { y: '2' });
  const conflict = await refused(
    patch('application/apply-patch+yaml', configMap('a', { y: '9' }), apply),
  );
  assert.equal(
    conflict.message,
    'Apply failed with 1 conflict: conflict with "test" using v1: .data.y',
  );
});

testServer('apply creates what is not there', async (server) => {
  const made = await server.patch<ConfigMap>(
    `${path}/new`,
    'application/apply-patch+yaml',
    configMap('new', { a: 'b' }),
    { fieldManager: 'me' },
  );
  assert.deepEqual(made.data, { a: 'b' });
  assert.equal(made.metadata.managedFields?.[0]?.operation, 'Apply');
});

testServer('generation moves with the spec and not with the status', async (server) => {
  const deployments = '/apis/apps/v1/namespaces/default/deployments';
  const spec = {
    replicas: 1,
    selector: { matchLabels: { a: 'b' } },
    template: {
      metadata: { labels: { a: 'b' } },
      spec: { containers: [{ name: 'c', image: 'i' }] },
    },
  };
  const object = { kind: 'Deployment', apiVersion: 'apps/v1', metadata: { name: 'd' }, spec };
  const made = await server.post<KubeObject>(deployments, object);
  assert.equal(made.metadata.generation, 1);
  const status = await server.patch<KubeObject & { status: { replicas: number }; spec: unknown }>(
    `${deployments}/d/status`,
    'application/merge-patch+json',
    { status: { replicas: 3 }, spec: { replicas: 7 } },
  );
  assert.equal(status.metadata.generation, 1);
  assert.equal(status.status.replicas, 3);
  assert.deepEqual(status.spec, (made as typeof status).spec);
  const scaled = await server.patch<KubeObject & { spec: unknown }>(
    `${deployments}/d/scale`,
    'application/merge-patch+json',
    { spec: { replicas: 4 } },
  );
  assert.equal(scaled.kind, 'Scale');
  assert.deepEqual(scaled.spec, { replicas: 4 });
  const after = await server.get<typeof status>(`${deployments}/d`);
  assert.equal(after.metadata.generation, 2);
});

testServer('a pod on a node is deleted in two steps, and sooner if asked', async (server) => {
  const pods = '/api/v1/namespaces/default/pods';
  await server.post(pods, pod('p', 'n1'));
  const marked = await server.delete<Pod>(`${pods}/p`);
  assert.equal(marked.metadata.deletionGracePeriodSeconds, 30);
  assert.equal(marked.metadata.deletionTimestamp, '2026-01-01T00:00:30Z');
  const shorter = await server.delete<Pod>(`${pods}/p`, { gracePeriodSeconds: 5 });
  assert.equal(shorter.metadata.deletionTimestamp, '2026-01-01T00:00:05Z');
  const longer = await server.delete<Pod>(`${pods}/p`, { gracePeriodSeconds: 60 });
  assert.deepEqual(longer, shorter);
  await server.delete<Pod>(`${pods}/p`, { gracePeriodSeconds: 0 });
  assert.equal((await refused(server.get(`${pods}/p`))).code, 404);
});

testServer('a pod without a node is gone at once', async (server) => {
  const pods = '/api/v1/namespaces/default/pods';
  await server.post(pods, pod('p'));
  await server.delete(`${pods}/p`);
  assert.equal((await refused(server.get(`${pods}/p`))).code, 404);
});

testServer('finalizers keep an object until the last one goes', async (server) => {
  await server.post(path, { ...configMap('a'), metadata: { name: 'a', finalizers: ['x.io/f'] } });
  const marked = await server.delete<ConfigMap>(`${path}/a`);
  assert.equal(marked.metadata.deletionTimestamp, '2026-01-01T00:00:00Z');
  const more = { metadata: { finalizers: ['x.io/f', 'x.io/g'] } };
  const merge = 'application/merge-patch+json';
  assert.equal((await refused(server.patch(`${path}/a`, merge, more))).code, 422);
  await server.patch(`${path}/a`, merge, { metadata: { finalizers: null } });
  assert.equal((await refused(server.get(`${path}/a`))).code, 404);
});

for (const [propagationPolicy, finalizer] of [
  ['Foreground', 'foregroundDeletion'],
  ['Orphan', 'orphan'],
] as const)
  testServer(
    `propagation ${propagationPolicy} leaves a finalizer to the garbage collector`,
    async (server) => {
      await server.post(path, configMap('a'));
      const marked = await server.delete<ConfigMap>(`${path}/a`, { propagationPolicy });
      assert.deepEqual(marked.metadata.finalizers, [finalizer]);
    },
  );

testServer('a namespace waits for its finalizer', async (server) => {
  const namespaces = '/api/v1/namespaces';
  await server.post(namespaces, {
    kind: 'Namespace',
    apiVersion: 'v1',
    metadata: { name: 'shop' },
  });
  const deleted = await server.delete<KubeObject & { status: { phase: string } }>(
    `${namespaces}/shop`,
  );
  assert.equal(deleted.status.phase, 'Terminating');
  const finalized = { ...deleted, spec: { finalizers: [] } };
  await server.put(`${namespaces}/shop/finalize`, finalized);
  assert.equal((await refused(server.get(`${namespaces}/shop`))).code, 404);
});

testServer('a binding gives a pod to a node, once', async (server) => {
  const pods = '/api/v1/namespaces/default/pods';
  await server.post(pods, pod('p'));
  const binding = {
    kind: 'Binding',
    apiVersion: 'v1',
    metadata: { name: 'p' },
    target: { kind: 'Node', name: 'n1' },
  };
  await server.post(`${pods}/p/binding`, binding);
  const bound = await server.get<Pod>(`${pods}/p`);
  assert.equal(bound.spec?.nodeName, 'n1');
  assert.equal(bound.status?.conditions?.[0]?.type, 'PodScheduled');
  const error = await refused(server.post(`${pods}/p/binding`, binding));
  assert.equal(
    error.message,
    'Operation cannot be fulfilled on pods/binding "p": pod p is already assigned to node "n1"',
  );
});

testServer('deletecollection deletes what a list would show', async (server) => {
  for (const name of ['a', 'b', 'c'])
    await server.post(path, {
      ...configMap(name),
      metadata: { name, labels: { odd: name === 'b' ? 'no' : 'yes' } },
    });
  await server.delete(path, undefined, { labelSelector: 'odd=yes' });
  const left = await server.get<{ items: readonly ConfigMap[] }>(path);
  assert.deepEqual(
    left.items.map(({ metadata }) => metadata.name),
    ['b'],
  );
});
