import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { packed, unpacked } from './packed.ts';

const encoder = new TextEncoder();
const bytesOf = (value: unknown): Uint8Array => encoder.encode(JSON.stringify(value));

/** A thing like a pod: much that is the same, and something in it that is not. */
const pod = (name: string, ip: string, more: object = {}): object => ({
  metadata: { name, labels: { app: 'web' }, annotations: { note: 'n'.repeat(40) } },
  spec: { containers: Array.from({ length: 9 }, (_, i) => ({ name: `c${i}`, image: 'web:1' })) },
  status: { phase: 'Running', podIP: ip, podIPs: [{ ip }], ...more },
});

test('what is packed beside its like takes little, and comes back as it was', () => {
  const like = bytesOf(pod('a', '10.0.0.1'));
  for (const one of [
    pod('a', '10.0.0.1'),
    pod('a-longer-name', '10.0.122.133'),
    pod('b', '10.0.0.1', { reason: 'said "no"', startTime: '2026' }),
    pod('\\"', '{}', { nothing: null }),
  ]) {
    const bytes = bytesOf(one);
    const found = packed(bytes, like)!;
    assert.ok(found.steps.length < 120, `${found.steps.length} of ${bytes.length}`);
    assert.equal(found.length, bytes.length);
    assert.deepEqual(unpacked(found), bytes);
  }
});

test('what is too different is not packed', () => {
  const like = bytesOf(pod('a', '10.0.0.1'));
  assert.equal(packed(bytesOf({ data: 'x'.repeat(600) }), like), undefined);
  assert.equal(
    packed(bytesOf(pod('ü', '10.0.0.1')), like),
    undefined,
    'its own bytes have to be ASCII',
  );
  assert.equal(packed(bytesOf(pod('a'.repeat(2 ** 17), '')), like), undefined);
  assert.ok(
    packed(bytesOf(pod('ü', '10.0.0.2')), bytesOf(pod('ü', '10.0.0.1'))),
    'those of both need not be',
  );
});

test('what differs everywhere is not packed, and soon given up', () => {
  const differing = (own: string): Uint8Array =>
    bytesOf(Array(4000).fill(`${'same '.repeat(5)}${own}`));
  assert.equal(packed(differing('a'), differing('b')), undefined);
  assert.ok(packed(differing('a').subarray(0, 5000), differing('b')));
});

test('bytes changed at any place come back as they were', () => {
  const bits = [
    '"',
    '\\"',
    '\\',
    ':',
    ',',
    '{}',
    'ä',
    '한',
    '🙂',
    '\ud800',
    '-0',
    '1e400',
    'x'.repeat(90),
  ];
  const text = fc.array(fc.constantFrom(...bits), { minLength: 1, maxLength: 200 });
  const edits = fc.array(
    fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      out: fc.nat(40),
      put: fc.string({ maxLength: 9 }),
    }),
    { maxLength: 6 },
  );
  let count = 0;
  fc.assert(
    fc.property(text, edits, (parts, changes) => {
      const like = parts.join('').repeat(3);
      const made = changes.reduce((whole, { at, out, put }) => {
        const from = Math.floor(at * whole.length);
        return whole.slice(0, from) + put + whole.slice(from + out);
      }, like);
      const bytes = encoder.encode(made);
      const found = packed(bytes, encoder.encode(like));
      if (!found) return;
      count++;
      assert.deepEqual(unpacked(found), bytes);
    }),
    { seed: 7 },
  );
  assert.ok(count > 10, `${count}`);
});

test('whatever is packed comes back as it was', () => {
  const values = fc.oneof(fc.constantFrom('', '"', 'a'.repeat(70), 'ü'), fc.string(), fc.nat());
  const objects = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'long-name'), values);
  const lists = fc.array(fc.oneof(objects, fc.constant({ a: 'x'.repeat(99), b: 'y' })));
  let count = 0;
  fc.assert(
    fc.property(lists, lists, fc.nat(12), (one, other, same) => {
      const shared = Array.from({ length: same }, (_, i) => ({ i, text: 'same' }));
      const bytes = bytesOf([...shared, ...one, ...shared]);
      const found = packed(bytes, bytesOf([...shared, ...other, ...shared]));
      if (!found) return;
      count++;
      assert.deepEqual(unpacked(found), bytes);
    }),
  );
  assert.ok(count > 10);
});
