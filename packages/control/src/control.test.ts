import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError, ConfigMaps, Pods, Secrets } from '@coxswain/api';
import type { ConfigMap } from '@coxswain/api/types/core-v1';
import { virtualWorld } from '@coxswain/base';
import { createTestCluster } from '@coxswain/cluster/testing';
import type { Action, Controller, Observed, Plan } from './controller.ts';
import { KeyedQueue } from './keyed-queue.ts';
import { roleOf } from './role.ts';

const namespace = 'default';
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A controller of ConfigMaps with this plan. */
const controller = (
  plan: (map: ConfigMap | undefined, observed: Observed, key: string) => Plan,
  more: Partial<Controller<ConfigMap>> = {},
): Controller<ConfigMap> => ({
  name: 'test',
  reconciles: ConfigMaps,
  watches: [
    {
      resource: Secrets,
      keys: (now) => (now ? [`${namespace}/${now.metadata.name.split('-')[0]}`] : []),
    },
  ],
  writes: [{ resource: Secrets, verbs: ['create', 'delete'] }],
  plan,
  ...more,
});
const create = (name: string): Action => ({
  do: 'create',
  resource: Secrets,
  object: { metadata: { name, namespace } },
});

test('a key added while it is worked on is worked on again, never twice at once', async () => {
  const world = virtualWorld();
  const log: string[] = [];
  let release = (): void => {};
  const queue = new KeyedQueue(world, 'test', 2, async (key) => {
    log.push(`start ${key}`);
    await new Promise<void>((resolve) => (release = resolve));
    log.push(`end ${key}`);
    return { step: 'done' };
  });
  queue.add('a');
  await turn();
  queue.add('a');
  queue.add('a');
  assert.equal(world.work.outstanding, 1);
  release();
  await turn();
  release();
  await turn();
  assert.deepEqual(log, ['start a', 'end a', 'start a', 'end a']);
  assert.equal(world.work.outstanding, 0);
});

for (const [jumpMs, wishesMs, dueMs] of [
  [0, [100, 50], 50],
  [0, [50, 100], 50],
  [600_000, [100, 50], 50], // to whom the first seems to be the sooner
  [600_000, [50, 100], 50],
  [-600_000, [50, 100], 50], // to whom the first seems to be the later
  [-600_000, [100, 50], 50],
] as const)
  test(`of times ${wishesMs.join(' and ')} ms from now the sooner counts, a jump of ${jumpMs} ms between them`, async () => {
    const world = virtualWorld();
    const { clock } = world;
    const startMs = clock.now();
    let shiftMs = 0;
    const jumping: typeof clock = Object.create(clock, {
      now: { value: () => clock.now() + shiftMs },
      after: { value: clock.after.bind(clock) },
    });
    const at: number[] = [];
    const queue = new KeyedQueue({ ...world, clock: jumping }, 'test', 1, async () => {
      at.push(clock.now() - startMs);
      return { step: 'done' };
    });
    queue.addAfter('a', wishesMs[0]);
    shiftMs = jumpMs;
    queue.addAfter('a', wishesMs[1]);
    while (clock.step(startMs + 1000)) await turn();
    assert.deepEqual(at, [dueMs]);
  });

test('a failing key backs off from 5 ms, doubling, up to 1000 s', async () => {
  const world = virtualWorld();
  const at: number[] = [];
  const startMs = world.clock.now();
  const queue = new KeyedQueue(world, 'test', 1, () => {
    at.push(world.clock.now() - startMs);
    return Promise.resolve({ step: 'retry' });
  });
  queue.add('a');
  for (let times = 0; times < 25; times++) {
    await turn();
    world.clock.step(Infinity);
  }
  const waits = at.slice(1).map((ms, index) => ms - at[index]!);
  assert.deepEqual([waits.slice(0, 4), Math.max(...waits)], [[5, 10, 20, 40], 1_000_000]);
});

test('a key is planned again only when its own writes are seen', async () => {
  const plans: number[] = [];
  const unit = controller((map, observed) => {
    const present = observed.all(Secrets, namespace).length;
    if (map) plans.push(present);
    return { actions: map && present < 3 ? [create(`a-${present}`)] : [] };
  });
  await using cluster = await createTestCluster({ controllers: [unit] });
  await cluster.client.create(
    ConfigMaps,
    { metadata: { name: 'a', namespace } },
    { signal: cluster.signal },
  );
  await cluster.settle();
  assert.deepEqual([...new Set(plans)], [0, 1, 2, 3]);
  assert.deepEqual(
    cluster.actions,
    ['a-0', 'a-1', 'a-2'].map((name) => `test ${namespace}/a: create secrets ${namespace}/${name}`),
  );
});

test('undeclared reads and writes are refused', async () => {
  const errors: string[] = [];
  const reading = controller((_map, observed) => ({ actions: observed.all(Pods) as never }));
  const writing = controller(() => ({
    actions: [{ do: 'create', resource: Pods, object: { metadata: { name: 'p', namespace } } }],
  }));
  for (const unit of [reading, writing]) {
    await using cluster = await createTestCluster();
    Object.assign(cluster.world.log, {
      error: (_message: string, error: Error) => errors.push(error.message),
    });
    cluster.start(unit);
    await cluster.client.create(
      ConfigMaps,
      { metadata: { name: 'a', namespace } },
      { signal: cluster.signal },
    );
    await cluster.settle();
  }
  assert.deepEqual(
    new Set(errors),
    new Set([
      'test does not declare that it reads pods',
      'test does not declare that it may create pods',
    ]),
  );
});

test('what the server calls invalid is told to the plan at once, and then tried ever more seldom', async () => {
  const failures: (string | undefined)[] = [];
  const unit = controller((map, { failure }) => {
    if (!map) return { actions: [] };
    failures.push((failure as ApiError | undefined)?.reason);
    return { actions: [create('Not A Name')] };
  });
  await using cluster = await createTestCluster({ controllers: [unit] });
  await cluster.client.create(
    ConfigMaps,
    { metadata: { name: 'a', namespace } },
    { signal: cluster.signal },
  );
  await cluster.advance('1h');
  assert.deepEqual(new Set(failures.slice(1)), new Set(['Invalid']), 'some rules know the time');
  assert.ok(
    failures.length > 10 && failures.length < 40,
    `tried ${failures.length} times in an hour`,
  );
});

test('a mark counts since it was first asked for without a break', async () => {
  const seen: (number | string)[] = [];
  let startMs = 0;
  const unit = controller((map, observed) => {
    const mark = map?.data?.['mark'];
    if (mark) seen.push(mark, observed.since(mark) - startMs);
    return { actions: [] };
  });
  await using cluster = await createTestCluster({ controllers: [unit] });
  const { client, signal } = cluster;
  startMs = cluster.world.clock.now();
  let map = await client.create(ConfigMaps, { metadata: { name: 'a', namespace } }, { signal });
  for (const [mark, more] of [
    ['x', '1'],
    ['x', '2'],
    ['y', '3'],
    ['x', '4'],
  ] as const) {
    map = await client.update(ConfigMaps, { ...map, data: { mark, more } }, { signal });
    await cluster.advance('1s');
  }
  assert.deepEqual(seen, ['x', 0, 'x', 0, 'y', 2000, 'x', 3000]);
});

test('what is held back waits longer each time, and as at first after a long while', async () => {
  const doneMs: number[] = [];
  const rule = { firstMs: 1000, maxMs: 4000 };
  const unit = controller((map, observed) => {
    if (!map || map.data?.['isWell']) return { actions: [] };
    const waitMs = observed.holdBackMs('x', rule);
    if (waitMs === 0) doneMs.push(observed.nowMs);
    return { actions: [], requeueAfterMs: waitMs || 1 };
  });
  await using cluster = await createTestCluster({ controllers: [unit] });
  const { client, signal, world } = cluster;
  const metadata = { name: 'a', namespace };
  const startMs = world.clock.now();
  let map = await client.create(ConfigMaps, { metadata }, { signal });
  await cluster.advance('12s');
  map = await client.update(ConfigMaps, { ...map, data: { isWell: 'yes' } }, { signal });
  await cluster.advance('9s');
  await client.update(ConfigMaps, { ...map, data: {} }, { signal });
  await cluster.advance('1s');
  assert.deepEqual(
    doneMs.map((ms) => ms - startMs),
    [0, 1000, 3000, 7000, 11_000, 21_000, 22_000],
  );
});

test('the role follows from the declaration', () => {
  const unit = controller(() => ({ actions: [] }));
  const read = ['get', 'list', 'watch'];
  assert.deepEqual(roleOf(unit), [
    { apiGroups: [''], resources: ['configmaps'], verbs: read },
    { apiGroups: [''], resources: ['secrets'], verbs: read },
    { apiGroups: [''], resources: ['secrets'], verbs: ['create', 'delete'] },
    {
      apiGroups: ['', 'events.k8s.io'],
      resources: ['events'],
      verbs: ['create', 'patch', 'update'],
    },
  ]);
});

test('a queue is counted under its name', async () => {
  const world = virtualWorld();
  let isFirst = true;
  await using queue = new KeyedQueue(world, 'counted', 1, async () => {
    const step = isFirst ? 'retry' : 'done';
    isFirst = false;
    return { step };
  });
  queue.add('a');
  queue.add('b');
  assert.match(world.metrics.text(), /workqueue_depth\{name="counted"\} 2\n/);
  for (let turn = 0; turn < 10; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
    world.clock.step(world.clock.now() + 1000);
  }
  const text = world.metrics.text();
  for (const line of [
    'workqueue_adds_total{name="counted"} 3',
    'workqueue_retries_total{name="counted"} 1',
    'workqueue_depth{name="counted"} 0',
    'workqueue_work_duration_seconds_count{name="counted"} 3',
    'workqueue_queue_duration_seconds_bucket{name="counted",le="9.999999999999999e-06"} 3',
  ])
    assert.ok(text.includes(`${line}\n`), line);
});

test('when a state came is known without a plan for each, where its watch is timed', async () => {
  const seen: (number | undefined)[] = [];
  const timed = controller(
    (_, observed) => {
      const atMs = observed.seenMs(Secrets, 's', namespace);
      seen.push(atMs && observed.nowMs - atMs);
      return { actions: [], requeueAfterMs: 60_000 };
    },
    { watches: [{ resource: Secrets, timed: true, keys: () => [] }], writes: [] },
  );
  await using cluster = await createTestCluster({ controllers: [timed] });
  const { client, signal } = cluster;
  const at = { namespace, signal };
  await client.create(ConfigMaps, { metadata: { name: 'm', namespace } }, { signal });
  await cluster.settle();
  const own = seen.splice(0).length;
  assert.ok(own > 0);
  await cluster.advance('10s');
  await client.create(Secrets, { metadata: { name: 's', namespace } }, { signal });
  await cluster.advance('50s');
  await client.patch(Secrets, 's', 'merge', { data: { a: 'Yg==' } }, at);
  await cluster.advance('60s');
  await client.remove(Secrets, 's', at);
  await cluster.advance('60s');
  assert.deepEqual([...new Set(seen)], [50_000, 60_000, undefined]);
});
