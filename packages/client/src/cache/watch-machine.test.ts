import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError, ConfigMaps, type WatchEvent } from '@coxswain/api';
import { virtualWorld } from '@coxswain/base';
import type { Client, WatchAt } from '../client.ts';
import { keyOf } from './cache.ts';
import { runWatch } from './watch-machine.ts';
import { WatchedCache } from './watched-cache.ts';

const event = (type: WatchEvent['type'], name: string, resourceVersion: string): WatchEvent => ({
  type,
  object: { metadata: { name, resourceVersion } },
});
const end = (resourceVersion: string): WatchEvent => ({
  type: 'BOOKMARK',
  object: {
    metadata: { name: '', resourceVersion, annotations: { 'k8s.io/initial-events-end': 'true' } },
  },
});
type Stream = readonly WatchEvent[] | ApiError;

/** Runs the machine over scripted streams, each ending or failing, and tells which revisions it asked from. */
async function run(
  streams: readonly Stream[],
  list?: { readonly items: readonly string[]; readonly resourceVersion: string },
): Promise<{
  readonly asked: readonly string[];
  readonly held: readonly string[];
  revision: string;
}> {
  const world = virtualWorld();
  const cache = new WatchedCache(ConfigMaps);
  const stop = new AbortController();
  const asked: string[] = [];
  const left = [...streams];
  const client = {
    async *watch(_resource: unknown, { resourceVersion }: WatchAt) {
      asked.push(resourceVersion ?? 'all');
      const stream = left.shift();
      if (!stream) return stop.abort();
      if (stream instanceof ApiError) throw stream;
      yield stream;
    },
    list: async () => {
      asked.push('list');
      const items = list!.items.map((name) => ({ metadata: { name, resourceVersion: '1' } }));
      return { items, resourceVersion: list!.resourceVersion };
    },
  } as unknown as Client;
  const running = runWatch(client, ConfigMaps, {}, cache, world, stop.signal);
  while (!stop.signal.aborted) {
    await new Promise((resolve) => setImmediate(resolve));
    if (world.clock.nextMs !== undefined) world.clock.step(world.clock.nextMs);
  }
  await running;
  return { asked, held: cache.all().map(keyOf), revision: cache.resourceVersion };
}

test('a broken stream goes on from the last revision', async () => {
  const streams = [
    [event('ADDED', 'a', '1'), end('3'), event('ADDED', 'b', '4')],
    [event('DELETED', 'a', '5')],
    new ApiError(500, 'InternalError', 'broken'),
  ];
  assert.deepEqual(await run(streams), {
    asked: ['all', '4', '5', '5'],
    held: ['b'],
    revision: '5',
  });
});

test('an expired revision starts anew, and what went meanwhile is gone', async () => {
  const streams = [
    [event('ADDED', 'a', '1'), event('ADDED', 'b', '2'), end('2')],
    new ApiError(410, 'Expired', 'too old'),
    [event('ADDED', 'b', '2'), end('9')],
  ];
  assert.deepEqual(await run(streams), {
    asked: ['all', '2', 'all', '9'],
    held: ['b'],
    revision: '9',
  });
});

const refusals = [
  {
    name: 'that knows no streamed lists',
    error: new ApiError(422, 'Invalid', 'sendInitialEvents'),
  },
  {
    name: 'whose etcd is too old for them',
    error: new ApiError(500, 'InternalError', 'RequestWatchProgress is disabled'),
  },
];
for (const { name, error } of refusals)
  test(`a server ${name} is listed`, async () => {
    const list = { items: ['a', 'b'], resourceVersion: '7' };
    assert.deepEqual(await run([error, [event('ADDED', 'c', '8')]], list), {
      asked: ['all', 'list', '7', '8'],
      held: ['a', 'b', 'c'],
      revision: '8',
    });
  });

test('half of an initial state is never shown', async () => {
  const streams = [[event('ADDED', 'a', '1')], [event('ADDED', 'b', '2'), end('2')]];
  assert.deepEqual(await run(streams), { asked: ['all', 'all', '2'], held: ['b'], revision: '2' });
});
