import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ttlSeconds } from './ttl.ts';

for (const [count, standing, want] of [
  [1, undefined, 0],
  [100, undefined, 0],
  [101, 0, 15],
  [95, 15, 15],
  [89, 15, 0],
  [5000, 60, 300],
] as const)
  test(`ttl: ${count} nodes, ${standing ?? 'nothing'} standing`, () =>
    assert.equal(ttlSeconds(count, standing), want));
