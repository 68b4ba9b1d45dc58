import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { typeOf } from '../../schema/index.ts';
import {
  applyMergePatch,
  applyStrategicPatch,
  createMergePatch,
  createStrategicPatch,
  createThreeWayMergePatch,
  createThreeWayStrategicPatch,
  strategicConflict,
} from '../index.ts';

const pod = typeOf('v1', 'Pod')!;
const deployment = typeOf('apps/v1', 'Deployment')!;
const plain = { noNullPrototype: true } as const;

const names = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const container = fc.record(
  {
    name: names,
    image: fc.constantFrom('1', '2'),
    args: fc.array(names, { maxLength: 2, minLength: 1 }),
  },
  { ...plain, requiredKeys: ['name'] },
);
const object = fc.record(
  {
    metadata: fc.record(
      {
        labels: fc.dictionary(names, fc.constantFrom('1', '2'), { ...plain, minKeys: 1 }),
        finalizers: fc.uniqueArray(names, { minLength: 1 }),
      },
      { ...plain, requiredKeys: ['labels'] },
    ),
    spec: fc.record(
      {
        containers: fc.uniqueArray(container, { selector: ({ name }) => name, minLength: 1 }),
        hostPID: fc.boolean(),
        tolerations: fc.array(fc.record({ key: names }, plain), { maxLength: 2 }),
      },
      { ...plain, requiredKeys: ['containers'] },
    ),
  },
  plain,
);

test('a strategic patch makes the one object of the other', () =>
  fc.assert(
    fc.property(object, object, (from, to) => {
      const patch = createStrategicPatch(pod, from, to);
      assert.deepEqual(applyStrategicPatch(pod, from, patch), to);
    }),
    { numRuns: 300 },
  ));

test('a strategic patch of equal objects is empty', () =>
  fc.assert(
    fc.property(object, (one) =>
      assert.deepEqual(createStrategicPatch(pod, one, structuredClone(one)), {}),
    ),
  ));

test('a three-way strategic patch of an object nobody touched brings it to what is asked', () =>
  fc.assert(
    fc.property(object, object, (original, modified) => {
      const patch = createThreeWayStrategicPatch(pod, original, modified, original);
      assert.deepEqual(applyStrategicPatch(pod, original, patch), modified);
    }),
  ));

const json = fc.letrec((tie) => ({
  value: fc.oneof(
    fc.boolean(),
    fc.constantFrom('x', 'y'),
    fc.array(fc.integer(), { maxLength: 2 }),
    tie('object'),
  ),
  object: fc.dictionary(names, tie('value'), { ...plain, maxKeys: 4 }),
})).object as fc.Arbitrary<Record<string, unknown>>;

test('a merge patch makes the one object of the other', () =>
  fc.assert(
    fc.property(json, json, (from, to) =>
      assert.deepEqual(applyMergePatch(from, createMergePatch(from, to)), to),
    ),
  ));

test('a three-way merge patch keeps what only the current object has', () => {
  const patch = createThreeWayMergePatch(
    { a: 1, b: { c: 1, d: 1 } },
    { a: 2, b: { c: 1 }, e: {} },
    { a: 1, b: { c: 5, d: 1, own: 1 }, own: 1 },
  );
  assert.deepEqual(patch, { a: 2, b: { c: 1, d: null }, e: {} });
});

const two = [
  { name: 'a', image: '1', args: ['x'] },
  { name: 'b', image: '1' },
];
const spec = (containers: object): { spec: object } => ({ spec: { containers } });
const patches: readonly (readonly [name: string, from: object, to: object, want: object])[] = [
  [
    'items that change, come and go, with the order of all',
    spec(two),
    spec([{ name: 'c' }, { name: 'a', image: '2', args: ['x'] }]),
    {
      spec: {
        containers: [{ name: 'c' }, { name: 'a', image: '2' }, { name: 'b', $patch: 'delete' }],
        '$setElementOrder/containers': [{ name: 'c' }, { name: 'a' }],
      },
    },
  ],
  [
    'order alone',
    spec(two),
    spec(two.toReversed()),
    { spec: { '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }] } },
  ],
  [
    'scalars of a set',
    { metadata: { finalizers: ['a', 'b'] } },
    { metadata: { finalizers: ['c', 'b'] } },
    {
      metadata: {
        finalizers: ['c'],
        '$deleteFromPrimitiveList/finalizers': ['a'],
        '$setElementOrder/finalizers': ['c', 'b'],
      },
    },
  ],
];
for (const [name, from, to, want] of patches)
  test(`strategic patch: ${name}`, () =>
    assert.deepEqual(createStrategicPatch(pod, from as never, to as never), want));

test('strategic patch: a union says what it keeps', () => {
  const strategy = (value: object): { spec: object } => ({ spec: { strategy: value } });
  const from = strategy({ type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } });
  const to = strategy({ type: 'Recreate' });
  assert.deepEqual(
    createStrategicPatch(deployment, from, to),
    strategy({ type: 'Recreate', rollingUpdate: null, $retainKeys: ['type'] }),
  );
});

test('three-way strategic patch: what others added stays, what was applied and is no more goes', () => {
  const current = spec([{ name: 'a', image: '9', tty: true }, { name: 'b' }, { name: 'sidecar' }]);
  const patch = createThreeWayStrategicPatch(pod, spec(two), spec([two[0]!]), current);
  assert.deepEqual(applyStrategicPatch(pod, current, patch), {
    spec: { containers: [{ name: 'a', image: '1', tty: true, args: ['x'] }, { name: 'sidecar' }] },
  });
});

test('conflicts of strategic patches', () => {
  const image = (name: string, value: string): { spec: object } => spec([{ name, image: value }]);
  assert.equal(strategicConflict(pod, image('a', '1'), image('a', '1')), false);
  assert.equal(strategicConflict(pod, image('a', '1'), image('b', '2')), false);
  assert.equal(strategicConflict(pod, image('a', '1'), image('a', '2')), true);
  assert.equal(strategicConflict(pod, { spec: null }, image('a', '2')), true);
});
