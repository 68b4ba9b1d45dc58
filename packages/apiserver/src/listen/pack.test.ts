import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chunks, lentChunks } from './pack.ts';

const kib = 1024;
const piecesOf = (sizes: readonly number[]): readonly Uint8Array[] =>
  sizes.map((size, at) => Buffer.alloc(size, at % 251));

const cases: readonly (readonly [what: string, sizes: readonly number[]])[] = [
  ['nothing', []],
  ['one short piece', [10]],
  ['a few short pieces', [1, 2, 3]],
  ['many pieces', Array.from({ length: 900 }, (_, at) => 1000 + at)],
  ['one long piece among short ones', [10, 700 * kib, 10, 20]],
  ['pieces that end chunks far over their size', [200 * kib, 200 * kib, 5, 255 * kib, 300 * kib]],
  ['chunks that end with the last piece', [128 * kib, 128 * kib, 128 * kib, 128 * kib]],
];

for (const [what, sizes] of cases)
  test(`chunks hold all pieces in order, lent or not: ${what}`, () => {
    const pieces = piecesOf(sizes);
    const whole = Buffer.concat(pieces);
    assert.deepEqual(Buffer.concat([...chunks(pieces)]), whole);
    // As a writer does: a chunk is done with when the next but one is asked for.
    const written: Buffer[] = [];
    let last: Buffer | undefined;
    for (const chunk of lentChunks(pieces)) {
      if (last) written.push(Buffer.from(last));
      last = chunk;
    }
    if (last) written.push(Buffer.from(last));
    assert.deepEqual(Buffer.concat(written), whole);
  });

test('a long answer takes the memory of two chunks', () => {
  const pieces = piecesOf(Array.from({ length: 5000 }, () => 2 * kib));
  const memory = new Set<ArrayBufferLike>();
  for (const { buffer } of lentChunks(pieces)) memory.add(buffer);
  assert.equal(memory.size, 2);
});
