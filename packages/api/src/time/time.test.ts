import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonicalTime, formatMicroTime, formatTime, parseTime } from './index.ts';

const canonical: readonly [given: string, form: 'time' | 'microTime', want: string | null][] = [
  ['2026-01-02T03:04:05Z', 'time', '2026-01-02T03:04:05Z'],
  ['2026-01-02T03:04:05.999Z', 'time', '2026-01-02T03:04:05Z'],
  ['2026-01-01T23:30:00-01:30', 'time', '2026-01-02T01:00:00Z'],
  ['2024-02-29T00:00:00Z', 'time', '2024-02-29T00:00:00Z'],
  ['0001-01-01T00:00:00Z', 'time', null],
  ['2026-01-02T03:04:05.123456Z', 'microTime', '2026-01-02T03:04:05.123456Z'],
  ['2026-01-02T03:04:05.000001+01:00', 'microTime', '2026-01-02T02:04:05.000001Z'],
];
for (const [given, form, want] of canonical)
  test(`${form}: ${given}`, () => assert.equal(canonicalTime(given, form), want));

const layout = 'as "2006-01-02T15:04:05Z07:00"';
const micro = 'as "2006-01-02T15:04:05.000000Z07:00"';
const wrong: readonly [given: string, form: 'time' | 'microTime', want: string][] = [
  ['', 'time', `parsing time "" ${layout}: cannot parse "" as "2006"`],
  ['2026-01-02', 'time', `parsing time "2026-01-02" ${layout}: cannot parse "" as "T"`],
  ['2026-13-02T03:04:05Z', 'time', 'parsing time "2026-13-02T03:04:05Z": month out of range'],
  ['2026-02-29T03:04:05Z', 'time', 'parsing time "2026-02-29T03:04:05Z": day out of range'],
  ['2026-01-02T24:04:05Z', 'time', 'parsing time "2026-01-02T24:04:05Z": hour out of range'],
  [
    '2026-01-02T03:04:05',
    'time',
    `parsing time "2026-01-02T03:04:05" ${layout}: cannot parse "" as "Z07:00"`,
  ],
  ['2026-01-02T03:04:05Zx', 'time', 'parsing time "2026-01-02T03:04:05Zx": extra text: "x"'],
  [
    '2026-01-02T03:04:05Z',
    'microTime',
    `parsing time "2026-01-02T03:04:05Z" ${micro}: cannot parse "Z" as ".000000"`,
  ],
];
for (const [given, form, want] of wrong)
  test(`no ${form}: ${given}`, () =>
    assert.throws(() => canonicalTime(given, form), { message: want }));

test('to and from milliseconds', () => {
  const ms = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
  assert.equal(formatTime(ms), '2026-01-02T03:04:05Z');
  assert.equal(formatMicroTime(ms), '2026-01-02T03:04:05.678000Z');
  assert.equal(parseTime(formatMicroTime(ms)), ms);
});
