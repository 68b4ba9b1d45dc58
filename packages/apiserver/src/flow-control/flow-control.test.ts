import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PriorityLevelConfiguration } from '@coxswain/api/types/flowcontrol-v1';
import { flowControl } from '../bootstrap/index.ts';
import { hand } from './hand.ts';
import { type Patience, QueueSet, type Seat, type Ticket, waitedTooLong } from './queue-set.ts';
import { adjusted, allocate, limitsOf } from './shares.ts';
import { widest } from './width.ts';

const levels = flowControl
  .filter(({ object }) => object.kind === 'PriorityLevelConfiguration')
  .map(({ object }) => object as PriorityLevelConfiguration);

test("the seats of the bootstrap levels are upstream's with its default limits", () => {
  const limits = limitsOf(levels, 600);
  const shown = Object.fromEntries(
    levels.map(({ metadata }, at) => [metadata.name, Object.values(limits[at]!)]),
  );
  assert.deepEqual(shown, {
    exempt: [0, 0, 600],
    'catch-all': [13, 13, 613],
    system: [74, 50, 674],
    'node-high': [98, 73, 698],
    'leader-election': [25, 25, 625],
    'workload-high': [98, 49, 698],
    'workload-low': [245, 24, 845],
    'global-default': [49, 24, 649],
  });
});

test('seats are dealt out in proportion, within bounds, and sum up', () => {
  const claims = [
    { low: 10, high: 100, target: 10 },
    { low: 0, high: 20, target: 60 },
    { low: 5, high: 100, target: 30 },
  ];
  const dealt = allocate(90, claims).map((one) => Math.round(one * 100) / 100);
  assert.deepEqual(dealt, [17.5, 20, 52.5]);
  const busy = { limits: { nominal: 10, min: 5, max: 40 }, isExempt: false };
  const seats = adjusted([
    { ...busy, highWatermark: 30, smoothed: 30 },
    { ...busy, highWatermark: 0, smoothed: 0 },
  ]);
  assert.deepEqual(seats, [15, 5]);
});

test('a flow has the same few different queues always', () => {
  const mine = hand('global-default\0alice', 128, 6);
  assert.equal(new Set(mine).size, 6);
  assert.ok(mine.every((at) => at >= 0 && at < 128));
  assert.deepEqual(hand('global-default\0alice', 128, 6), mine);
  assert.notDeepEqual(hand('global-default\0bob', 128, 6), mine);
  assert.equal(widest(49, 6), 8);
});

const rules = { queues: 8, handSize: 2, lengthMax: 3 };
const ticket = (flow: string, seats = 1): Ticket => ({ schema: 's', flow, seats, arrivedMs: 0 });
const patient =
  (signal = new AbortController().signal) =>
  (): Patience => ({
    signal,
    timer: { [Symbol.dispose]() {} },
  });

test('a light flow goes before the queue of a heavy one; what does not fit is refused', async () => {
  const set = new QueueSet(rules, 1, 0);
  const first = ticket('heavy');
  const seat = set.enter(first, 0, patient()) as Seat;
  const order: string[] = [];
  const enter = (one: Ticket, name: string): unknown => {
    const given = set.enter(one, 1, patient());
    if (!(given instanceof Promise)) return given;
    void given.then(() => order.push(name));
    return 'waits';
  };
  const heavies = Array.from({ length: 7 }, (_, at) => enter(ticket('heavy'), `heavy ${at}`));
  assert.deepEqual(heavies, [...Array(6).fill('waits'), 'queue-full']);
  assert.equal(enter(ticket('light'), 'light'), 'waits');
  set.end(first, seat, 100);
  await Promise.resolve();
  assert.deepEqual([set.executing, set.waiting, set.seatsInUse], [1, 6, 1]);
  set.setLimit(3, 100);
  await new Promise((resolve) => setImmediate(resolve));
  assert.ok(order.includes('light'), `light is among the first three: ${order.join(', ')}`);
});

test('a wait ends when it is too long, and the place is free again', async () => {
  const set = new QueueSet(rules, 1, 0);
  const first = ticket('a');
  const seat = set.enter(first, 0, patient()) as Seat;
  const end = new AbortController();
  const waits = set.enter(ticket('a'), 0, patient(end.signal));
  end.abort(waitedTooLong);
  assert.equal(await waits, 'time-out');
  assert.equal(set.waiting, 0);
  set.end(first, seat, 5);
  assert.deepEqual([set.executing, set.seatsInUse], [0, 0]);
});

test('without queues what is too much is refused at once; a wide request gets through alone', () => {
  const set = new QueueSet(undefined, 2, 0);
  const wide = set.enter(ticket('a', 5), 0, patient());
  assert.equal(typeof wide, 'object');
  assert.equal(set.enter(ticket('b'), 0, patient()), 'concurrency-limit');
});
