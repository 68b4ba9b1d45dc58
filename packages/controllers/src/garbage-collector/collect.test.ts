import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError, type KubeObject, Nodes, Pods, ReplicaSets } from '@coxswain/api';
import type { Client } from '@coxswain/client';
import { collect, type Collecting } from './collect.ts';
import { asked, Graph } from './graph.ts';

const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'of-web' };
const set: KubeObject = {
  ...{ apiVersion: owner.apiVersion, kind: owner.kind },
  metadata: { name: owner.name, namespace: 'default', uid: owner.uid },
};
const pod = (resourceVersion: string, ownerReferences: readonly object[]): KubeObject =>
  ({
    ...{ apiVersion: 'v1', kind: 'Pod' },
    metadata: {
      name: 'web-1',
      namespace: 'default',
      uid: 'of-1',
      resourceVersion,
      ownerReferences,
    },
  }) as never;

/** Collects a pod whose owner is gone, as the caches know it, where the server has it as `there`: what was asked of the server. */
async function callsFor(known: KubeObject | undefined, there: KubeObject): Promise<string[]> {
  const calls: string[] = [];
  const graph = new Graph();
  graph.put(set, undefined, asked());
  graph.put(pod('1', [owner]), undefined, asked());
  graph.drop(owner.uid, asked());
  const client: Partial<Client> = {
    async get(_resource, name) {
      calls.push(`get ${name}`);
      return there as never;
    },
    async remove(_resource, name, { uid, resourceVersion, propagation }) {
      calls.push(`remove ${name} of ${uid} at ${resourceVersion} ${propagation}`);
      if (resourceVersion !== there.metadata.resourceVersion)
        throw new ApiError(409, 'Conflict', 'changed');
    },
  };
  const collecting: Partial<Collecting> = {
    ...{ client: client as Client, graph, signal: new AbortController().signal },
    resourceOf: (_apiVersion, kind) => (kind === 'Pod' ? Pods : ReplicaSets),
    known: () => known,
  };
  await collect(graph.get('of-1')!, collecting as Collecting);
  return calls;
}

test('what the caches know is deleted as they know it', async () => {
  const here = pod('1', [owner]);
  const removal = (at: number) => `remove web-1 of of-1 at ${at} Background`;
  assert.deepEqual(await callsFor(here, here), [removal(1)]);
  assert.deepEqual(await callsFor(undefined, here), ['get web-1', removal(1)]);
  const newer = pod('2', [owner]);
  assert.deepEqual(await callsFor(here, newer), [removal(1), 'get web-1', removal(2)]);
});

test('what somebody has taken out of its owners meanwhile stays', async () => {
  const calls = await callsFor(pod('1', [owner]), pod('2', []));
  assert.deepEqual(calls, ['remove web-1 of of-1 at 1 Background', 'get web-1']);
});

test('finalizers say how what it owns goes', async () => {
  for (const [finalizer, propagation] of [
    ['orphan', 'Orphan'],
    ['foregroundDeletion', 'Foreground'],
  ] as const) {
    const { metadata, ...rest } = pod('1', [owner]);
    const here = { ...rest, metadata: { ...metadata, finalizers: [finalizer] } };
    assert.deepEqual(await callsFor(here, here), [`remove web-1 of of-1 at 1 ${propagation}`]);
  }
});

test('who names an owner wrongly is deleted, and nobody who names it rightly', async () => {
  const server = new Map([['web', set]]);
  const removed: string[] = [];
  const client: Partial<Client> = {
    async get(resource, name) {
      const found = server.get(name);
      if (found?.kind !== resource.kind) throw new ApiError(404, 'NotFound', name);
      return found as never;
    },
    remove: async (_resource, name) => void removed.push(name),
  };
  for (const isOwnerSeen of [true, false]) {
    const graph = new Graph();
    const work = asked();
    if (isOwnerSeen) graph.put(set, undefined, work);
    for (const [name, reference] of [
      ['wrong', { ...owner, name: 'other' }],
      ['kind', { ...owner, apiVersion: 'v1', kind: 'Node' }],
      ['right', owner],
    ] as const) {
      const { metadata, ...rest } = pod('1', [reference]);
      const made = { ...rest, metadata: { ...metadata, name, uid: `of-${name}` } };
      server.set(name, made);
      graph.put(made, undefined, work);
    }
    const collecting: Partial<Collecting> = {
      ...{ client: client as Client, graph, signal: new AbortController().signal },
      ...{ recorder: { record: () => {} } as never },
      resourceOf: (_apiVersion, kind) =>
        kind === 'Pod' ? Pods : kind === 'Node' ? Nodes : ReplicaSets,
      known: () => undefined,
      check: () => {},
      gone(node) {
        const more = asked();
        graph.drop(node.identity.uid, more);
        for (const one of more.check) work.check.add(one);
      },
    };
    for (const node of work.check) await collect(node, collecting as Collecting);
    await collect(graph.get('of-right')!, collecting as Collecting);
    assert.deepEqual(removed.splice(0).toSorted(), ['kind', 'wrong']);
    const after = asked();
    graph.put(set, undefined, asked());
    graph.drop(owner.uid, after);
    assert.ok(after.check.has(graph.get('of-right')!), 'goes with its owner');
  }
});
