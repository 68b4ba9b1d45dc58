import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32, gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { cutIntoRuns, type Run, runsOf } from '../rest/runs.ts';
import { Cached } from '../watch-cache/index.ts';
import { joinedCrc } from './crc.ts';
import { gzipped } from './gzip.ts';

const cachedOf = (key: string, text: string): Cached => new Cached(key, 1, Buffer.from(text));

test('the checksum of two texts follows from theirs', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 300 }), (a, b) => {
      assert.equal(joinedCrc(crc32(a), crc32(b), b.length), crc32(Buffer.concat([a, b])));
    }),
  );
});

test('a list by gzip is the list, whichever of its objects were in a list before', async () => {
  let items = Array.from({ length: 1000 }, (_, i) => cachedOf(`/p/${i}`, `{"n":${i}}`));
  for (let round = 0; round < 4; round++) {
    const pieces: Uint8Array[] = [Buffer.from('[')];
    const runs: Run[] = [];
    for (const members of cutIntoRuns(items)) {
      if (runs.length > 0) pieces.push(Buffer.from(','));
      const from = pieces.length;
      for (const [i, { bytes }] of members.entries())
        pieces.push(Buffer.from(i > 0 ? ',' : ''), bytes);
      runs.push({ members, from, to: pieces.length });
    }
    pieces.push(Buffer.from(']'));
    runsOf.set(pieces, runs);
    assert.ok(runs.length > 5);
    const text = gunzipSync(Buffer.concat(await gzipped(pieces))).toString();
    assert.equal(text, `[${items.map(({ bytes }) => Buffer.from(bytes).toString()).join(',')}]`);
    items = items
      .filter((_, i) => i % 97 !== round)
      .map((each, i) => (i % 131 === round ? cachedOf(each.key, `{"round":${round}}`) : each));
  }
});

test('cuts stay where they are when an item comes or goes', () => {
  const items = Array.from({ length: 2000 }, (_, i) =>
    cachedOf(`/p/pod-${(i * 7919) % 99991}`, ''),
  );
  const firsts = (list: readonly Cached[]): readonly string[] =>
    [...cutIntoRuns(list)].map(([first]) => first!.key);
  const all = firsts(items);
  const fewer = firsts(items.toSpliced(1000, 1));
  assert.ok(fewer.filter((key) => !all.includes(key)).length <= 1);
});
