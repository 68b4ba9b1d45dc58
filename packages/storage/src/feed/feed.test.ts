import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Revision, Seen } from '../storage.ts';
import { bytes } from '../testing/fixture.ts';
import { type Event, Feed } from './feed.ts';

const eventAt = (revision: Revision, size = 1): Event => ({
  type: 'put',
  entry: { key: '/a', value: bytes('x'.repeat(size)), revision, created: 1 },
  before: undefined,
});

test('what no longer fits is read elsewhere, and the feed goes on from there without a seam', async () => {
  const all = Array.from({ length: 40 }, (_, i) => eventAt(i + 1, 2 ** 20));
  const asked: Revision[] = [];
  const feed = new Feed(0, 0, async (after) => {
    asked.push(after);
    return { events: all.slice(after, after + 3), upTo: Math.min(after + 3, 40) };
  });
  for (const event of all) feed.append(event.entry.revision, [event]);
  const seen: Seen[] = [];
  for await (const batch of feed.watch('/', 10, new AbortController().signal)) {
    seen.push(...batch);
    if (seen.length === 30) break;
  }
  assert.deepEqual(seen, all.slice(10));
  assert.deepEqual(asked, [10, 13, 16, 19, 22]); // 16 MiB are held: the newest 15
});

test('a watch that ended leaves nothing behind on its signal', async () => {
  const feed = new Feed(0, 0);
  const { signal } = new AbortController();
  let listening = 0;
  const add = signal.addEventListener.bind(signal);
  const drop = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => (listening++, add(...args));
  signal.removeEventListener = (...args: Parameters<typeof drop>) => (listening--, drop(...args));
  const watch = feed.watch('/', 0, signal);
  for (let revision = 1; revision <= 5; revision++) {
    const next = watch.next();
    feed.append(revision, [eventAt(revision)]);
    feed.wake();
    assert.equal(((await next).value as readonly Seen[]).length, 1);
  }
  assert.equal(listening, 0);
});
