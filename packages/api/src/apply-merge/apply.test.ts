import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { KubeObject } from '../resource.ts';
import { typeOf } from '../schema/index.ts';
import { ApiError } from '../status/index.ts';
import { applyObject, objectTypeOf, updateManagedFields } from './index.ts';
import type { ObjectType } from './index.ts';

const kinds: Readonly<Record<string, readonly [apiVersion: string, type: ObjectType]>> = {
  Deployment: ['apps/v1', objectTypeOf(typeOf('apps/v1', 'Deployment')!)],
  ConfigMap: ['v1', objectTypeOf(typeOf('v1', 'ConfigMap')!)],
  Service: ['v1', objectTypeOf(typeOf('v1', 'Service')!)],
  Pod: ['v1', objectTypeOf(typeOf('v1', 'Pod')!)],
};
const nowMs = Date.parse('2026-01-01T00:00:00Z');
type Body = Readonly<Record<string, unknown>> & { readonly metadata?: object };

interface How {
  readonly kind?: string;
  readonly manager?: string;
  readonly force?: boolean;
  readonly subresource?: string;
}
function apply(live: KubeObject | undefined, body: Body, how: How = {}): KubeObject {
  const { kind = 'ConfigMap', manager = 'm', ...rest } = how;
  const [apiVersion, type] = kinds[kind]!;
  const metadata = { name: 'x', namespace: 'n', ...body.metadata };
  const applied = { apiVersion, kind, ...body, metadata };
  return stored(
    applyObject({ live, applied, type, kind, apiVersion, manager, nowMs, ...rest }).object,
  );
}
const stored = (object: KubeObject): KubeObject =>
  object.metadata.uid ? object : { ...object, metadata: { ...object.metadata, uid: 'u' } };

function update(
  before: KubeObject | undefined,
  after: object,
  manager = 'updater',
  kind = 'ConfigMap',
): KubeObject {
  const [apiVersion, type] = kinds[kind]!;
  const next = {
    apiVersion,
    kind,
    metadata: { name: 'x', namespace: 'n' },
    ...after,
  } as KubeObject;
  const managedFields = updateManagedFields({
    before,
    after: next,
    manager,
    apiVersion,
    type,
    nowMs,
  });
  return { ...next, metadata: { ...next.metadata, uid: 'u', managedFields } };
}
const errorOf = (job: () => unknown): ApiError => {
  try {
    job();
  } catch (error) {
    assert.ok(error instanceof ApiError, String(error));
    return error;
  }
  return assert.fail('no error');
};
const bare = (object: KubeObject): object => {
  const { managedFields: _, uid: __, ...metadata } = object.metadata;
  return { ...object, metadata };
};
const owners = (object: KubeObject): object =>
  Object.fromEntries(
    (object.metadata.managedFields ?? []).map((entry) => [
      [entry.manager, entry.operation, entry.subresource].filter(Boolean).join(' '),
      entry.fieldsV1,
    ]),
  );
const dataOf = (object: KubeObject): unknown => (object as unknown as Body)['data'];

test('apply creates', () => {
  const made = apply(undefined, { data: { a: '1' } });
  assert.deepEqual(dataOf(made), { a: '1' });
  assert.deepEqual(made.metadata.managedFields, [
    {
      manager: 'm',
      operation: 'Apply',
      apiVersion: 'v1',
      time: '2026-01-01T00:00:00Z',
      fieldsType: 'FieldsV1',
      fieldsV1: { 'f:data': { 'f:a': {} } },
    },
  ]);
});

test('what is no more stated goes, unless another owns it', () => {
  const made = apply(undefined, { data: { a: '1', b: '1', c: '1' } });
  const shared = apply(made, { data: { b: '1' } }, { manager: 'other' });
  const less = apply(shared, { data: { a: '1' } });
  assert.deepEqual(dataOf(less), { a: '1', b: '1' });
  assert.deepEqual(owners(less), {
    'm Apply': { 'f:data': { 'f:a': {} } },
    'other Apply': { 'f:data': { 'f:b': {} } },
  });
});

test('applying twice is applying once, and gives the live object itself', () => {
  const values = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.constantFrom('1', '2'), {
    noNullPrototype: true,
  });
  // A map that has become empty is null here until it is decoded, as upstream's merge leaves it.
  const stated = values.filter((value) => Object.keys(value).length > 0);
  fc.assert(
    fc.property(values, values, stated, (first, second, third) => {
      const made = apply(undefined, { data: first });
      const other = apply(made, { data: second }, { manager: 'other', force: true });
      const once = apply(other, { data: third }, { force: true });
      assert.equal(apply(once, { data: third }, { force: true }), once);
      for (const [name, value] of Object.entries(third))
        assert.equal((dataOf(once) as Record<string, string>)[name], value);
    }),
  );
});

test('one conflict', () => {
  const spec = { replicas: 3, selector: {}, template: { spec: { containers: [] } } };
  const live = update(undefined, { spec }, 'kubectl-client-side-apply', 'Deployment');
  const error = errorOf(() => apply(live, { spec: { replicas: 1 } }, { kind: 'Deployment' }));
  const message = 'conflict with "kubectl-client-side-apply" using apps/v1';
  assert.deepEqual(error.toStatus(), {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: `Apply failed with 1 conflict: ${message}: .spec.replicas`,
    reason: 'Conflict',
    details: { causes: [{ reason: 'FieldManagerConflict', message, field: '.spec.replicas' }] },
    code: 409,
  });
});

test('several conflicts, by manager', () => {
  const live = apply(
    update(undefined, { data: { a: '1', b: '1' } }),
    { data: { c: '1' } },
    { manager: 'other', subresource: 'status' },
  );
  const error = errorOf(() => apply(live, { data: { a: '2', b: '2', c: '2' } }));
  assert.equal(
    error.message,
    [
      'Apply failed with 3 conflicts: conflicts with "other" with subresource "status":',
      '- .data.c',
      'conflicts with "updater" using v1:',
      '- .data.a',
      '- .data.b',
    ].join('\n'),
  );
});

test('force takes the fields', () => {
  const live = update(undefined, { data: { a: '1', b: '1' } });
  const taken = apply(live, { data: { a: '2' } }, { force: true });
  assert.deepEqual(dataOf(taken), { a: '2', b: '1' });
  assert.deepEqual(owners(taken), {
    'm Apply': { 'f:data': { 'f:a': {} } },
    'updater Update': { 'f:data': { '.': {}, 'f:b': {} } },
  });
});

test('what nobody owned becomes before-first-apply’s', () => {
  const live = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'x', uid: 'u' },
    data: { a: '1' },
  };
  const error = errorOf(() => apply(live, { data: { a: '2' } }));
  assert.equal(
    error.message,
    'Apply failed with 1 conflict: conflict with "before-first-apply" using v1: .data.a',
  );
  assert.deepEqual(owners(apply(live, { data: { b: '1' } })), {
    'before-first-apply Update': { 'f:data': { '.': {}, 'f:a': {} } },
    'm Apply': { 'f:data': { 'f:b': {} } },
  });
});

test('items merge by all their keys, with defaults, in the order applied', () => {
  const first = apply(
    undefined,
    {
      spec: {
        ports: [
          { port: 80, name: 'a' },
          { port: 80, protocol: 'UDP', name: 'b' },
        ],
      },
    },
    { kind: 'Service' },
  );
  const second = apply(
    first,
    {
      spec: {
        ports: [
          { port: 53, name: 'c' },
          { port: 80, name: 'a' },
        ],
      },
    },
    { kind: 'Service', manager: 'other' },
  );
  assert.deepEqual((second as unknown as Body)['spec'], {
    ports: [
      { port: 53, name: 'c' },
      { port: 80, name: 'a' },
      { port: 80, protocol: 'UDP', name: 'b' },
    ],
  });
  const third = apply(second, { spec: { ports: [] } }, { kind: 'Service' });
  assert.deepEqual((third as unknown as Body)['spec'], {
    ports: [
      { port: 53, name: 'c' },
      { port: 80, name: 'a' },
    ],
  });
});

test('an item stays while another has something in it', () => {
  const container = (part: object): Body => ({ spec: { containers: [{ name: 'c', ...part }] } });
  const made = apply(undefined, container({ image: 'i' }), { kind: 'Pod' });
  const other = apply(made, container({ tty: true }), { kind: 'Pod', manager: 'other' });
  const gone = apply(other, { spec: {} }, { kind: 'Pod' });
  assert.deepEqual((gone as unknown as Body)['spec'], container({ tty: true })['spec']);
});

test('atomic values are taken whole', () => {
  const selector = (labels: object): Body => ({ spec: { nodeSelector: labels } });
  const made = apply(undefined, selector({ a: '1', b: '1' }), { kind: 'Pod' });
  const next = apply(made, selector({ c: '1' }), { kind: 'Pod' });
  const spec = (next as unknown as Body)['spec'] as Body;
  assert.deepEqual(spec['nodeSelector'], { c: '1' });
});

const refused: readonly (readonly [body: Body, how: How, code: number, message: string])[] = [
  [
    { spec: { replica: 1 } },
    { kind: 'Deployment' },
    500,
    'failed to create typed patch object (n/x; apps/v1, Kind=Deployment): .spec.replica: field not declared in schema',
  ],
  [
    { spec: { replicas: 'many', paused: 1 } },
    { kind: 'Deployment' },
    500,
    'failed to create typed patch object (n/x; apps/v1, Kind=Deployment): errors:\n  .spec.replicas: expected numeric (int or float), got string\n  .spec.paused: expected boolean, got &{1}',
  ],
  [
    { data: { a: 1 } },
    {},
    500,
    'failed to create typed patch object (n/x; /v1, Kind=ConfigMap): .data.a: expected string, got &value.valueUnstructured{Value:1}',
  ],
  [
    { spec: { containers: [{ name: 'c' }, { name: 'c' }] } },
    { kind: 'Pod' },
    500,
    'failed to create typed patch object (n/x; /v1, Kind=Pod): .spec.containers: duplicate entries for key [name="c"]',
  ],
  [{ metadata: { managedFields: [] } }, {}, 400, 'metadata.managedFields must be nil'],
  [{ kind: 'Secret' }, {}, 400, 'invalid object type: /v1, Kind=Secret'],
];
for (const [body, how, code, message] of refused)
  test(`refused: ${message}`, () => {
    const error = errorOf(() => apply(undefined, body, how));
    assert.deepEqual([error.code, error.message], [code, message]);
  });

const annotation = 'kubectl.kubernetes.io/last-applied-configuration';

test('kubectl takes over what its client side applied', () => {
  const last = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'x', namespace: 'n' },
    data: { a: '1', b: '1' },
  };
  const annotations = { [annotation]: JSON.stringify(last) };
  const live = update(undefined, { ...last, metadata: { ...last.metadata, annotations } });
  const drifted = update(live, { ...bare(live), data: { a: '1', b: '9' } }, 'editor');
  const body = { data: { a: '2', b: '1' } };
  assert.equal(
    errorOf(() => apply(drifted, body, { manager: 'kubectl' })).message,
    'Apply failed with 1 conflict: conflict with "editor" using v1: .data.b',
  );
  const taken = apply(live, body, { manager: 'kubectl' });
  assert.deepEqual(dataOf(taken), body.data);
  assert.equal(
    taken.metadata.annotations![annotation],
    '{"apiVersion":"v1","data":{"a":"2","b":"1"},"kind":"ConfigMap","metadata":{"name":"x","namespace":"n"}}\n',
  );
  assert.match(errorOf(() => apply(live, body)).message, /^Apply failed with 1 conflict/);
});

test('null in what is applied leaves objects, and sets scalars', () => {
  const live = apply(undefined, { data: { a: '1' }, immutable: true }, { manager: 'other' });
  const next = apply(live, { data: null, immutable: null }, { force: true });
  assert.deepEqual(dataOf(next), { a: '1' });
  assert.equal((next as unknown as Body)['immutable'], null);
});
