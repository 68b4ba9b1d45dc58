import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ApiError } from '../status/index.ts';
import { typeOf } from '../schema/index.ts';
import { applyJsonPatch, applyMergePatch, applyStrategicPatch } from './index.ts';

const pod = typeOf('v1', 'Pod')!;
const deployment = typeOf('apps/v1', 'Deployment')!;

/** What an ApiError says: code, message, and the reason upstream keeps to itself. */
const errorOf = (job: () => unknown): readonly unknown[] => {
  try {
    job();
  } catch (error) {
    assert.ok(error instanceof ApiError, String(error));
    return [error.code, (error.cause as Error | undefined)?.message ?? error.message];
  }
  return assert.fail('no error');
};

const doc = { a: 1, list: ['x', 'y', 'z'], inner: { 'a/b': true, 'c~d': false, none: null } };
const jsonPatches: readonly (readonly [name: string, patch: unknown, want: unknown])[] = [
  ['adds a field', [{ op: 'add', path: '/b', value: 2 }], { ...doc, b: 2 }],
  ['adds null where no value is given', [{ op: 'add', path: '/b' }], { ...doc, b: null }],
  [
    'inserts into a list',
    [{ op: 'add', path: '/list/1', value: 'n' }],
    { ...doc, list: ['x', 'n', 'y', 'z'] },
  ],
  [
    'appends to a list',
    [{ op: 'add', path: '/list/-', value: 'n' }],
    { ...doc, list: ['x', 'y', 'z', 'n'] },
  ],
  ['removes from the end', [{ op: 'remove', path: '/list/-1' }], { ...doc, list: ['x', 'y'] }],
  [
    'reads escapes in paths',
    [
      { op: 'replace', path: '/inner/a~1b', value: 1 },
      { op: 'remove', path: '/inner/c~0d' },
    ],
    { ...doc, inner: { 'a/b': 1, none: null } },
  ],
  ['replaces what is not there', [{ op: 'replace', path: '/new', value: 1 }], { ...doc, new: 1 }],
  ['replaces all', [{ op: 'replace', path: '', value: { z: 1 } }], { z: 1 }],
  [
    'moves and copies',
    [
      { op: 'move', from: '/list/0', path: '/list/2' },
      { op: 'copy', from: '/inner', path: '/twin' },
      { op: 'add', path: '/twin/own', value: 1 },
    ],
    { ...doc, list: ['y', 'z', 'x'], twin: { ...doc.inner, own: 1 } },
  ],
  [
    'tests values, absent as null',
    [
      { op: 'test', path: '/list', value: ['x', 'y', 'z'] },
      { op: 'test', path: '/absent', value: null },
      { op: 'test', path: '/inner/none' },
    ],
    doc,
  ],
  ['null is no operation', null, doc],
];
for (const [name, patch, want] of jsonPatches)
  test(`JSON patch: ${name}`, () => {
    const before = structuredClone(doc);
    assert.deepEqual(applyJsonPatch(doc, patch), want);
    assert.deepEqual(doc, before);
  });

const jsonPatchErrors: readonly (readonly [patch: unknown, code: number, why: string])[] = [
  [
    {},
    400,
    'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp',
  ],
  [
    ['x'],
    400,
    'error decoding patch: json: cannot unmarshal string into Go value of type handlers.jsonPatchOp',
  ],
  [[{ op: 'put', path: '/a' }], 422, 'Unexpected kind: put'],
  [[null], 422, 'Unexpected kind: unknown'],
  [
    [{ op: 'add', path: '/no/such', value: 1 }],
    422,
    'add operation does not apply: doc is missing path: "/no/such": missing value',
  ],
  [
    [{ op: 'remove', path: '/b' }],
    422,
    "error in remove for path: '/b': Unable to remove nonexistent key: b: missing value",
  ],
  [[{ op: 'test', path: '/a', value: 2 }], 422, 'testing value /a failed: test failed'],
  [
    [{ op: 'remove' }],
    422,
    'remove operation failed to decode path: operation missing path field: missing value',
  ],
  [
    Array.from({ length: 10_001 }, () => ({ op: 'test', path: '/a', value: 1 })),
    413,
    'Request entity too large: The allowed maximum operations in a JSON patch is 10000, got 10001',
  ],
];
for (const [patch, code, why] of jsonPatchErrors)
  test(`JSON patch error: ${why}`, () =>
    assert.deepEqual(
      errorOf(() => applyJsonPatch(doc, patch)),
      [code, why],
    ));

test('JSON patch: what does not apply is a 422 in the words of upstream', () => {
  assert.throws(
    () => applyJsonPatch(doc, [{ op: 'remove', path: '/b' }]),
    new ApiError(
      422,
      'Invalid',
      'the server rejected our request due to an error in our request',
      {},
    ),
  );
});

test('JSON patch: names that JavaScript objects inherit are fields like others', () => {
  assert.deepEqual(applyJsonPatch({}, [{ op: 'add', path: '/constructor', value: 1 }]), {
    constructor: 1,
  });
  assert.deepEqual(
    errorOf(() => applyJsonPatch({}, [{ op: 'remove', path: '/toString' }]))[0],
    422,
  );
  const patched = applyJsonPatch({}, [{ op: 'add', path: '/__proto__', value: { x: 1 } }]);
  assert.equal(JSON.stringify(patched), '{"__proto__":{"x":1}}');
});

const mergePatches: readonly (readonly [name: string, patch: unknown, want: unknown])[] = [
  ['sets and removes', { a: null, b: { c: 1 } }, { list: doc.list, inner: doc.inner, b: { c: 1 } }],
  ['merges objects', { inner: { 'a/b': 0 } }, { ...doc, inner: { ...doc.inner, 'a/b': 0 } }],
  ['replaces lists', { list: [{ n: null }] }, { ...doc, list: [{}] }],
  [
    'drops nulls of new objects',
    { n: { x: null, y: [null, { z: null }] } },
    { ...doc, n: { y: [null, {}] } },
  ],
];
for (const [name, patch, want] of mergePatches)
  test(`merge patch: ${name}`, () => assert.deepEqual(applyMergePatch(doc, patch), want));

test('merge patch: no object is a 400', () => {
  for (const [patch, what] of [
    [[], 'array'],
    [1, 'number'],
    ['x', 'string'],
    [true, 'bool'],
  ])
    assert.deepEqual(
      errorOf(() => applyMergePatch(doc, patch)),
      [
        400,
        `error decoding patch: json: cannot unmarshal ${String(what)} into Go value of type map[string]interface {}`,
      ],
    );
});

const web = {
  metadata: { labels: { app: 'web' }, finalizers: ['a', 'b'] },
  spec: {
    containers: [
      { name: 'one', image: 'i:1', args: ['x'] },
      { name: 'two', image: 'i:2' },
    ],
    tolerations: [{ key: 'k' }],
    nodeSelector: { zone: 'z' },
    volumes: [{ name: 'v', emptyDir: {} }],
  },
};
const spec = (part: object): object => ({ ...web, spec: { ...web.spec, ...part } });
const [one, two] = web.spec.containers;
const strategic: readonly (readonly [name: string, patch: object, want: object])[] = [
  [
    'merges items by their key, patched ones in the order of the patch',
    { spec: { containers: [{ name: 'two', image: 'i:3' }] } },
    spec({ containers: [one, { ...two, image: 'i:3' }] }),
  ],
  [
    'adds items',
    { spec: { containers: [{ name: 'new', image: 'n' }] } },
    spec({ containers: [{ name: 'new', image: 'n' }, one, two] }),
  ],
  [
    'deletes an item',
    { spec: { containers: [{ name: 'one', $patch: 'delete' }] } },
    spec({ containers: [two] }),
  ],
  [
    'replaces a list',
    { spec: { containers: [{ $patch: 'replace' }, { name: 'x' }] } },
    spec({ containers: [{ name: 'x' }] }),
  ],
  [
    'lists without merge strategy are replaced',
    { spec: { tolerations: [{ key: 'n' }] } },
    spec({ tolerations: [{ key: 'n' }] }),
  ],
  [
    'replaces and empties objects',
    {
      spec: { nodeSelector: { $patch: 'replace', a: 'b' } },
      metadata: { labels: { $patch: 'delete' } },
    },
    { metadata: { ...web.metadata, labels: {} }, spec: { ...web.spec, nodeSelector: { a: 'b' } } },
  ],
  [
    'merges scalars as a set',
    { metadata: { finalizers: ['c', 'a'] } },
    { ...web, metadata: { ...web.metadata, finalizers: ['c', 'a', 'b'] } },
  ],
  [
    'takes scalars out',
    { metadata: { '$deleteFromPrimitiveList/finalizers': ['a'] } },
    { ...web, metadata: { ...web.metadata, finalizers: ['b'] } },
  ],
  [
    'orders items',
    { spec: { '$setElementOrder/containers': [{ name: 'two' }, { name: 'one' }] } },
    spec({ containers: [two, one] }),
  ],
  [
    'retains keys only',
    {
      spec: {
        volumes: [{ name: 'v', $retainKeys: ['name', 'hostPath'], hostPath: { path: '/' } }],
      },
    },
    spec({ volumes: [{ name: 'v', hostPath: { path: '/' } }] }),
  ],
  [
    'null removes',
    { spec: { nodeSelector: null, none: null } },
    (({ nodeSelector: _, ...rest }) => ({ ...web, spec: rest }))(web.spec),
  ],
  [
    'new objects lose nulls and directives',
    {
      spec: {
        securityContext: {
          runAsUser: null,
          sysctls: [{ $patch: 'delete', name: 'x' }],
          fsGroup: 1,
        },
      },
    },
    spec({ securityContext: { sysctls: [], fsGroup: 1 } }),
  ],
];
for (const [name, patch, want] of strategic)
  test(`strategic patch: ${name}`, () => {
    const before = structuredClone(web);
    assert.deepEqual(applyStrategicPatch(pod, web, patch), want);
    assert.deepEqual(web, before);
  });

const strategicErrors: readonly (readonly [patch: object, code: number, message: string])[] = [
  [
    { spec: { containers: [{ image: 'x' }] } },
    500,
    'map: map[image:x] does not contain declared merge key: name',
  ],
  [{ spec: { $patch: 'merge' } }, 500, 'unknown patch type: merge in map: map[$patch:merge]'],
  [
    { spec: { containers: [{ name: 'one', $patch: 'merge' }] } },
    500,
    'merging lists cannot yet be specified in the patch',
  ],
  [
    { metadata: { '$deleteFromPrimitiveList:finalizers': ['a'] } },
    400,
    'invalid patch format of primitive list',
  ],
  [
    { spec: { volumes: [{ name: 'v', $retainKeys: ['name'], hostPath: {} }] } },
    400,
    'invalid patch format of retainKeys',
  ],
  [
    { spec: { containers: ['x'] } },
    500,
    'list element types are not identical: [[map[args:[x] image:i:1 name:one] map[image:i:2 name:two]] [x]]',
  ],
];
for (const [patch, code, message] of strategicErrors)
  test(`strategic patch error: ${message}`, () =>
    assert.deepEqual(
      errorOf(() => applyStrategicPatch(pod, web, patch)),
      [code, message],
    ));

test('strategic patch: a strategy of another type drops the fields of the old one', () => {
  const before = { spec: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } } };
  const patch = { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } };
  assert.deepEqual(applyStrategicPatch(deployment, before, patch), {
    spec: { strategy: { type: 'Recreate' } },
  });
});

test('strategic patch: applying twice is applying once', () => {
  const names = fc.constantFrom('a', 'b', 'c', 'd');
  const containers = fc.uniqueArray(
    fc.record({ name: names, image: fc.string() }, { noNullPrototype: true }),
    {
      selector: ({ name }) => name,
    },
  );
  const object = fc.record({
    metadata: fc.record({
      finalizers: fc.uniqueArray(names),
      labels: fc.dictionary(names, fc.string()),
    }),
    spec: fc.record({ containers }),
  });
  fc.assert(
    fc.property(object, object, (live, patch) => {
      const once = applyStrategicPatch(pod, live, patch);
      assert.equal(JSON.stringify(applyStrategicPatch(pod, once, patch)), JSON.stringify(once));
    }),
  );
});
