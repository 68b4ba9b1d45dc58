/** For every resource that upstream serves: what may be wrong with an update, a patch, a delete, a body or a query. */
import { minimalObjects } from '../../packages/apiserver/src/testing/minimal-objects.ts';
import { withChanges } from './broken.ts';
import { differentialNamespace, nameOf, type Served } from './every-kind.ts';
import type { Request, RequestList } from './request.ts';

type Given = Readonly<Record<string, unknown>>;

/** The edges of one resource; none for what is only asked, never kept. */
export function edgesOf(served: Served): RequestList {
  const { group, version, name: resource, kind, namespaced } = served;
  const full = group === '' ? resource : `${resource}.${group}/${version}`;
  const fields = minimalObjects[group === '' ? resource : `${resource}.${group}`];
  if (!fields || !served.verbs.includes('create')) return { name: full, requests: [] };
  const root = group === '' ? '/api/v1' : `/apis/${group}/${version}`;
  const all = `${root}${namespaced ? `/namespaces/${differentialNamespace}` : ''}/${resource}`;
  const name = nameOf(resource).replace(/^one-/, 'edge-');
  const apiVersion = group === '' ? version : `${group}/${version}`;
  const object = { apiVersion, kind, metadata: { name, labels: { a: 'b' } }, ...fields };
  const one = `${all}/${name}`;
  return {
    name: `edges of ${full}`,
    requests: [
      { name: 'create', method: 'POST', path: all, body: object },
      ...updates(one, object),
      ...patches(one, object),
      ...bodies(all, object),
      ...reads(all, one),
      ...deletes(all, one, object),
      { name: 'delete', method: 'DELETE', path: `${one}?gracePeriodSeconds=0` },
    ],
  };
}

const long = 'x'.repeat(300);
const owner = { apiVersion: 'v1', kind: 'Pod', name: 'x', uid: 'y' };
const changes: Readonly<Record<string, Given>> = {
  'nothing new': {},
  'a bad label': { 'metadata.labels': { 'a b': 'c d' } },
  'a long label': { 'metadata.labels': { [long]: long } },
  'a bad annotation': { 'metadata.annotations': { 'a/b/c': '' } },
  'a bad finalizer': { 'metadata.finalizers': ['x y'] },
  'a finalizer without domain': { 'metadata.finalizers': ['x'] },
  'finalizers that exclude each other': {
    'metadata.finalizers': ['orphan', 'foregroundDeletion'],
  },
  'an empty owner': { 'metadata.ownerReferences': [{}] },
  'two controllers': {
    'metadata.ownerReferences': [
      { ...owner, controller: true },
      { ...owner, uid: 'z', controller: true },
    ],
  },
  'one owner twice': { 'metadata.ownerReferences': [owner, owner] },
  'another uid': { 'metadata.uid': 'x' },
  'another namespace': { 'metadata.namespace': 'another' },
  'another time': { 'metadata.creationTimestamp': '2020-01-01T00:00:00Z' },
  'a time that is none': { 'metadata.creationTimestamp': 'yesterday' },
  'on its way out': { 'metadata.deletionTimestamp': '2020-01-01T00:00:00Z' },
  'a name to make': { 'metadata.generateName': 'Not Good-' },
  'a revision that is none': { 'metadata.resourceVersion': 'x' },
  'revision 0': { 'metadata.resourceVersion': '0' },
  'managed by nobody': { 'metadata.managedFields': [{}] },
  'managed badly': { 'metadata.managedFields': [{ manager: 'x', operation: 'y' }] },
  'no name': { 'metadata.name': undefined },
  'no metadata': { metadata: undefined },
  'metadata of text': { metadata: 'x' },
  'labels of numbers': { 'metadata.labels': { a: 1 } },
  'labels of null': { 'metadata.labels': { a: null } },
  'another kind': { kind: 'Nothing' },
  'three mistakes': {
    'metadata.labels': { '!': 'b' },
    'metadata.annotations': { '!': 'b' },
    'metadata.finalizers': ['!'],
  },
};

const updates = (one: string, object: object): readonly Request[] =>
  Object.entries(changes).map(([title, given]) => ({
    ...{ name: `update: ${title}`, method: 'PUT', path: `${one}?dryRun=All` },
    body: withChanges(object, given),
  }));

function patches(one: string, object: object): readonly Request[] {
  const { apiVersion, kind, metadata } = object as Given & { metadata: { name: string } };
  const { name } = metadata;
  const patch = (title: string, type: string, body: unknown, query = ''): Request => ({
    ...{ name: `patch: ${title}`, method: 'PATCH', body },
    ...{ path: `${one}?dryRun=All${query}`, contentType: `application/${type}` },
  });
  const json = (title: string, ...operations: readonly unknown[]): Request =>
    patch(title, 'json-patch+json', operations);
  const merge = (title: string, body: unknown, query = ''): Request =>
    patch(title, 'merge-patch+json', body, query);
  const apply = (title: string, more: object, query = '&fieldManager=m'): Request =>
    patch(title, 'apply-patch+yaml', { apiVersion, kind, metadata: { name }, ...more }, query);
  return [
    json('an operation of none', { op: 'nothing', path: '/metadata/labels/a' }),
    json('no path', { op: 'remove' }),
    json('a path to nothing', { op: 'remove', path: '/metadata/labels/nothing' }),
    json('a path of no slash', { op: 'add', path: 'metadata', value: {} }),
    json('a test that fails', { op: 'test', path: '/metadata/labels/a', value: 'c' }),
    json('a copy from nothing', { op: 'copy', from: '/nothing', path: '/metadata/labels/b' }),
    json('a bad label', { op: 'add', path: '/metadata/labels/b', value: '!' }),
    json('a number for a label', { op: 'add', path: '/metadata/labels/b', value: 1 }),
    patch(
      'an operation with a field twice',
      'json-patch+json',
      '[{"op":"test","op":"remove","path":"/metadata/labels/a"}]',
      '&fieldValidation=Strict',
    ),
    patch('no list', 'json-patch+json', { op: 'add' }),
    merge('a list', []),
    merge('a text', '"x"'),
    merge('another kind', { kind: 'Nothing' }),
    merge('a bad label', { metadata: { labels: { '!': 'b' } } }),
    merge('labels of text', { metadata: { labels: 'x' } }),
    merge('unknown fields, strictly', { nothing: 1 }, '&fieldValidation=Strict'),
    merge('unknown fields, warned', { metadata: { nothing: 1 } }, '&fieldValidation=Warn'),
    merge('unknown fields, ignored', { nothing: 1 }, '&fieldValidation=Ignore'),
    merge(
      'a field twice',
      '{"metadata":{"labels":{"a":"x"}},"metadata":{}}',
      '&fieldValidation=Strict',
    ),
    patch('a directive of none', 'strategic-merge-patch+json', { metadata: { $patch: 'nothing' } }),
    patch('labels replaced', 'strategic-merge-patch+json', {
      metadata: { labels: { $patch: 'replace', c: 'd' } },
    }),
    patch('owners by their uid', 'strategic-merge-patch+json', {
      metadata: { ownerReferences: [owner] },
    }),
    apply('nothing', {}),
    apply('managed fields', { metadata: { name, managedFields: [{ manager: 'x' }] } }),
    apply('another revision', { metadata: { name, resourceVersion: '1' } }),
    apply('another uid', { metadata: { name, uid: 'x' } }),
    apply('another name', { metadata: { name: 'another' } }),
    apply('no name', { metadata: {} }),
    apply('a bad label', { metadata: { name, labels: { '!': 'b' } } }),
    apply('a label of somebody', { metadata: { name, labels: { a: 'c' } } }),
    apply('unknown fields', { nothing: 1 }),
    apply('another kind', { kind: 'Nothing' }),
    apply('another version', { apiVersion: 'example.com/v1' }),
    apply('a manager that is too long', {}, `&fieldManager=${long}`),
    apply('force of text', {}, '&fieldManager=m&force=x'),
    merge('force of a merge', { metadata: { labels: { b: 'c' } } }, '&force=true'),
  ];
}

function bodies(all: string, object: object): readonly Request[] {
  const { apiVersion, kind } = object as { apiVersion: string; kind: string };
  const post = (title: string, body: unknown, contentType: string, query = ''): Request => ({
    ...{ name: `body: ${title}`, method: 'POST', path: `${all}?dryRun=All${query}` },
    ...{ body, contentType },
  });
  const json = 'application/json';
  const yaml = 'application/yaml';
  const head = `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata:\n`;
  const text = JSON.stringify({ ...object, metadata: { name: 'edge' } });
  return [
    post('YAML', `${head}  name: "!"\n`, yaml),
    post('YAML with a key twice', `${head}  name: "!"\n  name: "?"\n`, yaml),
    post(
      'the same, strictly',
      `${head}  name: "!"\n  name: "?"\n`,
      yaml,
      '&fieldValidation=Strict',
    ),
    post('YAML of a list', '- a\n', yaml),
    post('YAML of text', 'a', yaml),
    post('JSON as YAML', text, yaml),
    post(
      'JSON with a field twice',
      text.replace('{', `{"kind":"${kind}",`),
      json,
      '&fieldValidation=Strict',
    ),
    post(
      'the same, warned',
      text.replace('{', `{"kind":"${kind}",`),
      json,
      '&fieldValidation=Warn',
    ),
    post(
      'unknown fields at depth',
      text.replace('"name"', '"nothing":{"a":1},"name"'),
      json,
      '&fieldValidation=Strict',
    ),
    post('a validation of none', text, json, '&fieldValidation=Some'),
    post('case of a field', text.replace('"name"', '"Name"'), json, '&fieldValidation=Strict'),
    post('more behind it', `${text}x`, json),
    post('a list', '[]', json),
    post('null', 'null', json),
    post('XML', '<a/>', 'application/xml'),
    post('protobuf that is none', 'k8s\u0000x', 'application/vnd.kubernetes.protobuf'),
    post('a type with a parameter', text, 'application/json; charset=utf-8'),
    post('dry run twice', text, json, '&dryRun=All'),
    post('a namespace that is none', text, json, '&pretty=true'),
  ];
}

const table = 'application/json;as=Table;g=meta.k8s.io;v=v1';

function reads(all: string, one: string): readonly Request[] {
  const get = (path: string, accept?: string): Request => ({
    ...{ name: `GET ${path.slice(all.length)} ${accept ?? ''}`, method: 'GET', path },
    ...(accept !== undefined && { accept }),
  });
  return [
    ...['None', 'Metadata', 'Object', 'Nothing'].map((include) =>
      get(`${all}?labelSelector=a%3Db&includeObject=${include}`, table),
    ),
    get(`${one}?includeObject=None`, table),
    get(one, 'application/json;as=Table;g=meta.k8s.io;v=v1beta1'),
    get(one, 'application/json;as=Nothing;g=meta.k8s.io;v=v1'),
    get(one, 'application/yaml'),
    get(`${all}?labelSelector=a%3Db`, 'application/yaml'),
    get(one, 'text/plain'),
    ...['a,,b', 'a in (b', '!a!', 'a=b=c', 'a>x', `${long}=a`, 'a in ()', 'x/y/z'].map((selector) =>
      get(`${all}?labelSelector=${encodeURIComponent(selector)}`),
    ),
    ...[
      'metadata.name',
      'metadata.name=a=b',
      'metadata.namespace!=x,metadata.name=y',
      ',',
      'a!b',
    ].map((selector) =>
      get(`${all}?labelSelector=a%3Db&fieldSelector=${encodeURIComponent(selector)}`),
    ),
    get(`${all}?limit=x`),
    get(`${all}?continue=x&limit=1`),
    get(`${all}?resourceVersion=x`),
    get(`${all}?resourceVersion=1&resourceVersionMatch=Exact&continue=x`),
    get(`${one}?resourceVersion=x`),
    get(`${all}/a%2Fb`),
    get(`${all}/%20`),
    get(`${all}/${long}`),
    get(`${one}/nothing`),
    ...(['HEAD', 'OPTIONS', 'POST'] as const).map((method) => ({
      ...{ name: `${method} of one`, method, path: one },
    })),
  ];
}

function deletes(all: string, one: string, object: object): readonly Request[] {
  const remove = (title: string, path: string, body?: unknown): Request => ({
    ...{ name: `delete: ${title}`, method: 'DELETE', path },
    ...(body !== undefined && { body }),
  });
  const options = { kind: 'DeleteOptions', apiVersion: 'v1' };
  return [
    remove('a policy of none', `${one}?propagationPolicy=x&dryRun=All`),
    remove('two policies', `${one}?dryRun=All`, {
      ...options,
      orphanDependents: true,
      propagationPolicy: 'Orphan',
    }),
    remove('grace below zero', `${one}?gracePeriodSeconds=-1&dryRun=All`),
    remove('grace of text', `${one}?gracePeriodSeconds=x`),
    remove('another revision', `${one}?dryRun=All`, {
      ...options,
      preconditions: { resourceVersion: '1' },
    }),
    remove('options of another kind', `${one}?dryRun=All`, { ...options, kind: 'Nothing' }),
    remove('an object for options', `${one}?dryRun=All`, object),
    remove('unreadable options', `${one}?dryRun=All`, '{'),
    remove('options of a list', `${one}?dryRun=All`, '[]'),
    remove('dry run of none', `${one}?dryRun=x`),
    remove('dry run of none in the body', one, { ...options, dryRun: ['x'] }),
    remove('all by a bad selector', `${all}?labelSelector=a%3D%3D%3Db`),
    remove('all by a field that is none', `${all}?fieldSelector=spec.nothing%3Db`),
    remove('all, without effect', `${all}?labelSelector=a%3Db&dryRun=All`),
    remove('all, by a policy of none', `${all}?labelSelector=a%3Db&propagationPolicy=x`),
  ];
}
