import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDuration } from './time.ts';

for (const [text, want] of [
  ['1h30m5.5s', 5_405_500_000_000n],
  ['-1.5ms', -1_500_000n],
  ['0', 0n],
] as const)
  test(`duration: ${text}`, () => assert.equal(parseDuration(text).nanos, want));

for (const [text, want] of [
  ['1constructor', 'time: unknown unit "constructor" in duration "1constructor"'],
  ['5', 'time: missing unit in duration "5"'],
  ['x', 'time: invalid duration "x"'],
] as const)
  test(`no duration: ${text}`, () => assert.throws(() => parseDuration(text), { message: want }));
