import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Request } from '../chain/station.ts';
import { parseRequestInfo } from '../chain/parse-request-info.ts';
import { openTestServer, type TestServer } from '../testing/server.ts';
import { compareVersions } from './order.ts';

function ask(path: string, headers: Record<string, string> = {}): Request {
  const [plain = '', text] = path.split('?');
  const query = new URLSearchParams(text);
  return {
    info: parseRequestInfo('GET', plain, query),
    method: 'GET',
    path: plain,
    target: path,
    query,
    headers,
    user: undefined,
    remoteAddress: '',
    auditId: '',
    clientCertificate: undefined,
    body: { from: 'wire', read: async () => new Uint8Array() },
    signal: new AbortController().signal,
    warn() {},
    annotate() {},
  };
}

async function text(server: TestServer, path: string): Promise<readonly [number, string]> {
  const answer = await server.server.respond(ask(path));
  assert.ok(answer.as === 'bytes' && answer.body instanceof Uint8Array);
  return [answer.code, new TextDecoder().decode(answer.body)];
}

test('groups come in order of priority, with their preferred version', async () => {
  await using server = await openTestServer();
  assert.deepEqual(await server.get('/apis'), {
    kind: 'APIGroupList',
    apiVersion: 'v1',
    groups: [
      {
        name: 'apps',
        versions: [{ groupVersion: 'apps/v1', version: 'v1' }],
        preferredVersion: { groupVersion: 'apps/v1', version: 'v1' },
      },
    ],
  });
});

test('resources come with their subresources, by name', async () => {
  await using server = await openTestServer();
  type List = {
    resources: readonly { name: string; kind: string; verbs: readonly string[]; group?: string }[];
  };
  const { resources } = await server.get<List>('/api/v1');
  assert.deepEqual(
    resources.map(({ name }) => name),
    [
      'configmaps',
      'namespaces',
      'namespaces/finalize',
      'namespaces/status',
      'pods',
      'pods/binding',
      'pods/eviction',
      'pods/status',
    ],
  );
  const eviction = resources.find(({ name }) => name === 'pods/eviction')!;
  assert.deepEqual(eviction, {
    name: 'pods/eviction',
    singularName: '',
    namespaced: true,
    group: 'policy',
    version: 'v1',
    kind: 'Eviction',
    verbs: ['create'],
  });
});

test('storageVersionHash is what upstream computes', async () => {
  await using server = await openTestServer();
  type List = { resources: readonly { name: string; storageVersionHash?: string }[] };
  const { resources } = await server.get<List>('/api/v1');
  const hashes = Object.fromEntries(resources.map((each) => [each.name, each.storageVersionHash]));
  assert.equal(hashes['pods'], 'xPOwRZ+Yhw8=');
  assert.equal(hashes['configmaps'], 'qFsyl6wFWjQ=');
});

test('aggregated discovery has an ETag and answers 304 to those who know it', async () => {
  await using server = await openTestServer();
  const accept =
    'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';
  const first = await server.server.respond(ask('/apis', { accept }));
  assert.ok(first.as === 'bytes' && first.body instanceof Uint8Array);
  const list = JSON.parse(new TextDecoder().decode(first.body)) as {
    items: readonly { metadata: { name: string } }[];
  };
  assert.deepEqual(
    list.items.map(({ metadata }) => metadata.name),
    ['apps'],
  );
  const known = { accept, 'if-none-match': String(first.headers['etag']) };
  const second = await server.server.respond(ask('/apis', known));
  assert.equal(second.as === 'bytes' && second.code, 304);
  const plain = await server.server.respond(ask('/apis', { accept: `application/json,${accept}` }));
  assert.equal(plain.as, 'object');
});

const health = [
  {
    path: '/livez?exclude=poststarthook/start-system-namespaces-controller',
    code: 200,
    text: 'ok',
  },
  {
    path: '/livez/poststarthook/start-system-namespaces-controller',
    code: 500,
    text: 'internal server error: namespaces kube-system is not there yet\n',
  },
  { path: '/livez/etcd', code: 200, text: 'ok' },
  {
    path: '/livez/poststarthook/rbac/bootstrap-roles?verbose',
    code: 200,
    text: 'ok',
  },
  { path: '/readyz/nothing', code: 404, text: '404 page not found\n' },
];
for (const { path, code, text: wanted } of health)
  test(path, async () => {
    await using server = await openTestServer();
    assert.deepEqual(await text(server, path), [code, wanted]);
  });

test('a store that is gone fails the health check', async () => {
  await using server = await openTestServer();
  await server.storage[Symbol.asyncDispose]();
  const [code, said] = await text(server, '/livez');
  const lines = said.split('\n');
  assert.deepEqual(
    [code, lines.slice(0, 5), lines.at(-2)],
    [
      500,
      [
        ...['[+]ping ok', '[+]log ok', '[+]loopback-serving-certificate ok'],
        ...[
          '[-]etcd failed: reason withheld',
          '[+]poststarthook/start-apiserver-admission-initializer ok',
        ],
      ],
      'livez check failed',
    ],
  );
});

test('versions: GA before beta before alpha, newest first', () => {
  const all = ['v1beta1', 'v2', 'v1alpha3', 'v10', 'foo', 'v1', 'v1beta2'];
  assert.deepEqual(
    all.toSorted((a, b) => compareVersions(b, a)),
    ['v10', 'v2', 'v1', 'v1beta2', 'v1beta1', 'v1alpha3', 'foo'],
  );
});
