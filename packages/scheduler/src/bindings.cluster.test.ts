/** Pods that have a node and do not get there: bindings that fail or take a while, errors, pods that go. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError, Events, Nodes, Pods } from '@coxswain/api';
import type { Pod } from '@coxswain/api/types/core-v1';
import type { Client } from '@coxswain/client';
import { createTestCluster } from '@coxswain/cluster/testing';
import { rejected, type SchedulerPlugin } from './framework/plugin.ts';
import { defaultPlugins } from './plugins/index.ts';
import { runScheduler } from './run-scheduler.ts';
import { asking, node, pod } from './testing/objects.ts';
import { createVerdicts } from './why/verdicts.ts';

import { rig, withPlugins } from './testing/rig.ts';

test('a pod that is going is not placed', async () => {
  await using run = await rig();
  const { client, signal } = run.cluster;
  const stuck = pod('p');
  await run.add({ ...stuck, metadata: { ...stuck.metadata, finalizers: ['a.b/c'] } });
  await client.remove(Pods, 'p', { namespace: 'default', signal });
  await run.add(node('a'));
  await run.cluster.advance('11s');
  assert.deepEqual(await run.placed(), { p: '' });
  assert.ok(
    (await run.events()).includes(
      'Warning FailedScheduling: skip schedule deleting pod: default/p',
    ),
  );
});

/** A client whose bindings are answered by `answer` first. */
const binding = (client: Client, answer: (name: string) => Promise<void>): Client => ({
  ...client,
  async raw(call) {
    if (call.path.endsWith('/binding')) await answer(call.path.split('/').at(-2)!);
    return client.raw(call);
  },
});

test('a binding that is refused gives the room back, says so, and is tried again', async () => {
  const cluster = await createTestCluster();
  let refusals = 2;
  const client = binding(cluster.client, async () => {
    if (refusals-- > 0) throw new ApiError(409, 'Conflict', 'not now');
  });
  const end = new AbortController();
  const { world, informers } = cluster;
  const verdicts = createVerdicts();
  const running = runScheduler({ world, client, informers, verdicts, signal: end.signal });
  await cluster.client.create(Nodes, node('a'), { signal: end.signal });
  const at = { signal: end.signal, namespace: 'default' };
  const { status } = node('a');
  await cluster.client.patch(
    Nodes,
    'a',
    'merge',
    { status },
    { ...at, namespace: undefined, subresource: 'status' },
  );
  const { uid: _uid, ...metadata } = asking('p', {}).metadata;
  await cluster.client.create(Pods, { ...asking('p', { cpu: '4' }), metadata }, at);
  await cluster.settle();
  const get = (): Promise<Pod> => cluster.client.get(Pods, 'p', at);
  const refused = await get();
  const condition = refused.status?.conditions?.find(({ type }) => type === 'PodScheduled');
  const message = 'running Bind plugin "DefaultBinder": not now';
  assert.deepEqual([condition?.reason, condition?.message], ['SchedulerError', message]);
  assert.deepEqual(verdicts.all()[0]!.facts, { error: message });
  await cluster.advance('2s');
  assert.equal((await get()).spec.nodeName, undefined);
  await cluster.advance('4s');
  assert.equal((await get()).spec.nodeName, 'a');
  const { items } = await cluster.client.list(Events, at);
  assert.deepEqual(
    items.map(({ reason, count }) => `${reason} ${count ?? 1}`),
    ['FailedScheduling 2', 'Scheduled 1'],
  );
  end.abort(new Error('the scheduler ended'));
  await running;
  await cluster[Symbol.asyncDispose]();
});

test('while a binding is on its way its room is taken, and a change of the pod starts no second try', async () => {
  const cluster = await createTestCluster();
  const gate = Promise.withResolvers<void>();
  const bound: string[] = [];
  const client = binding(cluster.client, async (name) => {
    bound.push(name);
    if (name === 'p') await gate.promise;
  });
  const end = new AbortController();
  const { world, informers } = cluster;
  const quiet = { ...world, work: { ...world.work, track: <T>(job: Promise<T>) => job } };
  const running = runScheduler({ world: quiet, client, informers, signal: end.signal });
  const at = { signal: end.signal, namespace: 'default' };
  await cluster.client.create(Nodes, node('a'), { signal: end.signal });
  await cluster.client.patch(
    Nodes,
    'a',
    'merge',
    { status: node('a').status },
    { signal: end.signal, subresource: 'status' },
  );
  const make = async (name: string): Promise<void> => {
    const asks = asking(name, { cpu: '3' });
    const { uid: _uid, ...metadata } = asks.metadata;
    await cluster.client.create(Pods, { ...asks, metadata }, at);
    await cluster.settle();
  };
  await make('p');
  await make('q');
  await cluster.client.patch(Pods, 'p', 'merge', { metadata: { labels: { a: 'b' } } }, at);
  await cluster.settle();
  assert.deepEqual(bound, ['p']);
  gate.resolve();
  await cluster.settle();
  await cluster.advance('1s');
  const { items } = await cluster.client.list(Pods, at);
  assert.deepEqual(
    items.map(({ metadata, spec }) => [metadata.name, spec.nodeName]),
    [
      ['p', 'a'],
      ['q', undefined],
    ],
  );
  assert.deepEqual(bound, ['p']);
  end.abort(new Error('the scheduler ended'));
  await running;
  await cluster[Symbol.asyncDispose]();
});

test('an error of a plugin is no verdict: it is told as an error and tried again', async () => {
  let isBroken = true;
  const broken: SchedulerPlugin = {
    name: 'Broken',
    wakeOn: [],
    prepare() {
      if (isBroken) throw new Error('out of order');
      return { is: 'skip' };
    },
  };
  await using run = await rig(withPlugins(...defaultPlugins, broken));
  await run.add(node('a'));
  await run.add(pod('p'));
  const condition = await run.condition('p');
  assert.deepEqual([condition?.reason, condition?.message], ['SchedulerError', 'out of order']);
  isBroken = false;
  await run.cluster.advance('2s');
  assert.deepEqual(await run.placed(), { p: 'a' });
});

test('a long reason is cut in the event, and whole in the condition', async () => {
  const wordy: SchedulerPlugin = {
    name: 'Wordy',
    wakeOn: [],
    filter: () => rejected('x'.repeat(2000), false),
  };
  await using run = await rig(withPlugins(wordy));
  await run.add(node('a'));
  await run.add(pod('p'));
  const [event] = await run.events();
  assert.ok(event!.endsWith('x ...'));
  assert.equal(event!.length, 'Warning FailedScheduling: '.length + 1024);
  assert.ok((await run.condition('p'))!.message!.length > 2000);
});

test('a binding comes after the condition which says that there was no node', async () => {
  const cluster = await createTestCluster();
  const gate = Promise.withResolvers<void>();
  const end = new AbortController();
  const { world, informers } = cluster;
  const { signal } = end;
  const client: Client = {
    ...cluster.client,
    async patch(resource, name, type, patch, at) {
      if ((resource as unknown) === Pods) await gate.promise;
      return cluster.client.patch(resource, name, type, patch, at);
    },
  };
  const quiet = { ...world, work: { ...world.work, track: <T>(job: Promise<T>) => job } };
  const running = runScheduler({ world: quiet, client, informers, signal });
  const make = async (name: string, cpu: string): Promise<void> => {
    const { status, ...made } = node(name, { allocatable: { cpu } });
    await cluster.client.create(Nodes, made, { signal });
    await cluster.client.patch(Nodes, name, 'merge', { status }, { signal, subresource: 'status' });
    await cluster.settle();
  };
  const look = async (): Promise<unknown> => {
    const { spec, status } = await cluster.client.get(Pods, 'p', { namespace: 'default', signal });
    return [spec.nodeName, status?.conditions?.find(({ type }) => type === 'PodScheduled')?.status];
  };
  await make('small', '1');
  const { metadata, ...asks } = asking('p', { cpu: '3' });
  const { uid: _uid, ...fresh } = metadata;
  await cluster.client.create(Pods, { ...asks, metadata: fresh }, { signal });
  await cluster.settle();
  await make('large', '4');
  assert.deepEqual(await look(), [undefined, undefined]);
  gate.resolve();
  await cluster.settle();
  assert.deepEqual(await look(), ['large', 'True']);
  end.abort(new Error('the scheduler ended'));
  await running;
  await cluster[Symbol.asyncDispose]();
});
