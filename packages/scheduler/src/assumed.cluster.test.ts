/** Pods that have a place which the API does not know of yet: how long they hold it, and what frees it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Events, Nodes, Pods } from '@coxswain/api';
import type { Pod } from '@coxswain/api/types/core-v1';
import { createTestCluster } from '@coxswain/cluster/testing';
import { runScheduler } from './run-scheduler.ts';
import { asking, node } from './testing/objects.ts';

/** One node for one pod; the binding of `p` is answered by `answer`, and not carried out where that says so. */
async function start(answer: () => Promise<'done' | 'carry out'>) {
  const cluster = await createTestCluster();
  const { world, informers, client, signal } = cluster;
  const quiet = { ...world, work: { ...world.work, track: <T>(job: Promise<T>) => job } };
  const own: typeof client = {
    ...client,
    async raw(call) {
      if (call.path.endsWith('/p/binding') && (await answer()) === 'done') return {};
      return client.raw(call);
    },
  };
  const end = new AbortController();
  const running = runScheduler({ world: quiet, client: own, informers, signal: end.signal });
  const { status, ...made } = node('a');
  await client.create(Nodes, made, { signal });
  await client.patch(Nodes, 'a', 'merge', { status }, { signal, subresource: 'status' });
  const at = { namespace: 'default', signal };
  return {
    cluster,
    async make(name: string, finalizers: readonly string[] = []): Promise<void> {
      const { metadata, ...asks } = asking(name, { cpu: '3' });
      const { uid: _uid, ...fresh } = metadata;
      await client.create(Pods, { ...asks, metadata: { ...fresh, finalizers } } as Pod, { signal });
      await cluster.settle();
    },
    async remove(name: string): Promise<void> {
      await client.remove(Pods, name, { ...at, graceSeconds: 0 });
      await cluster.settle();
    },
    async places(): Promise<unknown> {
      const { items } = await client.list(Pods, at);
      return Object.fromEntries(items.map(({ metadata, spec }) => [metadata.name, spec.nodeName]));
    },
    async said(name: string): Promise<readonly (string | undefined)[]> {
      const { items } = await client.list(Events, at);
      return items
        .filter(({ involvedObject }) => involvedObject.name === name)
        .map(({ message }) => message);
    },
    async [Symbol.asyncDispose]() {
      end.abort(new Error('the scheduler ended'));
      await running;
      await cluster[Symbol.asyncDispose]();
    },
  };
}

test('a pod whose binding is never seen holds its room for good', async () => {
  await using run = await start(async () => 'done');
  await run.make('p');
  await run.make('q');
  await run.cluster.advance('2h');
  assert.deepEqual(await run.places(), { p: undefined, q: undefined });
  await run.remove('p');
  await run.cluster.advance('11s');
  assert.deepEqual(await run.places(), { q: 'a' });
});

test('a pod that is told to leave while its binding is on its way holds nothing', async () => {
  const gate = Promise.withResolvers<'carry out'>();
  await using run = await start(() => gate.promise);
  await run.make('p', ['a.b/c']);
  await run.make('q');
  await run.remove('p');
  await run.cluster.advance('11s');
  assert.deepEqual(await run.places(), { p: undefined, q: 'a' });
  gate.resolve('carry out');
  await run.cluster.advance('11s');
  assert.deepEqual(await run.places(), { p: undefined, q: 'a' });
  const [refused, skipped] = await run.said('p');
  assert.match(refused!, /^running Bind plugin "DefaultBinder": .*p is being deleted/);
  assert.equal(skipped, 'skip schedule deleting pod: default/p');
});

test('that a pod has gone before its binding is told', async () => {
  const gate = Promise.withResolvers<'carry out'>();
  await using run = await start(() => gate.promise);
  await run.make('p');
  await run.remove('p');
  gate.resolve('carry out');
  await run.cluster.settle();
  assert.deepEqual(await run.said('p'), [
    'running Bind plugin "DefaultBinder": pods "p" not found',
  ]);
});
