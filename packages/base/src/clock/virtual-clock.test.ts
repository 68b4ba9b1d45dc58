import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { countedWork } from '../work/work.ts';
import { advanceTo, comeToRest } from './rest.ts';
import { VirtualClock } from './virtual-clock.ts';

test('timers fire in the order of their time, then of their setting, without those that were cancelled', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(50), fc.boolean()), { maxLength: 200 }),
      fc.nat(60),
      (wanted, untilMs) => {
        const clock = new VirtualClock(0);
        const fired: number[] = [];
        const timers = wanted.map(([ms], at) => clock.after(ms, () => fired.push(at)));
        wanted.forEach(([, isCancelled], at) => {
          if (isCancelled) timers[at]![Symbol.dispose]();
        });
        while (clock.leap(untilMs));
        const expected = wanted
          .map(([ms, isCancelled], at) => ({ ms, isCancelled, at }))
          .filter(({ ms, isCancelled }) => !isCancelled && ms <= untilMs)
          .toSorted((a, b) => a.ms - b.ms || a.at - b.at);
        assert.deepEqual(
          fired,
          expected.map(({ at }) => at),
        );
        assert.equal(clock.now(), untilMs);
      },
    ),
  );
});

test('rest comes after all that follows from what is due, and time then stands where it was told to', async () => {
  const clock = new VirtualClock(0);
  const work = countedWork();
  const seen: string[] = [];
  const chain = async (): Promise<void> => {
    await clock.sleep(0);
    seen.push(`slept ${clock.now()}`);
    await work.track(new Promise((resolve) => setTimeout(resolve, 5)));
    seen.push(`worked ${clock.now()}`);
    await clock.sleep(1000);
    seen.push(`woke ${clock.now()}`);
  };
  void chain();
  const rest = (): Promise<void> => comeToRest(clock, work);
  await rest();
  assert.deepEqual(seen, ['slept 0', 'worked 0']);
  await advanceTo(clock, 1500, rest);
  assert.deepEqual(seen, ['slept 0', 'worked 0', 'woke 1000']);
  assert.equal(clock.now(), 1500);
});

test('work names whose it is', () => {
  const work = countedWork();
  const first = work.begin('deployment');
  work.begin('deployment');
  const scheduler = work.begin('scheduler');
  assert.equal(work.told(), 'deployment (2), scheduler (1)');
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  scheduler[Symbol.dispose]();
  assert.equal(work.told(), 'deployment (1)');
  assert.equal(work.outstanding, 1);
});
