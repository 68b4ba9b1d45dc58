import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SortedMap } from './sorted-map.ts';

type Op = readonly ['set', number] | readonly ['delete', number] | readonly ['snapshot'];

const op: fc.Arbitrary<Op> = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(fc.constant('set' as const), fc.nat(600)) },
  { weight: 6, arbitrary: fc.tuple(fc.constant('delete' as const), fc.nat(600)) },
  { weight: 1, arbitrary: fc.constant(['snapshot'] as const) },
);
const keyOf = (n: number): string => `/k/${(n * 7919) % 601}`;
const ordered = (model: ReadonlyMap<string, number>): readonly (readonly [string, number])[] =>
  [...model].toSorted(([a], [b]) => (a < b ? -1 : 1));

test('behaves as a sorted map, and so does every snapshot of it', () => {
  const property = fc.property(fc.array(op, { maxLength: 3000, size: 'max' }), (ops) => {
    const map = new SortedMap<number>();
    const model = new Map<string, number>();
    const snapshots: (readonly [SortedMap<number>, ReadonlyMap<string, number>])[] = [];
    for (const [index, [kind, n = 0]] of ops.entries()) {
      const key = keyOf(n);
      if (kind === 'snapshot') snapshots.push([map.snapshot(), new Map(model)]);
      else if (kind === 'set') {
        assert.equal(map.set(key, index), model.get(key));
        model.set(key, index);
      } else {
        assert.equal(map.delete(key), model.get(key));
        model.delete(key);
      }
    }
    for (const [seen, expected] of [...snapshots, [map, model] as const]) {
      assert.equal(seen.size, expected.size);
      assert.deepEqual([...seen.entries()], ordered(expected));
    }
  });
  fc.assert(property, { numRuns: 60 });
});

test('a snapshot may be written to without the original seeing it', () => {
  const map = new SortedMap<number>();
  for (let i = 0; i < 1000; i++) map.set(keyOf(i), i);
  const before = [...map.entries()];
  const copy = map.snapshot();
  for (let i = 0; i < 500; i++) copy.delete(keyOf(i));
  assert.deepEqual([...map.entries()], before);
  assert.equal(copy.size, map.size - 500);
});

test('get, has, rank and iteration from a key', () => {
  const map = new SortedMap<number>();
  const keys = Array.from({ length: 2000 }, (_, i) => `/pods/${String(i * 2).padStart(5, '0')}`);
  for (const key of keys.toReversed()) map.set(key, Number(key.slice(6)));
  assert.equal(map.get('/pods/00042'), 42);
  assert.equal(map.get('/pods/00043'), undefined);
  assert.equal(map.has('/pods/00042'), true);
  assert.equal(map.has('/pods/00043'), false);
  assert.deepEqual(
    ['', '/pods/00000', '/pods/00043', '/pods/03998', '/q'].map((key) => map.rank(key)),
    [0, 0, 22, 1999, 2000],
  );
  assert.deepEqual(map.entries('/pods/00043').next().value, ['/pods/00044', 44]);
  const seen: number[] = [];
  map.walk('/pods/02001', (_, value) => seen.push(value) < 3);
  assert.deepEqual(seen, [2002, 2004, 2006]);
});
