import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backoffMs, createBackoff } from './backoff.ts';

const cases = [
  { name: 'doubles', rule: { firstMs: 5, maxMs: 1000 }, random: 0, waits: [5, 10, 20, 40] },
  {
    name: 'stops at the cap',
    rule: { firstMs: 400, maxMs: 1000 },
    random: 0,
    waits: [400, 800, 1000, 1000],
  },
  {
    name: 'grows by its factor',
    rule: { firstMs: 10, maxMs: 1e6, factor: 3 },
    random: 0,
    waits: [10, 30, 90, 270],
  },
  {
    name: 'adds jitter past the cap',
    rule: { firstMs: 100, maxMs: 150, jitter: 0.2 },
    random: 0.5,
    waits: [110, 165, 165, 165],
  },
] as const;

for (const { name, rule, random, waits } of cases)
  test(name, () => {
    const backoff = createBackoff(rule, () => random);
    assert.deepEqual(
      waits.map(() => backoff.next()),
      waits,
    );
    backoff.reset();
    assert.equal(backoff.next(), waits[0]);
  });

test('thousands of failures stay at the cap', () => {
  assert.equal(
    backoffMs({ firstMs: 1, maxMs: 60_000 }, 5000, () => 0),
    60_000,
  );
});
