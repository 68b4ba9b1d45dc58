import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VirtualClock, virtualWorld } from '@coxswain/base';
import { deadline } from './deadline.ts';
import type { Request } from './station.ts';

const request = { body: { from: 'bytes' } } as unknown as Request;

test("a request ends in the machine's time, however far the cluster's moves meanwhile", async () => {
  const world = { ...virtualWorld(), network: new VirtualClock(0) };
  const { promise: answer, resolve } = Promise.withResolvers<never>();
  const passed = deadline(world, 1_000).pass(request, () => answer);
  world.clock.step(world.clock.now() + 3_600_000);
  resolve('answered' as never);
  assert.equal(await passed, 'answered');
  const late = deadline(world, 1_000).pass(request, () => new Promise<never>(() => {}));
  const refused = assert.rejects(Promise.resolve(late), { code: 504, reason: 'Timeout' });
  world.network.step(1_000);
  await refused;
});
