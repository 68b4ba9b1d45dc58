import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event } from '@coxswain/api/types/core-v1';
import { createCorrelator } from './correlator.ts';

const event = (message: string): Event => ({
  metadata: { name: 'e', namespace: 'default' },
  involvedObject: { kind: 'Pod', name: 'p', uid: 'u' },
  source: { component: 'test' },
  reason: 'Failed',
  message,
  type: 'Warning',
  count: 1,
});

test('the same event raises the count of the one that was written', () => {
  const correlator = createCorrelator(() => 0);
  const first = correlator.correlate(event('a'), () => 'c');
  assert.ok(first.do === 'create');
  correlator.wrote(first.key, first.event);
  const second = correlator.correlate(event('a'), () => 'c');
  assert.ok(second.do === 'count');
  assert.deepEqual(second.patch, { count: 2, lastTimestamp: undefined, message: 'a' });
});

test('the tenth similar event is combined', () => {
  const correlator = createCorrelator(() => 0);
  const messages = Array.from({ length: 10 }, (_, at) => {
    const end = correlator.correlate(event(`m${at}`), () => 'combined');
    return end.do === 'create' ? end.event.message : end.do;
  });
  assert.deepEqual(messages.slice(8), ['m8', '(combined from similar events): m9']);
});

test('a flood is dropped, and one more passes every five minutes', () => {
  let now = 0;
  const correlator = createCorrelator(() => now);
  const next = (): string => correlator.correlate(event('a'), () => 'c').do;
  assert.deepEqual(new Set(Array.from({ length: 25 }, next)), new Set(['create']));
  assert.equal(next(), 'drop');
  now += 300_000;
  assert.deepEqual([next(), next()], ['create', 'drop']);
});
