/** Some of what `fuzz/run.ts` does in full, from a fixed seed; and that a bug would be found. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allTargets, Finding, fuzz } from './fuzz.ts';

const inputs = 3000;

for (const target of allTargets)
  test(`fuzz: ${target.name}`, () => {
    assert.equal(fuzz(target, 36, inputs).inputs, inputs);
  });

test('a decoder that throws what it must not is found, with its input', () => {
  const broken = {
    name: 'broken',
    seeds: [Buffer.from('{"a":1}')],
    read: (input: Uint8Array) => void JSON.parse(Buffer.from(input).toString()),
  };
  assert.throws(() => fuzz(broken, 1, 100), Finding);
});
