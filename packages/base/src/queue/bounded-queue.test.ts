import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BoundedQueue, QueueClosed } from './bounded-queue.ts';

test('keeps order, drains in batches, and refuses an offer past its bound', async () => {
  const queue = new BoundedQueue<number>(3);
  assert.deepEqual(
    [1, 2, 3, 4].map((n) => queue.offer(n)),
    [true, true, true, false],
  );
  assert.deepEqual(await queue.drain(2), [1, 2]);
  assert.deepEqual(await queue.drain(10), [3]);
  assert.equal(queue.size, 0);
});

test('put waits for room and drain waits for items', async () => {
  const queue = new BoundedQueue<number>(1);
  const drained = queue.drain(10);
  await queue.put(1);
  assert.deepEqual(await drained, [1]);
  await queue.put(2);
  let added = false;
  const third = queue.put(3).then(() => (added = true));
  await Promise.resolve();
  assert.equal(added, false);
  assert.deepEqual(await queue.drain(10), [2]);
  await third;
  assert.deepEqual(await queue.drain(10), [3]);
});

test('after close puts are refused and what is left is drained', async () => {
  const queue = new BoundedQueue<number>(1);
  queue.offer(1);
  const waiting = assert.rejects(queue.put(2), QueueClosed);
  queue.close();
  await waiting;
  assert.throws(() => queue.offer(3), QueueClosed);
  assert.deepEqual(await queue.drain(10), [1]);
  assert.equal(await queue.drain(10), undefined);
});

test('an abort ends a wait and takes nothing with it', async () => {
  const queue = new BoundedQueue<number>(1);
  const abort = new AbortController();
  const waiting = queue.drain(1, abort.signal);
  abort.abort(new Error('enough'));
  await assert.rejects(waiting, { message: 'enough' });
  queue.offer(1);
  await assert.rejects(queue.put(2, abort.signal), { message: 'enough' });
  assert.deepEqual(await queue.drain(5), [1]);
});
