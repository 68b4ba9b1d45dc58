/** What every resource does alike: options, patches, ownership, lists, bodies that cannot be read. Config maps stand for all. */
import type { Request, RequestList } from '../request.ts';

const all = '/api/v1/namespaces/default/configmaps';
const one = `${all}/engine`;
const body = (metadata: object, data: unknown = { a: '1', b: '2' }): object => ({
  ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'engine', ...metadata }, data },
});

const get = (name: string, path: string, accept?: string): Request => ({
  ...{ name, method: 'GET', path, ...(accept !== undefined && { accept }) },
});
const post = (
  name: string,
  given: unknown,
  query = '',
  contentType = 'application/json',
): Request => ({
  ...{ name, method: 'POST', path: `${all}${query}`, body: given, contentType },
});
const patch = (name: string, type: string, given: unknown, query = '', path = one): Request => ({
  ...{ name, method: 'PATCH', path: `${path}${query}`, body: given },
  contentType: `application/${type}`,
});
const json = (name: string, operations: unknown): Request =>
  patch(name, 'json-patch+json', operations);
const merge = (name: string, given: unknown, query = ''): Request =>
  patch(name, 'merge-patch+json', given, query);
const strategic = (name: string, given: unknown, path = one): Request =>
  patch(name, 'strategic-merge-patch+json', given, '', path);
const apply = (name: string, given: unknown, query = '?fieldManager=first'): Request =>
  patch(name, 'apply-patch+yaml', given, query);
const remove = (name: string, given?: unknown, query = '', path = one): Request => ({
  ...{
    name,
    method: 'DELETE',
    path: `${path}${query}`,
    ...(given !== undefined && { body: given }),
  },
});

const pod = {
  ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'engine' } },
  spec: {
    containers: [
      { name: 'a', image: 'a', ports: [{ containerPort: 80 }], env: [{ name: 'X', value: '1' }] },
      { name: 'b', image: 'b' },
    ],
  },
};
const podPath = '/api/v1/namespaces/default/pods/engine';

const lists: readonly RequestList[] = [
  {
    name: 'engine: JSON patches',
    requests: [
      post('create', body({ labels: { x: 'y' } })),
      json('no list', { op: 'add' }),
      json('no operation', [{ path: '/data/a' }]),
      json('an odd operation', [{ op: 'odd', path: '/data/a' }]),
      json('no path', [{ op: 'add', value: 'x' }]),
      json('a path that is none', [{ op: 'add', path: '/no/such', value: 'x' }]),
      json('remove what is not there', [{ op: 'remove', path: '/data/z' }]),
      json('replace what is not there', [{ op: 'replace', path: '/data/z', value: 'x' }]),
      json('test that fails', [{ op: 'test', path: '/data/a', value: '2' }]),
      json('test that holds', [{ op: 'test', path: '/data/a', value: '1' }]),
      json('copy and move', [
        { op: 'copy', from: '/data/a', path: '/data/c' },
        { op: 'move', from: '/data/b', path: '/data/d' },
      ]),
      json('move what is not there', [{ op: 'move', from: '/data/q', path: '/data/r' }]),
      json('add a number', [{ op: 'add', path: '/data/n', value: 1 }]),
      json('add a field that is none', [{ op: 'add', path: '/odd', value: 1 }]),
      json('escaped', [{ op: 'add', path: '/metadata/annotations', value: { 'a.com/b': 'c' } }]),
      json('escaped again', [
        { op: 'replace', path: '/metadata/annotations/a.com~1b', value: 'd' },
      ]),
      json('no operations', []),
      json('no JSON', '[{'),
      get('get', one),
      remove('delete'),
    ],
  },
  {
    name: 'engine: merge and strategic patches',
    requests: [
      post('create', body({})),
      merge('a list', []),
      merge('a text', '"x"'),
      merge('null', 'null'),
      merge('nothing', ''),
      merge('a number for a text', { data: { a: 1 } }),
      merge('a text for a map', { data: 'x' }),
      merge('a null', { data: { a: null } }),
      merge('an unknown field', { odd: 1 }),
      merge('an unknown field, strictly', { odd: 1 }, '?fieldValidation=Strict'),
      merge('an unknown field, ignored', { odd: 1 }, '?fieldValidation=Ignore'),
      merge('another kind', { kind: 'Secret' }),
      merge('another version', { apiVersion: 'apps/v1' }),
      merge('a stale version', { metadata: { resourceVersion: '1' } }),
      merge('another uid', { metadata: { uid: 'x' } }),
      merge('another namespace', { metadata: { namespace: 'x' } }),
      merge('with force', { data: { a: '1' } }, '?force=true'),
      merge('dry', { data: { dry: '1' } }, '?dryRun=All'),
      merge('an odd dry run', { data: { dry: '1' } }, '?dryRun=Some'),
      merge('an odd validation', { data: { dry: '1' } }, '?fieldValidation=Odd'),
      strategic('a list', []),
      strategic('replace', { data: { $patch: 'replace', z: '1' } }),
      strategic('an odd directive', { data: { $patch: 'odd' } }),
      strategic('retain', { data: { $retainKeys: ['z'], z: '2' } }),
      get('get', one),
      remove('delete'),
      {
        ...{ name: 'a pod', method: 'POST', path: '/api/v1/namespaces/default/pods', body: pod },
      },
      strategic('an image', { spec: { containers: [{ name: 'a', image: 'c' }] } }, podPath),
      strategic('a container without a name', { spec: { containers: [{ image: 'c' }] } }, podPath),
      strategic('containers that are none', { spec: { containers: 'x' } }, podPath),
      strategic(
        'a container less',
        { spec: { containers: [{ $patch: 'delete', name: 'b' }] } },
        podPath,
      ),
      strategic(
        'order',
        { spec: { '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }] } },
        podPath,
      ),
      strategic(
        'finalizers',
        { metadata: { finalizers: ['a.com/b'], '$deleteFromPrimitiveList/finalizers': ['x'] } },
        podPath,
      ),
      strategic('no finalizers', { metadata: { finalizers: null } }, podPath),
      remove('delete the pod', undefined, '?gracePeriodSeconds=0', podPath),
    ],
  },
  {
    name: 'engine: apply',
    requests: [
      apply('create', body({})),
      apply('no manager', body({}), ''),
      apply('the same', body({})),
      apply('less', body({}, { a: '1' })),
      apply('another manager', body({}, { a: '2' }), '?fieldManager=second'),
      apply('by force', body({}, { a: '2' }), '?fieldManager=second&force=true'),
      apply('of old', body({}, { a: '1' })),
      apply('no name', body({ name: undefined }, { a: '2' })),
      apply('another name', body({ name: 'other' }, { a: '2' })),
      apply('another namespace', body({ namespace: 'other' }, { a: '2' })),
      apply('no kind', { metadata: { name: 'engine' } }),
      apply('another kind', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'engine' } }),
      apply('another version', {
        apiVersion: 'v2',
        kind: 'ConfigMap',
        metadata: { name: 'engine' },
      }),
      apply('managed fields', body({ managedFields: [{ manager: 'x' }] })),
      apply('a wrong type', body({}, { a: 1 })),
      apply('an unknown field', { ...body({}, { a: '2' }), odd: 1 }),
      apply(
        'an unknown field, strictly',
        { ...body({}, { a: '2' }), odd: 1 },
        '?fieldManager=first&fieldValidation=Strict&force=true',
      ),
      apply('no YAML', '{'),
      apply(
        'YAML',
        'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: engine\ndata:\n  y: "1"\n',
        '?fieldManager=third',
      ),
      apply(
        'twice the same key',
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: engine}\ndata: {y: "1", y: "2"}\n',
        '?fieldManager=third&force=true',
      ),
      merge('a plain write', { data: { y: '5' } }, '?fieldManager=fourth'),
      apply('against a plain write', body({}, { y: '6' }), '?fieldManager=third'),
      merge('no managed fields', { metadata: { managedFields: [{}] } }),
      merge('managed fields that are none', {
        metadata: { managedFields: [{ manager: 'x', operation: 'Odd' }] },
      }),
      merge('after that', { data: { y: '7' } }, '?fieldManager=fifth'),
      apply('after that too', body({}, { z: '1' })),
      apply('a stale version', body({ resourceVersion: '1' }, { z: '1' })),
      apply('another uid', body({ uid: 'x' }, { z: '1' })),
      apply('another uid of nothing', body({ name: 'nothing', uid: 'x' }), '?fieldManager=a'),
      get('get', one),
      remove('delete'),
    ],
  },
  {
    name: 'engine: bodies',
    requests: [
      post('no JSON', '{"a"'),
      post('a list', []),
      post('null', 'null'),
      post('a text', '"x"'),
      post('a number', '1'),
      post('two documents', '{"metadata":{"name":"a"}} {}', '?dryRun=All'),
      post('no YAML', 'a: [', '', 'application/yaml'),
      post('YAML', 'metadata:\n  name: yaml\ndata:\n  a: "1"\n', '?dryRun=All', 'application/yaml'),
      post(
        'YAML with a key twice',
        'metadata: {name: yaml}\ndata: {a: "1", a: "2"}\n',
        '?dryRun=All',
        'application/yaml',
      ),
      post(
        'YAML with a key twice, strictly',
        'metadata: {name: yaml}\ndata: {a: "1", a: "2"}\n',
        '?dryRun=All&fieldValidation=Strict',
        'application/yaml',
      ),
      post(
        'YAML of a number',
        'metadata:\n  name: yaml\ndata:\n  a: 1\n',
        '?dryRun=All',
        'application/yaml',
      ),
      post('protobuf of nothing', '', '', 'application/vnd.kubernetes.protobuf'),
      post('protobuf that is none', 'xxxxxxxx', '', 'application/vnd.kubernetes.protobuf'),
      post(
        'protobuf of nothing but its mark',
        'k8s\u0000',
        '',
        'application/vnd.kubernetes.protobuf',
      ),
      post('CBOR', 'x', '', 'application/cbor'),
      post(
        'a key twice',
        '{"metadata":{"name":"a","name":"b"},"data":{"x":"1","x":"2"}}',
        '?dryRun=All',
      ),
      post(
        'a key twice, strictly',
        '{"metadata":{"name":"a","name":"b"},"data":{"x":"1","x":"2"}}',
        '?dryRun=All&fieldValidation=Strict',
      ),
      post(
        'a key twice, ignored',
        '{"metadata":{"name":"a","name":"b"},"data":{"x":"1","x":"2"}}',
        '?dryRun=All&fieldValidation=Ignore',
      ),
      post(
        'unknown fields, strictly',
        '{"metadata":{"name":"a","odd":1},"odd":{"x":1},"data":{}}',
        '?dryRun=All&fieldValidation=Strict',
      ),
      post(
        'another case',
        '{"Metadata":{"name":"a"},"DATA":{"x":"1"}}',
        '?dryRun=All&fieldValidation=Strict',
      ),
      post('a number', '{"metadata":{"name":"a"},"data":{"x":1}}'),
      post('a float for a whole number', '{"metadata":{"name":"a","generation":1.5}}'),
      post('a time that is none', '{"metadata":{"name":"a","creationTimestamp":"x"}}'),
      post('bytes that are none', '{"metadata":{"name":"a"},"binaryData":{"x":"%"}}'),
      post('a version', body({ name: 'versioned', resourceVersion: '5' })),
      post(
        'a uid',
        body({
          name: 'known',
          uid: 'x',
          generation: 7,
          creationTimestamp: '2020-01-01T00:00:00Z',
          selfLink: 'x',
        }),
        '?dryRun=All',
      ),
      post('an odd validation', body({}), '?fieldValidation=Odd'),
      post('an odd dry run', body({}), '?dryRun=Odd'),
      post('two dry runs', body({}), '?dryRun=All&dryRun=All'),
      post('pretty', body({ name: 'pretty' }), '?pretty=true&dryRun=All'),
      post('too large', body({ name: 'large' }, { a: 'x'.repeat(1_600_000) })),
      { name: 'no body', method: 'POST', path: all },
      { name: 'PUT without a name', method: 'PUT', path: all, body: body({}) },
      {
        name: 'PUT with another namespace',
        method: 'PUT',
        path: one,
        body: body({ namespace: 'x' }),
      },
      {
        name: 'PUT without a name within',
        method: 'PUT',
        path: one,
        body: body({ name: undefined }),
      },
      {
        name: 'PATCH without a name',
        method: 'PATCH',
        path: all,
        body: {},
        contentType: 'application/merge-patch+json',
      },
      { name: 'POST with a name', method: 'POST', path: one, body: body({}) },
    ],
  },
  {
    name: 'engine: deletes',
    requests: [
      post('create', body({ finalizers: ['a.com/b'] })),
      remove('another uid', { preconditions: { uid: 'x' } }),
      remove('an odd policy', { propagationPolicy: 'Odd' }),
      remove('both policies', { propagationPolicy: 'Orphan', orphanDependents: true }),
      remove('a grace below zero', { gracePeriodSeconds: -1 }),
      remove('an odd dry run', { dryRun: ['Odd'] }),
      remove('an odd dry run in the query', undefined, '?dryRun=Odd'),
      remove('another kind of options', { kind: 'Odd', apiVersion: 'v1' }),
      remove('no JSON', '{'),
      remove('an unknown field', { odd: 1 }),
      remove('dry', { dryRun: ['All'] }),
      remove('foreground', { propagationPolicy: 'Foreground' }),
      remove('again', { propagationPolicy: 'Orphan' }),
      merge('a finalizer more', { metadata: { finalizers: ['a.com/b', 'a.com/c'] } }),
      merge('no finalizer', { metadata: { finalizers: null } }),
      get('gone', one),
      post('create again', body({})),
      remove(
        'with a body and a query',
        { propagationPolicy: 'Background' },
        '?gracePeriodSeconds=5',
      ),
      remove('nothing', undefined, '', `${all}/nothing`),
      remove('all of none', undefined, '?labelSelector=no%3Dsuch', all),
      remove('all, with a bad selector', undefined, '?labelSelector=a%3D%3D%3Db', all),
      remove('all, dry', undefined, '?labelSelector=no%3Dsuch&dryRun=All', all),
    ],
  },
  {
    name: 'engine: lists',
    requests: [
      ...['a', 'b', 'c'].map((name) =>
        post(`create ${name}`, body({ name: `list-${name}`, labels: { list: name } })),
      ),
      get('labels', `${all}?labelSelector=list`),
      get('labels, one', `${all}?labelSelector=list%3Da`),
      get('labels, some', `${all}?labelSelector=list%20in%20(a,b)`),
      get('labels, not', `${all}?labelSelector=list,list!%3Da`),
      get('labels that cannot be', `${all}?labelSelector=a%3D%3D%3Db`),
      get('labels that cannot be, either', `${all}?labelSelector=a%20in%20b`),
      get('a label key that cannot be', `${all}?labelSelector=-`),
      get('a label value that cannot be', `${all}?labelSelector=a%3D-`),
      get('a name', `${all}?fieldSelector=metadata.name%3Dlist-a`),
      get('not a name', `${all}?fieldSelector=metadata.name!%3Dlist-a&labelSelector=list`),
      get('fields that cannot be', `${all}?fieldSelector=a`),
      get('a field that is none', `${all}?fieldSelector=a%3Db`),
      get('a limit', `${all}?labelSelector=list&limit=2`),
      get('a limit below zero', `${all}?labelSelector=list&limit=-1`),
      get('a limit that is none', `${all}?limit=x`),
      get('a token that is none', `${all}?continue=x&limit=1`),
      get('a token and a version', `${all}?continue=x&limit=1&resourceVersion=5`),
      get('any version', `${all}?labelSelector=list&resourceVersion=0`),
      get('a version that is none', `${all}?resourceVersion=x`),
      get('a version below zero', `${all}?resourceVersion=-1`),
      get('a match without a version', `${all}?resourceVersionMatch=Exact`),
      get('an odd match', `${all}?resourceVersionMatch=Odd&resourceVersion=5`),
      get('exactly any version', `${all}?resourceVersionMatch=Exact&resourceVersion=0`),
      get(
        'a match and a token',
        `${all}?resourceVersionMatch=Exact&resourceVersion=5&continue=x&limit=1`,
      ),
      get('initial events of a list', `${all}?sendInitialEvents=true`),
      get('a timeout that is none', `${all}?timeoutSeconds=x`),
      get(
        'watch: an odd match',
        `${all}?watch=true&timeoutSeconds=1&resourceVersionMatch=Exact&resourceVersion=5`,
      ),
      get(
        'watch: initial events without a match',
        `${all}?watch=true&timeoutSeconds=1&sendInitialEvents=true`,
      ),
      get(
        'watch: initial events of another match',
        `${all}?watch=true&timeoutSeconds=1&sendInitialEvents=true&resourceVersionMatch=Exact`,
      ),
      get('watch: a version that is none', `${all}?watch=true&resourceVersion=x&timeoutSeconds=1`),
      get(
        'a Table of old',
        `${all}?labelSelector=list`,
        'application/json;as=Table;g=meta.k8s.io;v=v1beta1',
      ),
      get(
        'a Table of none',
        `${all}?labelSelector=list`,
        'application/json;as=Table;g=meta.k8s.io;v=v2',
      ),
      get(
        'a Table with objects',
        `${all}?labelSelector=list&includeObject=Object`,
        'application/json;as=Table;g=meta.k8s.io;v=v1',
      ),
      get(
        'a Table without objects',
        `${all}?labelSelector=list&includeObject=None`,
        'application/json;as=Table;g=meta.k8s.io;v=v1',
      ),
      get(
        'a Table with odd objects',
        `${all}?labelSelector=list&includeObject=Odd`,
        'application/json;as=Table;g=meta.k8s.io;v=v1',
      ),
      get('the second best', `${all}/list-a`, 'image/png, application/json;q=0.5'),
      get(
        'partial list of one',
        `${all}/list-a`,
        'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1',
      ),
      get('pretty', `${all}/list-a?pretty=true`),
      { name: 'HEAD', method: 'HEAD', path: `${all}/list-a` },
      { name: 'OPTIONS', method: 'OPTIONS', path: `${all}/list-a` },
      get('a group that is none', '/apis/odd.example.com/v1'),
      get('a version of a group that is none', '/apis/apps/v9'),
      get('a resource that is none', '/api/v1/odd'),
      get('a subresource that is none', `${all}/list-a/odd`),
      get('a path that is none', '/odd'),
      get('too long a path', `${one}/a/b/c`),
      { name: 'a method that is none', method: 'POST', path: '/version' },
      { name: 'POST to a list of all', method: 'POST', path: '/api/v1/configmaps', body: body({}) },
      { name: 'DELETE of all everywhere', method: 'DELETE', path: '/api/v1/configmaps' },
      remove('delete all', undefined, '?labelSelector=list', all),
    ],
  },
];

export default lists;
