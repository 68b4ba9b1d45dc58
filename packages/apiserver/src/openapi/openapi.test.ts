import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Resource } from '@coxswain/api';
import type { APIResourceList } from '@coxswain/api/types/meta';
import { resourceList } from '../discovery/documents.ts';
import { groups } from '../discovery/order.ts';
import type { Kind } from '../kinds/kind.ts';
import type { ApiServer } from '../server.ts';
import { common } from './describe.ts';
import type { Schema } from './schema.ts';
import { ask, askJson, openServer } from './testing/ask.ts';
import { decode } from './testing/decode-gnostic.ts';

type Operations = Record<string, { operationId: string; 'x-kubernetes-action'?: string }>;
interface V2 {
  readonly paths: Record<string, Operations>;
  readonly definitions: Record<string, Schema>;
  readonly parameters: Record<string, object>;
}
interface V3 {
  readonly paths: Record<string, Operations>;
  readonly components: { readonly schemas: Record<string, Schema> };
}
interface Index {
  readonly paths: Record<string, { readonly serverRelativeURL: string }>;
}

let server: ApiServer;
before(async () => {
  server = await openServer();
});
after(() => server[Symbol.asyncDispose]());

const v2Protobuf = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';
const v3Protobuf = 'application/com.github.proto-openapi.spec.v3.v1.0+protobuf';
const core = 'io.k8s.api.core.v1';
const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1';
const ref3 = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });
const ref2 = (name: string): Schema => ({ $ref: `#/definitions/${name}` });

test('how lists and maps merge is said where they are', async () => {
  const { components } = await askJson<V3>(server, '/openapi/v3/api/v1');
  const spec = components.schemas[`${core}.PodSpec`]!.properties!;
  assert.deepEqual(spec.containers, {
    type: 'array',
    items: { ...{ allOf: [ref3(`${core}.Container`)] }, default: {} },
    'x-kubernetes-list-map-keys': ['name'],
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-patch-merge-key': 'name',
    'x-kubernetes-patch-strategy': 'merge',
  });
  assert.deepEqual(spec.nodeSelector, {
    type: 'object',
    additionalProperties: { type: 'string', default: '' },
    'x-kubernetes-map-type': 'atomic',
  });
});

test('values with names that are no closed set are no enum', async () => {
  const { components } = await askJson<V3>(server, '/openapi/v3/api/v1');
  const secret = components.schemas[`${core}.Secret`]!.properties!;
  assert.deepEqual(secret.type, { type: 'string' });
  assert.deepEqual(secret.data, {
    type: 'object',
    additionalProperties: { type: 'string', format: 'byte' },
  });
});

test('an operation is described as upstream does', async () => {
  const { paths } = await askJson<V3>(server, '/openapi/v3/apis/apps/v1');
  const path = '/apis/apps/v1/namespaces/{namespace}/deployments/{name}/scale';
  const content = {
    'application/json': { schema: ref3('io.k8s.api.autoscaling.v1.Scale') },
    'application/vnd.kubernetes.protobuf': { schema: ref3('io.k8s.api.autoscaling.v1.Scale') },
    'application/yaml': { schema: ref3('io.k8s.api.autoscaling.v1.Scale') },
  };
  const query = (name: string, description: string): object => ({
    ...{ name, in: 'query', description, schema: { type: 'string', uniqueItems: true } },
  });
  assert.deepEqual(paths[path]!.put, {
    tags: ['apps_v1'],
    description: 'Replaces the Scale.',
    operationId: 'replaceAppsV1NamespacedDeploymentScale',
    parameters: [
      query('dryRun', 'With `All`, everything is done but nothing is stored.'),
      query(
        'fieldManager',
        'Who makes the change, for the record of who owns which field. At most 128 characters.',
      ),
      query(
        'fieldValidation',
        'What becomes of unknown and duplicate fields: `Ignore`, `Warn` or `Strict`.',
      ),
    ],
    requestBody: {
      content: { '*/*': { schema: ref3('io.k8s.api.autoscaling.v1.Scale') } },
      required: true,
    },
    responses: {
      200: { description: 'OK', content },
      201: { description: 'Created', content },
      401: { description: 'Unauthorized' },
    },
    'x-kubernetes-action': 'put',
    'x-kubernetes-group-version-kind': { group: 'autoscaling', kind: 'Scale', version: 'v1' },
  });
});

const ids: readonly { readonly name: string; readonly at: string; readonly action: string }[] = [
  { name: 'listCoreV1PodForAllNamespaces', at: 'get /api/v1/pods', action: 'list' },
  { name: 'readCoreV1Node', at: 'get /api/v1/nodes/{name}', action: 'get' },
  {
    name: 'deleteCoreV1CollectionNamespacedPod',
    at: 'delete /api/v1/namespaces/{namespace}/pods',
    action: 'deletecollection',
  },
  {
    name: 'watchCoreV1NamespacedPodList',
    at: 'get /api/v1/watch/namespaces/{namespace}/pods',
    action: 'watchlist',
  },
  {
    name: 'connectCoreV1PostNamespacedPodExec',
    at: 'post /api/v1/namespaces/{namespace}/pods/{name}/exec',
    action: 'connect',
  },
  {
    name: 'connectCoreV1PutNodeProxyWithPath',
    at: 'put /api/v1/nodes/{name}/proxy/{path}',
    action: 'connect',
  },
  {
    name: 'createCoreV1NamespacedServiceAccountToken',
    at: 'post /api/v1/namespaces/{namespace}/serviceaccounts/{name}/token',
    action: 'post',
  },
  {
    name: 'createRbacAuthorizationV1ClusterRole',
    at: 'post /apis/rbac.authorization.k8s.io/v1/clusterroles',
    action: 'post',
  },
];
for (const { name, at: place, action } of ids)
  test(`id: ${name}`, async () => {
    const { paths } = await askJson<V2>(server, '/openapi/v2');
    const [method = '', path = ''] = place.split(' ');
    const operation = paths[path]![method]!;
    assert.deepEqual([operation.operationId, operation['x-kubernetes-action']], [name, action]);
  });

function refsOf(value: unknown, found: Set<string> = new Set()): Set<string> {
  if (typeof value !== 'object' || value === null) return found;
  for (const [name, each] of Object.entries(value))
    if (name === '$ref' && typeof each === 'string') found.add(each);
    else refsOf(each, found);
  return found;
}

const at = (document: object, ref: string): unknown =>
  ref
    .slice(2)
    .split('/')
    .reduce<unknown>((value, name) => (value as Record<string, unknown>)?.[name], document);

test('every reference leads somewhere, and every id stands once', async () => {
  const { paths } = await askJson<Index>(server, '/openapi/v3');
  for (const target of [
    '/openapi/v2',
    ...Object.values(paths).map((each) => each.serverRelativeURL),
  ]) {
    const document = await askJson<V3>(server, target);
    const lost = [...refsOf(document)].filter((ref) => at(document, ref) === undefined);
    assert.deepEqual(lost, [], target);
    const all = Object.values(document.paths)
      .flatMap((item) => Object.values(item))
      .flatMap(({ operationId }) => operationId ?? []);
    assert.equal(new Set(all).size, all.length, target);
  }
});

const methodsOf: Readonly<Record<string, string>> = {
  ...{ create: 'post', delete: 'delete', deletecollection: 'delete', get: 'get', list: 'get' },
  ...{ patch: 'patch', update: 'put', watch: 'get' },
};

test('every verb of discovery has its operation', async () => {
  const { paths } = await askJson<V2>(server, '/openapi/v2');
  const missing: string[] = [];
  for (const { name: group, versions } of groups(server.engine))
    for (const { version } of versions) {
      const root = group ? `/apis/${group}/${version}` : `/api/${version}`;
      const { resources } = resourceList(server.engine, group, version) as APIResourceList;
      for (const { name, namespaced, verbs } of resources) {
        const [resource, subresource] = name.split('/');
        const all = namespaced
          ? `${root}/namespaces/{namespace}/${resource}`
          : `${root}/${resource}`;
        for (const verb of verbs) {
          const isOne = subresource !== undefined || /^(delete|get|patch|update)$/.test(verb);
          const path = `${all}${isOne ? '/{name}' : ''}${subresource ? `/${subresource}` : ''}`;
          if (!paths[path]?.[methodsOf[verb]!]) missing.push(`${verb} ${path}`);
        }
      }
    }
  assert.deepEqual(missing, []);
  assert.ok(Object.keys(paths).length > 400);
});

test('protobuf says the same as JSON', async () => {
  for (const accept of [v2Protobuf, v2Protobuf.replace('.v1.0', '@v1.0')]) {
    const answer = await ask(server, '/openapi/v2', { accept });
    assert.equal(answer.headers['content-type'], v2Protobuf);
    assert.deepEqual(decode('V2', answer.body), await askJson(server, '/openapi/v2'));
  }
  const { paths } = await askJson<Index>(server, '/openapi/v3');
  for (const path of Object.keys(paths)) {
    const answer = await ask(server, `/openapi/v3/${path}`, { accept: v3Protobuf });
    assert.equal(answer.headers['content-type'], v3Protobuf);
    const json = await askJson(server, `/openapi/v3/${path}`);
    assert.deepEqual(decode('V3', answer.body), json, path);
  }
});

test('a document is kept for good under its hash, and asked for again by its tag', async () => {
  const { paths } = await askJson<Index>(server, '/openapi/v3');
  const url = paths['apis/apps/v1']!.serverRelativeURL;
  const [, hash] = /^\/openapi\/v3\/apis\/apps\/v1\?hash=([0-9A-F]{128})$/.exec(url)!;
  const hashed = await ask(server, url);
  assert.equal(hashed.code, 200);
  const digest = await crypto.subtle.digest('SHA-512', new Uint8Array(hashed.body));
  assert.equal(new Uint8Array(digest).toHex().toUpperCase(), hash);
  const expires = new Date(server.engine.world.clock.now() + 365 * 24 * 3600 * 1000).toUTCString();
  assert.deepEqual(hashed.headers, {
    vary: 'Accept',
    'cache-control': 'public, immutable',
    expires,
    etag: `"${hash}"`,
    'content-type': 'application/json',
  });
  const plain = await ask(server, '/openapi/v3/apis/apps/v1', { 'if-none-match': `"${hash}"` });
  assert.deepEqual(
    [plain.code, plain.body.length, plain.headers],
    [304, 0, { vary: 'Accept', etag: `"${hash}"` }],
  );
  const old = await ask(server, '/openapi/v3/apis/apps/v1?hash=ABC');
  assert.deepEqual([old.code, old.headers.location], [301, url]);
});

test('what is not there or not offered', async () => {
  assert.equal((await ask(server, '/openapi/v3/apis/nothing/v1')).code, 404);
  assert.equal((await ask(server, '/openapi/v2', { accept: 'text/plain' })).code, 406);
  assert.equal((await ask(server, '/openapi/v3/api/v1', { accept: v2Protobuf })).code, 406);
});

const cronTabs: Kind = {
  resource: {
    ...{ group: 'stable.example.com', version: 'v1', resource: 'crontabs', kind: 'CronTab' },
    namespaced: true,
  } satisfies Resource,
  openApi: {
    type: 'object',
    properties: {
      spec: {
        type: 'object',
        properties: {
          image: { type: 'string', default: 'nginx' },
          port: { 'x-kubernetes-int-or-string': true, oneOf: [{ type: 'integer' }] },
        },
      },
    },
  },
};

test('a custom resource comes with its own schema, and changes no other document', async () => {
  await using own = await openServer();
  const before = await askJson<Index>(own, '/openapi/v3');
  own.engine.catalog.add(cronTabs, true);
  const { paths } = await askJson<Index>(own, '/openapi/v3');
  const added = Object.entries(paths).filter(([path]) => !before.paths[path]);
  assert.deepEqual(
    added.map(([path]) => path),
    ['apis/stable.example.com', 'apis/stable.example.com/v1'],
  );
  assert.deepEqual({ ...paths, ...before.paths }, paths);
  const name = 'com.example.stable.v1.CronTab';
  const kind = [{ group: 'stable.example.com', kind: 'CronTab', version: 'v1' }];
  const text: Schema = { type: 'string' };
  const three = await askJson<V3>(own, '/openapi/v3/apis/stable.example.com/v1');
  const spec = cronTabs.openApi!.properties!.spec!;
  const either = {
    ...spec.properties!.port!,
    anyOf: [{ type: 'integer' }, { type: 'string' }],
  };
  assert.deepEqual(three.components.schemas[name], {
    type: 'object',
    properties: {
      apiVersion: { ...text, description: common.apiVersion! },
      kind: { ...text, description: common.kind! },
      spec: { ...spec, properties: { ...spec.properties, port: either } },
      metadata: { allOf: [ref3(`${meta}.ObjectMeta`)], description: common.ObjectMeta! },
    },
    'x-kubernetes-group-version-kind': kind,
  });
  const two = await askJson<V2>(own, '/openapi/v2');
  const port = { 'x-kubernetes-int-or-string': true };
  assert.deepEqual(two.definitions[name], {
    type: 'object',
    properties: {
      apiVersion: { ...text, description: common.apiVersion! },
      kind: { ...text, description: common.kind! },
      spec: { type: 'object', properties: { image: text, port } },
      metadata: { ...ref2(`${meta}.ObjectMeta`), description: common.ObjectMeta! },
    },
    'x-kubernetes-group-version-kind': kind,
  });
  own.engine.catalog.remove(cronTabs.resource);
  assert.deepEqual(await askJson(own, '/openapi/v3'), before);
});
