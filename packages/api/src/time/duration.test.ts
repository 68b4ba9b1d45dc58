import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ago, humanDuration } from './duration.ts';

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;
const year = 365 * day;
const cases: readonly (readonly [seconds: number, text: string])[] = [
  [-2, '<invalid>'],
  [-1.5, '0s'],
  [-0.5, '0s'],
  [0, '0s'],
  [1, '1s'],
  [70, '70s'],
  [119.9, '119s'],
  [2 * minute, '2m'],
  [3 * minute + 1, '3m1s'],
  [10 * minute + 1, '10m'],
  [3 * hour - 1, '179m'],
  [3 * hour, '3h'],
  [5 * hour + 10 * minute, '5h10m'],
  [8 * hour + 10 * minute, '8h'],
  [47 * hour, '47h'],
  [2 * day, '2d'],
  [2 * day + 3 * hour, '2d3h'],
  [8 * day + 3 * hour, '8d'],
  [2 * year - 1, '729d'],
  [2 * year, '2y'],
  [2 * year + 3 * day, '2y3d'],
  [8 * year + 3 * day, '8y'],
];
for (const [seconds, text] of cases)
  test(`${seconds} s is ${text}`, () => assert.equal(humanDuration(seconds * 1000), text));

test('a time that is not there', () => assert.equal(ago(undefined, 0), '<unknown>'));
