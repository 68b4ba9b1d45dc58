import assert from 'node:assert/strict';
import { test } from 'node:test';
import { acceptWebSocket, headerCompression, outgoing } from '@coxswain/base/wire';
import { adminToken, openWholeServer, type WholeServer } from '../testing/whole-server.ts';
import { hookBundle, type HookServer, hookServer } from '../webhook-client/testing/index.ts';
import { openAggregator } from './aggregator.ts';

const group = '/apis/far.example.com';
const services = '/apis/apiregistration.k8s.io/v1/apiservices';
const resources = [
  { name: 'ships', singularName: 'ship', namespaced: true, kind: 'Ship', verbs: ['list'] },
];

/** A server behind which `far` answers far.example.com/v1. */
async function serverBefore(stack: AsyncDisposableStack, far: HookServer): Promise<WholeServer> {
  const whole = stack.use(await openWholeServer());
  const { server, world } = whole;
  const out = outgoing();
  const aggregator = openAggregator({
    ...{ world, objects: server.objects, call: server.handle },
    resources: server.engine.catalog.all().map(({ resource }) => resource),
    // Endpoints may not be loopback addresses.
    outgoing: (call) => out({ ...call, connectTo: { host: '127.0.0.1', port: far.port } }),
    identity: () => ({ certificate: '', key: '' }),
    wire: { clock: world.clock, acceptWebSocket, headerCompression },
  });
  server.addStation(aggregator.station);
  server.endsWith(aggregator);
  return whole;
}

async function post(whole: WholeServer, path: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const call = { method: 'POST', token: adminToken, headers, body: JSON.stringify(body) };
  const { code, text } = await whole.wire(path, call);
  assert.equal(code, 201, text);
}

async function register(whole: WholeServer): Promise<void> {
  await post(whole, '/api/v1/namespaces', { metadata: { name: 'far' } });
  await post(whole, services, {
    metadata: { name: 'v1.far.example.com' },
    spec: {
      ...{ group: 'far.example.com', version: 'v1', caBundle: hookBundle },
      ...{ groupPriorityMinimum: 2000, versionPriority: 10 },
      service: { name: 'ships', namespace: 'far' },
    },
  });
}

async function addService(whole: WholeServer): Promise<void> {
  await post(whole, '/api/v1/namespaces/far/services', {
    metadata: { name: 'ships' },
    spec: { ports: [{ port: 443 }] },
  });
  await post(whole, '/apis/discovery.k8s.io/v1/namespaces/far/endpointslices', {
    metadata: { name: 'ships', labels: { 'kubernetes.io/service-name': 'ships' } },
    ...{ addressType: 'IPv4', endpoints: [{ addresses: ['10.1.1.1'] }] },
    ports: [{ name: '', port: 6443 }],
  });
}

/** The condition once it is for `reason`. */
async function reasonOf(whole: WholeServer, name: string, reason: string): Promise<string> {
  interface Conditions {
    readonly status?: { readonly conditions?: readonly { reason: string; message: string }[] };
  }
  for (let turn = 0; ; turn++) {
    const { object } = await whole.wire<Conditions>(`${services}/${name}`, { token: adminToken });
    const found = object.status?.conditions?.[0];
    if (found?.reason === reason) return found.message;
    assert.ok(turn < 500, `it is for ${JSON.stringify(object)}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test('what this server serves is registered', async () => {
  await using stack = new AsyncDisposableStack();
  const far = stack.use(await hookServer(() => ({})));
  const whole = await serverBefore(stack, far);
  for (const name of ['v1.', 'v1.apps', 'v2.autoscaling'])
    assert.equal(await reasonOf(whole, name, 'Local'), 'Local APIServices are always available');
});

test('a server elsewhere: asked whether it answers, discovered, and passed on to', async () => {
  await using stack = new AsyncDisposableStack();
  const far = stack.use(
    await hookServer(
      ({ url, headers, method, body }, response) => {
        if (url === '/apis') return { kind: 'APIGroupList', groups: [] };
        if (url === `${group}/v1`) return { kind: 'APIResourceList', resources };
        if (url.endsWith('?watch=true')) {
          response.setHeader('content-type', 'application/json');
          response.write('{"type":"ADDED","object":{"metadata":{"name":"a"}}}\n');
          return void response.end('{"type":"DELETED","object":{"metadata":{"name":"a"}}}\n');
        }
        const { 'x-remote-user': user, 'x-remote-group': groups, authorization } = headers;
        return { url, method, body, user, groups, authorization };
      },
      ['ships.far.svc'],
    ),
  );
  const whole = await serverBefore(stack, far);
  await register(whole);
  assert.equal(
    await reasonOf(whole, 'v1.far.example.com', 'ServiceNotFound'),
    'service/ships in "far" is not present',
  );
  const early = await whole.wire(`${group}/v1/namespaces/x/ships`, { token: adminToken });
  assert.deepEqual([early.code, early.text], [503, 'service unavailable\n']);
  await addService(whole);
  assert.equal(await reasonOf(whole, 'v1.far.example.com', 'Passed'), 'all checks passed');

  const { object } = await whole.wire(`${group}/v1/namespaces/x/ships?limit=5&a=%2F`, {
    token: adminToken,
  });
  assert.deepEqual(object, {
    ...{ url: `${group}/v1/namespaces/x/ships?limit=5&a=%2F`, method: 'GET', body: '' },
    ...{ user: 'admin', groups: 'system:masters, system:authenticated' },
  });
  const watched = await whole.wire(`${group}/v1/ships?watch=true`, { token: adminToken });
  assert.equal(watched.text.split('\n').length, 3);
  const refused = await whole.wire(`${group}/v1/ships`);
  assert.equal(refused.code, 403);

  const groups = await whole.wire<{ groups: { name: string }[] }>('/apis', { token: adminToken });
  assert.equal(groups.object.groups.at(-1)!.name, 'far.example.com');
  const all = await whole.wire<{
    items: { metadata: { name: string }; versions: { freshness: string; resources: object[] }[] }[];
  }>('/apis', {
    token: adminToken,
    headers: { accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList' },
  });
  const { metadata, versions } = all.object.items.at(-1)!;
  assert.equal(metadata.name, 'far.example.com');
  assert.equal(versions[0]!.freshness, 'Current');
  assert.equal(versions[0]!.resources.length, 1);
});

test('a server elsewhere: how its APIs look stands beside how ours do', async () => {
  await using stack = new AsyncDisposableStack();
  let etag = '"one"';
  const asked: string[] = [];
  const own = `${group}/v1/ships`;
  const far = stack.use(
    await hookServer(
      ({ url, headers }, response) => {
        if (url === '/apis') return { kind: 'APIGroupList', groups: [] };
        if (url === `${group}/v1`) return { kind: 'APIResourceList', resources };
        asked.push(`${url} ${headers['x-remote-user']} ${headers['if-none-match'] ?? ''}`.trim());
        response.setHeader('etag', etag);
        if (headers['if-none-match'] === etag) return void response.writeHead(304).end();
        if (url === '/openapi/v3')
          return {
            paths: {
              'apis/far.example.com/v1': {
                serverRelativeURL: '/openapi/v3/apis/far.example.com/v1?hash=1',
              },
              version: { serverRelativeURL: '/far' },
            },
          };
        if (url === '/openapi/v2')
          return {
            paths: {
              [own]: { get: { operationId: etag, schema: { $ref: '#/definitions/far.Ship' } } },
              '/healthz': { get: {} },
            },
            definitions: { 'far.Ship': { type: 'object' } },
          };
        return { openapi: '3.0.0', info: { title: url } };
      },
      ['ships.far.svc'],
    ),
  );
  const whole = await serverBefore(stack, far);
  await register(whole);
  await addService(whole);
  await reasonOf(whole, 'v1.far.example.com', 'Passed');
  const get = <T>(target: string, headers: Record<string, string> = {}) =>
    whole.wire<T>(target, { token: adminToken, headers });
  interface Documents {
    readonly paths: Readonly<
      Record<string, { get: { operationId: string }; serverRelativeURL: string }>
    >;
    readonly definitions: Readonly<Record<string, object>>;
  }
  const merged = await get<Documents>('/openapi/v2');
  assert.equal(merged.object.paths[own]!.get.operationId, '"one"');
  assert.ok(merged.object.paths['/api/v1/pods']);
  assert.deepEqual(merged.object.definitions['far.Ship'], { type: 'object' });
  assert.equal(merged.object.paths['/healthz'], undefined);
  const known = { 'if-none-match': String(merged.headers['etag']) };
  assert.equal((await get('/openapi/v2', known)).code, 304);
  const protobuf = await get('/openapi/v2', {
    accept: 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf',
  });
  assert.ok(protobuf.text.includes(own));

  const index = await get<Documents>('/openapi/v3');
  const { paths } = index.object;
  assert.equal(
    paths['apis/far.example.com/v1']!.serverRelativeURL,
    '/openapi/v3/apis/far.example.com/v1?hash=1',
  );
  assert.match(paths['version']!.serverRelativeURL, /^\/openapi\/v3\/version\?hash=/);
  assert.ok(paths['api/v1']);
  const document = await get<{ info: { title: string } }>(
    '/openapi/v3/apis/far.example.com/v1?hash=1',
  );
  assert.equal(document.object.info.title, '/openapi/v3/apis/far.example.com/v1?hash=1');
  assert.equal(document.headers['etag'], etag);
  assert.equal(
    (await get('/openapi/v3/apis/far.example.com/v1', { 'if-none-match': etag })).code,
    304,
  );
  assert.equal((await get('/openapi/v3/apis/nobody/v1')).code, 404);

  etag = '"two"';
  await whole.advance(31_000);
  for (let turn = 0; ; turn++) {
    const { object } = await get<Documents>('/openapi/v2');
    if (object.paths[own]?.get.operationId === '"two"') break;
    assert.ok(turn < 200, 'the new document is never seen');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.deepEqual(asked.filter((line) => line.startsWith('/openapi/v2')).slice(0, 1), [
    '/openapi/v2 system:aggregator',
  ]);
  assert.ok(asked.includes('/openapi/v2 system:aggregator "one"'));
  await whole.wire(`${services}/v1.far.example.com`, { method: 'DELETE', token: adminToken });
  for (let turn = 0; ; turn++) {
    const { object } = await get<Documents>('/openapi/v2');
    if (!object.paths[own]) break;
    assert.ok(turn < 200, 'what is gone is still told of');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
});
