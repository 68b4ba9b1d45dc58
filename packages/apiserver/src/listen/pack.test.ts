import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chunks } from './pack.ts';

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
  test(`chunks hold all pieces in order: ${what}`, () => {
    const pieces = piecesOf(sizes);
    assert.deepEqual(Buffer.concat([...chunks(pieces)]), Buffer.concat(pieces));
  });
