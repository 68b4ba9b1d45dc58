import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { test } from 'node:test';
import { VirtualClock, virtualWorld } from '@coxswain/base';
import { Keeper } from './keeper.ts';

test('a part that fails is told of until it runs again', async () => {
  const clock = new VirtualClock(0);
  const end = new AbortController();
  await using keeper = new Keeper({ ...virtualWorld(), clock }, end.signal);
  let starts = 0;
  keeper.keep('scheduler', async () => {
    if (starts++ === 0) throw new Error('no more memory');
    await new Promise<void>((resolve) => end.signal.addEventListener('abort', () => resolve()));
  });
  await setImmediate();
  await assert.rejects(keeper.check('scheduler'), { message: 'no more memory' });
  clock.step(60_000);
  await setImmediate();
  assert.deepEqual([starts, await keeper.check('scheduler')], [2, 'ok']);
  end.abort();
});
