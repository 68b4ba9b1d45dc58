import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { RuntimeEvents } from './runtime-events.ts';

test('events come to who listens, who leaves nothing behind', async () => {
  const events = new RuntimeEvents();
  const end = new AbortController();
  const seen: string[] = [];
  const listening = (async (): Promise<void> => {
    for await (const event of events.subscribe(end.signal))
      seen.push(event.type === 'changed' ? event.id : event.type);
  })();
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  await turn();
  for (const id of ['a', 'b', 'c', 'd']) {
    events.publish(id);
    await turn();
    assert.equal(getEventListeners(end.signal, 'abort').length, 1);
  }
  end.abort();
  await listening;
  assert.deepEqual(seen, ['lost', 'a', 'b', 'c', 'd']);
  assert.equal(getEventListeners(end.signal, 'abort').length, 0);
});
