import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSchedule } from './schedule.ts';
import { formatInZone } from './zone.ts';

const cases: readonly {
  readonly name: string;
  readonly schedule: string;
  readonly zone?: string;
  readonly after: string;
  readonly next: readonly string[];
}[] = [
  {
    name: 'every five minutes',
    schedule: '*/5 * * * *',
    after: '2026-01-01T00:03:20Z',
    next: ['2026-01-01T00:05:00Z', '2026-01-01T00:10:00Z'],
  },
  {
    name: 'names, lists and ranges',
    schedule: '30 9,17 * JAN-feb mon',
    after: '2026-01-01T00:00:00Z',
    next: ['2026-01-05T09:30:00Z', '2026-01-05T17:30:00Z', '2026-01-12T09:30:00Z'],
  },
  {
    name: 'a day of the month or of the week, when both are given',
    schedule: '0 0 13 * 5',
    after: '2026-01-01T00:00:00Z',
    next: ['2026-01-02T00:00:00Z', '2026-01-09T00:00:00Z', '2026-01-13T00:00:00Z'],
  },
  {
    name: 'a number with a step runs to the end',
    schedule: '50/5 * * * *',
    after: '2026-01-01T00:00:00Z',
    next: ['2026-01-01T00:50:00Z', '2026-01-01T00:55:00Z', '2026-01-01T01:50:00Z'],
  },
  {
    name: 'a leap day',
    schedule: '0 0 29 2 *',
    after: '2026-01-01T00:00:00Z',
    next: ['2028-02-29T00:00:00Z'],
  },
  { name: 'a day that never is', schedule: '0 0 30 2 *', after: '2026-01-01T00:00:00Z', next: [] },
  {
    name: 'a shorthand',
    schedule: '@weekly',
    after: '2026-01-01T00:00:00Z',
    next: ['2026-01-04T00:00:00Z'],
  },
  {
    name: 'a delay, at whole seconds',
    schedule: '@every 1m30s',
    after: '2026-01-01T00:00:00.500Z',
    next: ['2026-01-01T00:01:30Z', '2026-01-01T00:03:00Z'],
  },
  {
    name: 'in a zone',
    schedule: '30 8 * * *',
    zone: 'Asia/Kolkata',
    after: '2026-01-01T00:00:00Z',
    next: ['2026-01-01T03:00:00Z'],
  },
  {
    name: 'an hour that the clock skips is left out',
    schedule: '30 2 * * *',
    zone: 'Europe/Berlin',
    after: '2026-03-28T02:00:00Z',
    next: ['2026-03-30T00:30:00Z'],
  },
  {
    name: 'an hour that the clock repeats comes twice',
    schedule: '30 2 * * *',
    zone: 'Europe/Berlin',
    after: '2026-10-24T12:00:00Z',
    next: ['2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z', '2026-10-26T01:30:00Z'],
  },
];
for (const { name, schedule, zone, after, next } of cases)
  test(name, () => {
    const due = parseSchedule(schedule, zone);
    const found: string[] = [];
    let at = due(Date.parse(after));
    for (let more = Math.max(1, next.length); at !== undefined && more > 0; more--) {
      found.push(new Date(at).toISOString().replace('.000', ''));
      at = due(at);
    }
    assert.deepEqual(found, next);
  });

test('what is no schedule is refused', () => {
  assert.throws(() => parseSchedule('* * *', undefined), /expected exactly 5 fields, found 3/);
  assert.throws(() => parseSchedule('x * * * *', undefined), /failed to parse int from x/);
  assert.throws(() => parseSchedule('* * * * *', 'Mars/Olympus'));
});

test('instants carry the offset of their zone', () => {
  const at = Date.parse('2026-07-01T10:00:05Z');
  assert.deepEqual(
    ['Europe/Berlin', 'America/St_Johns', 'Etc/UTC'].map((zone) => formatInZone(at, zone)),
    ['2026-07-01T12:00:05+02:00', '2026-07-01T07:30:05-02:30', '2026-07-01T10:00:05Z'],
  );
});
