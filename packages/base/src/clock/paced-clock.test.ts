import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countedWork } from '../work/work.ts';
import { PacedClock } from './paced-clock.ts';
import { comeToRest } from './rest.ts';

const work = countedWork();
const open = (): PacedClock => new PacedClock(1_000, (virtual) => comeToRest(virtual, work));
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

test('a paced clock goes as fast as it is told, through every instant on the way', async () => {
  using clock = open();
  const fired: number[] = [];
  const tick = async (): Promise<void> => {
    for (;;) {
      await clock.sleep(1_000);
      fired.push(clock.now());
    }
  };
  clock.setPace(100);
  void tick();
  await wait(100);
  const seen = [...fired];
  assert.ok(seen.length >= 5, `${seen.length} ticks in a tenth of a second at pace 100`);
  assert.deepEqual(
    seen.slice(1).map((ms, at) => ms - seen[at]!),
    seen.slice(1).map(() => 1_000),
  );
});

test('frozen it stands, moved on it goes through what is due, and then stands again', async () => {
  using clock = open();
  clock.setPace(0);
  const startMs = clock.now();
  const fired: number[] = [];
  clock.after(60_000, () => fired.push(clock.now() - startMs));
  clock.after(50, () => fired.push(clock.now() - startMs));
  await wait(100);
  assert.deepEqual([fired, clock.now()], [[], startMs]);
  await Promise.all([clock.advance(30_000), clock.advance(30_000)]);
  assert.deepEqual(fired, [50, 60_000]);
  assert.equal(clock.now(), startMs + 60_000);
  await wait(20);
  assert.equal(clock.now(), startMs + 60_000);
});

test('after a leap it goes on from there, at its pace', async () => {
  using clock = open();
  await clock.advance(3_600_000);
  const from = clock.now();
  assert.ok(from >= 3_601_000);
  let fired = false;
  clock.after(20, () => (fired = true));
  await wait(100);
  assert.ok(fired);
  assert.ok(clock.now() - from >= 20 && clock.now() - from < 10_000);
});
