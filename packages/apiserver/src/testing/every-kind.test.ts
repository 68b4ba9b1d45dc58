import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { groupVersion, type KubeObject } from '@coxswain/api';
import type { Table } from '@coxswain/api/types/meta';
import { builtInKinds } from '../kinds/index.ts';
import type { Kind } from '../kinds/kind.ts';
import { minimalNames, minimalObjects } from './minimal-objects.ts';
import { adminToken, openWholeServer, type WholeServer, type WireAnswer } from './whole-server.ts';

let whole: WholeServer;
const seen: string[] = [];

before(async () => {
  whole = await openWholeServer();
  whole.server.addStation({
    name: 'spy',
    pass(request, next) {
      seen.push(request.info.verb);
      return next(request);
    },
  });
  for (const name of ['shop', 'store'])
    await ask('/api/v1/namespaces', 'POST', {
      ...{ kind: 'Namespace', apiVersion: 'v1' },
      metadata: { name },
    });
  // Its controller does not run here, and pods wait for it.
  const account = { kind: 'ServiceAccount', apiVersion: 'v1', metadata: { name: 'default' } };
  await gives(201, '/api/v1/namespaces/shop/serviceaccounts', 'POST', account);
});
after(() => whole[Symbol.asyncDispose]());

async function ask(
  target: string,
  method = 'GET',
  body?: unknown,
  type = 'application/json',
  accept = 'application/json',
): Promise<WireAnswer<unknown>> {
  return whole.wire<unknown>(target, {
    method,
    headers: { 'content-type': type, accept },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    token: adminToken,
  });
}

/** The code is as expected; what the server said otherwise. */
async function gives<T = KubeObject>(code: number, ...call: Parameters<typeof ask>): Promise<T> {
  const answer = await ask(...call);
  assert.equal(answer.code, code, `${call[1] ?? 'GET'} ${call[0]}: ${answer.text}`);
  return answer.object as T;
}

const keyOf = ({ resource: { group, resource } }: Kind): string =>
  group ? `${resource}.${group}` : resource;

function pathOf({ resource }: Kind): string {
  const root = resource.group ? `/apis/${resource.group}` : '/api';
  const place = resource.namespaced ? '/namespaces/shop' : '';
  return `${root}/${resource.version}${place}/${resource.resource}`;
}

function minimal(kind: Kind, name = minimalNames[keyOf(kind)] ?? 'web'): KubeObject {
  const { resource } = kind;
  const apiVersion = groupVersion(resource);
  return { kind: resource.kind, apiVersion, metadata: { name }, ...minimalObjects[keyOf(kind)] };
}

const stored = builtInKinds.filter(({ unstored }) => !unstored);
const takes = ({ verbs }: Kind, verb: string): boolean =>
  !verbs || (verbs as readonly string[]).includes(verb);

for (const kind of stored)
  test(`${keyOf(kind)} ${kind.resource.version}: every verb, every form`, async () => {
    const path = pathOf(kind);
    const object = minimal(kind);
    const { name } = object.metadata;
    seen.length = 0;
    const created = await gives(201, path, 'POST', object);
    assert.equal(created.kind, kind.resource.kind);
    await whole.advance(0);
    const made = await gives(200, `${path}/${name}`);
    // What is defined is established by the server itself meanwhile.
    const isDefinition = kind.resource.kind === 'CustomResourceDefinition';
    assert.deepEqual(
      isDefinition ? made.metadata.uid : made,
      isDefinition ? created.metadata.uid : created,
    );
    await gives(409, path, 'POST', object);
    await reads(kind, path, made);
    await writes(kind, path, made);
    await subresources(kind, `${path}/${name}`);
    await ends(kind, path, made);
    const verbs = [
      'create',
      'delete',
      'deletecollection',
      'get',
      'list',
      'patch',
      'update',
      'watch',
    ];
    const expected = verbs.filter((verb) => takes(kind, verb));
    assert.deepEqual(
      expected.filter((verb) => !seen.includes(verb)),
      [],
    );
  });

async function reads(kind: Kind, path: string, made: KubeObject): Promise<void> {
  const { name } = made.metadata;
  const list = await gives<{ items: readonly KubeObject[] }>(200, path);
  const { kind: _k, apiVersion: _v, ...rest } = made;
  assert.deepEqual(
    list.items.find(({ metadata }) => metadata.name === name),
    rest,
  );
  await converts(path, made);
  const yaml = await whole.wire(`${path}/${name}`, {
    headers: { accept: 'application/yaml' },
    token: adminToken,
  });
  assert.equal(yaml.code, 200);
  assert.match(yaml.text, new RegExp(`kind: ${kind.resource.kind}`));
  const end = new AbortController();
  const target = `${path}?watch=true&resourceVersion=0&fieldSelector=metadata.name%3D${name}`;
  for await (const event of whole.stream(target, { token: adminToken, signal: end.signal })) {
    assert.deepEqual(event, { type: 'ADDED', object: made });
    end.abort();
  }
}

/** The first version is cut out of stored bytes, the other made of objects. */
async function converts(path: string, made: KubeObject): Promise<void> {
  const given = async <T>(as: string, version: string, query = ''): Promise<T> => {
    const accept = `application/json;as=${as};v=${version};g=meta.k8s.io`;
    const list = await gives<T>(200, path + query, 'GET', undefined, undefined, accept);
    return JSON.parse(JSON.stringify(list).replaceAll(`meta.k8s.io/${version}`, 'meta')) as T;
  };
  for (const query of ['', '?includeObject=Object', '?includeObject=None']) {
    const table = await given<Table>('Table', 'v1', query);
    const row = table.rows.find(({ cells }) => cells.includes(made.metadata.name))!;
    assert.equal(row.cells.length, table.columnDefinitions.length);
    if (query === '?includeObject=Object') assert.deepEqual(row.object, made);
    assert.deepEqual(table, await given('Table', 'v1beta1', query));
  }
  const partial = await given('PartialObjectMetadataList', 'v1');
  assert.deepEqual(partial, await given('PartialObjectMetadataList', 'v1beta1'));
}

async function writes(kind: Kind, path: string, made: KubeObject): Promise<void> {
  const target = `${path}/${made.metadata.name}`;
  const same = await gives(200, target, 'PUT', made);
  assert.deepEqual(same, made, 'an update without a change is none');
  const labelled = { metadata: { labels: { a: '1' } } };
  await gives(200, target, 'PATCH', labelled, 'application/merge-patch+json');
  const second = { metadata: { labels: { b: '2' } } };
  await gives(200, target, 'PATCH', second, 'application/strategic-merge-patch+json');
  const third = [{ op: 'add', path: '/metadata/labels/c', value: '3' }];
  await gives(200, target, 'PATCH', third, 'application/json-patch+json');
  const { apiVersion } = made;
  const applied = { kind: made.kind, apiVersion, metadata: { labels: { d: '4' } } };
  const apply = 'application/apply-patch+yaml';
  const last = await gives(200, `${target}?fieldManager=me`, 'PATCH', applied, apply);
  const { a, b, c, d } = last.metadata.labels ?? {};
  assert.deepEqual([a, b, c, d], ['1', '2', '3', '4']);
  await gives(409, target, 'PUT', made);
  await gives(404, `${path}/nothing`);
  const decoded = await whole.wire(target, {
    headers: { accept: 'application/vnd.kubernetes.protobuf' },
    token: adminToken,
  });
  assert.equal(decoded.code, 200);
}

async function subresources({ status, scale }: Kind, target: string): Promise<void> {
  const names = [...(status ? ['status'] : []), ...(scale ? ['scale'] : [])];
  for (const name of names) {
    const read = await gives(200, `${target}/${name}`);
    await gives(200, `${target}/${name}`, 'PUT', read);
    const none = { metadata: {} };
    await gives(200, `${target}/${name}`, 'PATCH', none, 'application/merge-patch+json');
  }
  assert.equal((await ask(`${target}/nothing`)).code, 404);
}

async function ends(kind: Kind, path: string, made: KubeObject): Promise<void> {
  const { name } = made.metadata;
  await gives(200, `${path}/${name}?dryRun=All`, 'DELETE');
  await gives(200, `${path}/${name}`);
  await gives(200, `${path}/${name}`, 'DELETE');
  if (!takes(kind, 'deletecollection')) return void (await gives(405, path, 'DELETE'));
  const selected = `${path}?labelSelector=app%3Dnone`;
  await gives(200, selected, 'DELETE');
}

const questions: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'selfsubjectreviews.authentication.k8s.io': {},
  'tokenreviews.authentication.k8s.io': { spec: { token: adminToken } },
  'localsubjectaccessreviews.authorization.k8s.io': {
    metadata: { namespace: 'shop' },
    spec: { user: 'ann', resourceAttributes: { namespace: 'shop', verb: 'get', resource: 'pods' } },
  },
  'selfsubjectaccessreviews.authorization.k8s.io': {
    spec: { resourceAttributes: { verb: 'get', resource: 'pods' } },
  },
  'selfsubjectrulesreviews.authorization.k8s.io': { spec: { namespace: 'shop' } },
  'subjectaccessreviews.authorization.k8s.io': {
    spec: { user: 'ann', nonResourceAttributes: { verb: 'get', path: '/metrics' } },
  },
};

for (const kind of builtInKinds.filter((each) => questions[keyOf(each)]))
  test(`${keyOf(kind)}: answered, never stored`, async () => {
    const { kind: name } = kind.resource;
    const asked = {
      kind: name,
      apiVersion: groupVersion(kind.resource),
      ...questions[keyOf(kind)],
    };
    const answer = await gives<{ status: unknown }>(201, pathOf(kind), 'POST', asked);
    assert.equal(typeof answer.status, 'object');
    const refused = await gives(405, pathOf(kind));
    assert.equal(
      (refused as unknown as { message: string }).message,
      'the server does not allow this method on the requested resource',
    );
  });

test('every kind is asked for here', () => {
  const answered = new Set(['bindings', 'componentstatuses', ...Object.keys(questions)]);
  const missing = builtInKinds
    .map(keyOf)
    .filter((key) => !answered.has(key) && !minimalObjects[key]);
  assert.deepEqual(missing, []);
});
