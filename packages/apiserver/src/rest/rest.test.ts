import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError, type KubeObject } from '@coxswain/api';
import type { ConfigMap, Pod } from '@coxswain/api/types/core-v1';
import { openTestServer, type TestServer } from '../testing/server.ts';

const path = '/api/v1/namespaces/default/configmaps';
const configMap = (name: string, data: Record<string, string> = {}): ConfigMap => ({
  kind: 'ConfigMap',
  apiVersion: 'v1',
  metadata: { name },
  data,
});
const pod = (name: string, nodeName = ''): Pod => ({
  kind: 'Pod',
  apiVersion: 'v1',
  metadata: { name },
  spec: { containers: [{ name: 'c', image: 'i' }], ...(nodeName && { nodeName }) },
});

async function refused(call: Promise<unknown>): Promise<ApiError> {
  const error = await call.then(
    () => assert.fail('nothing was refused'),
    (error: unknown) => error,
  );
  assert.ok(error instanceof ApiError, String(error));
  return error;
}

function testServer(name: string, run: (server: TestServer) => Promise<void>): void {
  test(name, async () => {
    await using server = await openTestServer();
    await run(server);
  });
}

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

const refusals: readonly {
  readonly name: string;
  readonly call: (server: TestServer) => Promise<unknown>;
  readonly code: number;
  readonly message: string;
}[] = [
  {
    name: 'a name that is taken',
    call: (s) => s.post(path, configMap('taken')),
    code: 409,
    message: 'configmaps "taken" already exists',
  },
  {
    name: 'a bad name',
    call: (s) => s.post(path, configMap('A_b')),
    code: 422,
    message:
      "ConfigMap \"A_b\" is invalid: metadata.name: Invalid value: \"A_b\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
  },
  {
    name: 'no name',
    call: (s) => s.post(path, configMap('')),
    code: 422,
    message:
      'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required',
  },
  {
    name: 'another namespace than that of the path',
    call: (s) => s.post(path, { ...configMap('b'), metadata: { name: 'b', namespace: 'other' } }),
    code: 400,
    message:
      'the namespace of the provided object does not match the namespace sent on the request',
  },
  {
    name: 'another kind',
    call: (s) => s.post(path, pod('b')),
    code: 400,
    message:
      'Pod in version "v1" cannot be handled as a ConfigMap: converting (v1.Pod) to (v1.ConfigMap): unknown conversion',
  },
  {
    name: 'another version',
    call: (s) => s.post(path, { ...configMap('b'), apiVersion: 'v2' }),
    code: 400,
    message:
      'ConfigMap in version "v2" cannot be handled as a ConfigMap: no kind "ConfigMap" is registered for version "v2" in scheme "pkg/runtime/scheme.go:111"',
  },
  {
    name: 'a resourceVersion on create',
    call: (s) => s.post(path, { ...configMap('b'), metadata: { name: 'b', resourceVersion: '1' } }),
    code: 500,
    message: 'resourceVersion should not be set on objects to be created',
  },
  {
    name: 'a missing object',
    call: (s) => s.get(`${path}/missing`),
    code: 404,
    message: 'configmaps "missing" not found',
  },
  {
    name: 'an update of what is missing',
    call: (s) => s.put(`${path}/missing`, configMap('missing')),
    code: 404,
    message: 'configmaps "missing" not found',
  },
  {
    name: 'an update under another name',
    call: (s) => s.put(`${path}/taken`, configMap('other')),
    code: 400,
    message: 'the name of the object (other) does not match the name on the URL (taken)',
  },
  {
    name: 'a stale update',
    call: (s) =>
      s.put(`${path}/taken`, {
        ...configMap('taken'),
        metadata: { name: 'taken', resourceVersion: '999' },
      }),
    code: 409,
    message:
      'Operation cannot be fulfilled on configmaps "taken": the object has been modified; please apply your changes to the latest version and try again',
  },
  {
    name: 'a dry run of something else',
    call: (s) => s.post(path, configMap('b'), { dryRun: 'Some' }),
    code: 422,
    message:
      'CreateOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: ["Some"]: supported values: "All"',
  },
  {
    name: 'two controllers',
    call: (s) =>
      s.post(path, {
        ...configMap('b'),
        metadata: {
          name: 'b',
          ownerReferences: ['x', 'y'].map((name) => ({
            apiVersion: 'v1',
            kind: 'Pod',
            name,
            uid: name,
            controller: true,
          })),
        },
      }),
    code: 422,
    message:
      'ConfigMap "b" is invalid: metadata.ownerReferences: Invalid value: [{"apiVersion":"v1","kind":"Pod","name":"x","uid":"x","controller":true},{"apiVersion":"v1","kind":"Pod","name":"y","uid":"y","controller":true}]: Only one reference can have Controller set to true. Found "true" in references for Pod/x and Pod/y',
  },
  {
    name: 'an unknown field in a selector',
    call: (s) => s.get(path, { fieldSelector: 'data.x=1' }),
    code: 400,
    message: '"data.x" is not a known field selector: only "metadata.name", "metadata.namespace"',
  },
  {
    name: 'a delete of another version',
    call: (s) => s.delete(`${path}/taken`, { preconditions: { resourceVersion: '77' } }),
    code: 409,
    message:
      'Operation cannot be fulfilled on ConfigMap "taken": the ResourceVersion in the precondition (77) does not match the ResourceVersion in record (1). The object might have been modified',
  },
  {
    name: 'an apply without a manager',
    call: (s) => s.patch(`${path}/taken`, 'application/apply-patch+yaml', configMap('taken')),
    code: 422,
    message:
      'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
  },
  {
    name: 'a patch of unknown type',
    call: (s) => s.patch(`${path}/taken`, 'text/plain', {}),
    code: 415,
    message: '415: Unsupported Media Type',
  },
  {
    name: 'an unknown resource',
    call: (s) => s.get('/api/v1/namespaces/default/nothings'),
    code: 404,
    message: 'the server could not find the requested resource',
  },
  {
    name: 'a verb that the kind lacks',
    call: (s) => s.delete('/api/v1/namespaces'),
    code: 405,
    message: 'the server does not allow this method on the requested resource',
  },
  {
    name: 'an update of a collection',
    call: (s) => s.put(path, {}),
    code: 405,
    message: 'the server does not allow this method on the requested resource',
  },
  {
    name: 'a create under a name',
    call: (s) => s.post(`${path}/a`, {}),
    code: 405,
    message: 'the server does not allow this method on the requested resource',
  },
  {
    name: 'an object without its namespace',
    call: (s) => s.get('/api/v1/configmaps/a'),
    code: 404,
    message: 'the server could not find the requested resource',
  },
  {
    name: 'a path that goes on behind a subresource',
    call: (s) => s.get('/api/v1/namespaces/default/pods/a/status/b'),
    code: 404,
    message: 'the server could not find the requested resource',
  },
  {
    name: 'a future revision',
    call: async (s) => {
      const read = s.get(path, { resourceVersion: '99999' });
      read.catch(() => {});
      await s.advance(3_000);
      return read;
    },
    code: 504,
    message: 'Timeout: Too large resource version: 99999, current: 1',
  },
];

for (const { name, call, code, message } of refusals)
  testServer(`refused: ${name}`, async (server) => {
    await server.post(path, configMap('taken'));
    const error = await refused(call(server));
    assert.equal(error.code, code, error.message);
    assert.equal(error.message, message);
  });

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
