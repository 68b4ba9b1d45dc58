import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '@coxswain/api/types/core-v1';
import { VirtualClock } from '@coxswain/base';
import fc from 'fast-check';
import { fits, rejected, type SchedulerPlugin } from '../framework/plugin.ts';
import { schedulingGates } from '../plugins/scheduling-gates.ts';
import { node, pod } from '../testing/objects.ts';
import { Heap } from './heap.ts';
import { SchedulingQueue } from './scheduling-queue.ts';

const profileOf = (...plugins: readonly SchedulerPlugin[]) => [
  { schedulerName: 'default-scheduler', plugins },
];

/** Wakes pods of its name only, when a node comes. */
const picky: SchedulerPlugin = {
  name: 'Picky',
  wakeOn: [
    {
      event: 'node/add',
      cures: ({ metadata }, event) =>
        event.type === 'node/add' && event.node.metadata.name === metadata.name,
    },
    { event: 'pod/updated' },
  ],
};
const sober: SchedulerPlugin = { name: 'Sober', wakeOn: [{ event: 'pod/deleted' }] };
const byPicky = new Set(['Picky']);
const noPlugin = new Set<string>();
const uid = (name: string): string => `uid-${name}`;

function setUp() {
  const clock = new VirtualClock(0);
  let wakes = 0;
  const queue = new SchedulingQueue(
    clock,
    profileOf(schedulingGates, picky, sober),
    () => void wakes++,
  );
  const advance = (ms: number): void => {
    const untilMs = clock.now() + ms;
    while (clock.step(untilMs));
  };
  const popAll = (): readonly string[] => {
    const names: string[] = [];
    for (let next; (next = queue.pop());) names.push(next.pod.metadata.name);
    return names;
  };
  /** Tries the next pod; nobody takes it. */
  const fail = (plugins: ReadonlySet<string> = byPicky): void =>
    queue.failed(queue.pop()!, plugins);
  return { clock, queue, advance, popAll, fail, wakes: () => wakes };
}

const prior = (name: string, priority: number): Pod => pod(name, { priority });

test('higher priority first, then the older', () => {
  const { queue, advance, popAll } = setUp();
  queue.set(prior('low', -1));
  queue.set(pod('first'));
  advance(1);
  queue.set(pod('second'));
  queue.set(prior('high', 1000));
  assert.deepEqual(popAll(), ['high', 'first', 'second', 'low']);
});

test('a pod that failed stays away until an event cures it, and goes behind those that came before', () => {
  const { queue, advance, popAll, fail, wakes } = setUp();
  queue.set(pod('a'));
  fail();
  queue.moveFor({ type: 'pod/deleted', pod: pod('x') }); // nobody it waits for listens
  queue.moveFor({ type: 'node/add', node: node('other') });
  assert.deepEqual([popAll(), queue.sizes.unschedulable], [[], 1]);
  advance(30_000);
  const before = wakes();
  queue.moveFor({ type: 'node/add', node: node('a') });
  assert.deepEqual([wakes() - before, popAll()], [1, ['a']]);
});

test('with nothing else to do, a pod is tried before its back-off ends', () => {
  const { queue, popAll, fail } = setUp();
  queue.set(pod('a'));
  fail();
  queue.moveFor({ type: 'node/add', node: node('a') });
  assert.equal(queue.sizes.backoff, 1);
  assert.deepEqual(popAll(), ['a']);
});

test('active pods come before those that back off', () => {
  const { queue, popAll, fail } = setUp();
  queue.set(prior('a', 1000));
  fail();
  queue.moveFor({ type: 'node/add', node: node('a') });
  queue.set(pod('b'));
  assert.deepEqual(popAll(), ['b', 'a']);
});

test('an error is waited out: 1 s, doubled, at most 10 s, ending with whole seconds', () => {
  const { clock, queue, advance, fail } = setUp();
  queue.set(pod('a'));
  advance(300);
  const waits: number[] = [];
  for (let error = 0; error < 6; error++) {
    const fromMs = clock.now();
    fail(noPlugin);
    assert.equal(queue.pop(), undefined, 'an error is never tried early');
    while (queue.sizes.active === 0) advance(100);
    waits.push(clock.now() - fromMs);
  }
  assert.deepEqual(waits, [1700, 3000, 5000, 9000, 11_000, 11_000]);
});

test('a rejection ends the row of errors', () => {
  const { clock, queue, advance, fail } = setUp();
  queue.set(pod('a'));
  for (let error = 0; error < 4; error++) {
    fail(noPlugin);
    advance(11_000);
  }
  fail(); // Picky
  queue.moveFor({ type: 'node/add', node: node('a') });
  fail(noPlugin);
  const fromMs = clock.now();
  while (queue.sizes.active === 0) advance(100);
  assert.equal(clock.now() - fromMs, 2000);
});

test('what nothing woke for five minutes is tried again', () => {
  const { queue, advance, popAll, fail } = setUp();
  queue.set(pod('a'));
  fail();
  advance(60_000);
  queue.set(pod('b'));
  fail();
  advance(239_999);
  assert.deepEqual(popAll(), []);
  advance(1);
  assert.deepEqual(popAll(), ['a']);
  advance(60_000);
  assert.deepEqual(popAll(), ['b']);
});

test('a gated pod waits for its gates, whatever happens', () => {
  const { queue, advance, popAll } = setUp();
  queue.set(pod('a', { schedulingGates: [{ name: 'x' }, { name: 'y' }] }));
  queue.moveFor({ type: 'node/add', node: node('a') });
  queue.set(pod('a', { schedulingGates: [{ name: 'y' }] }));
  advance(600_000);
  assert.deepEqual([popAll(), queue.sizes.gated], [[], 1]);
  queue.set(pod('a'));
  assert.deepEqual(popAll(), ['a']);
});

test('a waiting pod that changes is tried as it is now', () => {
  const { queue } = setUp();
  queue.set(pod('a'));
  queue.set(pod('a', { priority: 7 }));
  assert.equal(queue.pop()!.pod.spec.priority, 7);
});

test('a change of an unschedulable pod wakes it, when its plugin thinks it may help', () => {
  const { queue, popAll, fail } = setUp();
  queue.set(pod('a'));
  fail();
  queue.set(pod('a', { priority: 1 }));
  assert.deepEqual(popAll(), ['a']);
  queue.set(pod('b'));
  fail(new Set(['Sober']));
  queue.set(pod('b', { priority: 1 }));
  assert.deepEqual(popAll(), []);
});

test('a pod that changes while it is tried keeps the change', () => {
  const { queue, advance } = setUp();
  queue.set(pod('a'));
  const trying = queue.pop()!;
  queue.set(pod('a', { priority: 7 }));
  assert.equal(queue.pop(), undefined);
  queue.failed(trying, noPlugin);
  advance(2000);
  assert.equal(queue.pop()!.pod.spec.priority, 7);
});

test('what happens while a pod is tried is not missed', () => {
  const { queue, popAll } = setUp();
  for (const name of ['a', 'b']) queue.set(pod(name));
  const [a, b] = [queue.pop()!, queue.pop()!];
  queue.moveFor({ type: 'node/add', node: node('b') });
  queue.failed(b, byPicky);
  queue.failed(a, byPicky);
  assert.deepEqual(popAll(), ['b']);
});

test('while its victims are told to leave, nothing wakes a pod; then what did, or an error', async () => {
  for (const [name, ends, want] of [
    ['a', 'resolve', []],
    ['b', 'resolve', ['b']],
    ['a', 'reject', ['a']],
  ] as const) {
    const { queue, popAll, fail } = setUp();
    const told = Promise.withResolvers<void>();
    queue.set(pod(name));
    fail();
    queue.hold(uid(name), told.promise);
    queue.moveFor({ type: 'node/add', node: node('b') });
    assert.deepEqual(popAll(), []);
    told[ends]();
    await told.promise.catch(() => {});
    await Promise.resolve();
    assert.deepEqual(popAll(), want);
  }
});

test('a pod that goes leaves from wherever it is, and may come again', () => {
  const { queue, advance, popAll, fail } = setUp();
  queue.set(pod('active'));
  queue.remove(uid('active'));
  queue.set(pod('stuck'));
  fail();
  queue.remove(uid('stuck'));
  queue.set(pod('late'));
  fail(noPlugin);
  queue.remove(uid('late'));
  queue.set(pod('trying'));
  const trying = queue.pop()!;
  queue.remove(uid('trying'));
  queue.failed(trying, byPicky);
  queue.moveFor({ type: 'node/add', node: node('stuck') });
  advance(600_000);
  assert.deepEqual(popAll(), []);
  assert.deepEqual(queue.sizes, { active: 0, backoff: 0, unschedulable: 0, gated: 0, trying: 0 });
  queue.set(pod('stuck'));
  assert.deepEqual(popAll(), ['stuck']);
});

test('any plugin may keep a pod out', () => {
  const closed: SchedulerPlugin = {
    name: 'Closed',
    wakeOn: [],
    admit: ({ spec }) => (spec.priority ? fits : rejected('closed', false)),
  };
  const queue = new SchedulingQueue(new VirtualClock(0), profileOf(closed), () => {});
  queue.set(pod('a'));
  assert.equal(queue.pop(), undefined);
  queue.set(prior('a', 1));
  assert.equal(queue.pop()?.pod.metadata.name, 'a');
});

test('an event lets a pod in that a plugin kept out, once for each event', () => {
  let isOpen = false;
  let asked = 0;
  const door: SchedulerPlugin = {
    name: 'Door',
    wakeOn: [{ event: 'node/add' }],
    admit: () => {
      asked++;
      return isOpen ? fits : rejected('closed', false);
    },
  };
  const queue = new SchedulingQueue(new VirtualClock(0), profileOf(door), () => {});
  queue.set(pod('a'));
  queue.moveFor({ type: 'node/add', node: node('n') });
  assert.deepEqual([queue.pop(), asked], [undefined, 2]);
  isOpen = true;
  queue.moveFor({ type: 'pod/deleted', pod: pod('b') });
  assert.equal(queue.pop(), undefined);
  queue.moveFor({ type: 'node/add', node: node('n') });
  assert.equal(queue.pop()?.pod.metadata.name, 'a');
});

test('a heap gives back in order what it was given', () =>
  fc.assert(
    fc.property(fc.array(fc.integer()), (numbers) => {
      const heap = new Heap<number>((a, b) => a < b);
      for (const number of numbers) heap.push(number);
      assert.equal(heap.size, numbers.length);
      const out = numbers.map(() => heap.pop()!);
      assert.deepEqual(
        out,
        numbers.toSorted((a, b) => a - b),
      );
      assert.equal(heap.pop(), undefined);
    }),
  ));
