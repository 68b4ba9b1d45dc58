import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Cached } from './cached.ts';
import { Packing } from './packing.ts';

const encoder = new TextEncoder();
const podOf = (name: string, note: string): Cached => {
  const metadata = { name, labels: { app: 'web' }, annotations: { note: note.repeat(600) } };
  const text = JSON.stringify({ kind: 'Pod', apiVersion: 'v1', metadata });
  return new Cached(`/registry/pods/default/${name}`, 1, encoder.encode(text));
};

test('the older objects of a sort are packed beside one of them, and say what they said', () => {
  const pods = Array.from({ length: 20 }, (_, i) => podOf(`web-${i % 2 ? 'a' : 'b'}-${i}`, 'n'));
  const texts = pods.map(({ bytes }) => bytes.slice());
  const replaced = pods[4];
  const packing = new Packing((cached) => cached !== replaced, 5.5 * pods[0]!.size);
  for (const pod of pods) packing.add(pod);
  assert.deepEqual(
    pods.map(({ bytes }) => bytes),
    texts,
  );
  const plain = pods.flatMap((pod, at) => (!pod.isPacked ? [at] : []));
  assert.deepEqual(
    plain,
    [0, 1, 4, 15, 16, 17, 18, 19],
    'one of each sort, the replaced, the newest',
  );
});

test('what is not like the others of its sort stays as it is, and the next are packed beside it', () => {
  const pods = ['a', 'b', 'b', 'b'].map((note, i) => podOf(`web-${i}`, note));
  const packing = new Packing(() => true, 0);
  for (const pod of pods) packing.add(pod);
  assert.deepEqual(
    pods.map(({ isPacked }) => isPacked),
    [false, false, true, true],
  );
  assert.deepEqual(
    pods.map(({ bytes }) => new TextDecoder().decode(bytes).includes('b'.repeat(600))),
    [false, true, true, true],
  );
});

test('what was replaced is not held until newer ones push it out', () => {
  let newest: Cached | undefined;
  const packing = new Packing((cached) => cached === newest);
  for (let i = 0; i < 5000; i++) {
    newest = podOf('web-a', 'n');
    packing.add(newest);
    assert.ok(packing.held <= 256, `${packing.held}`);
  }
});

test('through any life, what is packed or plain says what was written', () => {
  const names = fc.constantFrom('web-a', 'web-b', 'db-0', 'db-1', 'alone');
  const texts = fc.constantFrom('', 'ä', '"', '\\', '🙂'.repeat(90), 'n'.repeat(600));
  const step = fc.record({
    name: names,
    note: texts,
    at: fc.nat(99),
    isGone: fc.nat(5).map((n) => n === 0),
  });
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 120 }),
      fc.constantFrom(0, 2000, 9000),
      (steps, bytesMax) => {
        const stands = new Map<string, Cached>();
        const all: (readonly [Cached, Uint8Array])[] = [];
        const packing = new Packing((cached) => stands.get(cached.key) === cached, bytesMax);
        for (const { name, note, at, isGone } of steps) {
          const cached = podOf(name, `${note}${at}`);
          all.push([cached, cached.bytes.slice()]);
          stands.set(cached.key, cached);
          packing.add(cached);
          if (isGone) stands.delete(cached.key);
        }
        for (const [cached, bytes] of all) {
          assert.deepEqual(cached.bytes, bytes);
          assert.equal(cached.size, bytes.length);
          assert.deepEqual(cached.asOf(9).bytes, bytes);
        }
      },
    ),
    { seed: 7 },
  );
});
