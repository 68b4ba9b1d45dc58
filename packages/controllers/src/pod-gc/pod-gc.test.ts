import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Nodes, Pods } from '@coxswain/api';
import type { Pod } from '@coxswain/api/types/core-v1';
import { actionText, createTestCluster } from '@coxswain/cluster/testing';
import { namespace, node, pod } from '../testing/objects.ts';
import { nowMs, observedBy, type Seen } from '../testing/observed.ts';
import { podGarbageCollector } from './pod-gc.ts';

const collector = podGarbageCollector(1);
const plan = (
  one: Pod,
  seen: Seen = {},
): { does: readonly string[]; again: number | undefined } => {
  const { actions, requeueAfterMs } = collector.plan(one, observedBy(collector, seen), '');
  return { does: actions.map(actionText), again: requeueAfterMs };
};
const bound = pod('p', { spec: { nodeName: 'n1' } });
const ended = (name: string, created: string): Pod =>
  pod(name, { metadata: { creationTimestamp: created }, status: { phase: 'Succeeded' } });
const old = ended('old', '2025-01-01T00:00:00Z');
const young = ended('young', '2025-06-01T00:00:00Z');
const gone = 'node n1 is gone';

const cases = [
  {
    name: 'a pod on a node stays',
    one: bound,
    seen: { objects: [[Nodes, [node('n1')]]] },
    does: [],
    again: undefined,
  },
  {
    name: 'a lost node is waited for',
    one: bound,
    seen: { marks: { [gone]: nowMs - 1000 } },
    does: [],
    again: 39_000,
  },
  {
    name: 'a pod of a node that stays lost fails, and goes',
    one: bound,
    seen: { marks: { [gone]: nowMs - 40_000 } },
    does: ['patch pods/status default/p', 'remove pods default/p'],
    again: undefined,
  },
  {
    name: 'a pod that never got a node goes at once',
    one: pod('p', { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } }),
    seen: {},
    does: ['patch pods/status default/p', 'remove pods default/p'],
    again: undefined,
  },
  {
    name: 'the oldest ended pod above the limit goes',
    one: old,
    seen: { objects: [[Pods, [old, young]]] },
    does: ['remove pods default/old'],
    again: undefined,
  },
  {
    name: 'a younger one stays',
    one: young,
    seen: { objects: [[Pods, [old, young]]] },
    does: [],
    again: undefined,
  },
] as const;
for (const { name, one, seen, does, again } of cases)
  test(name, () => assert.deepEqual(plan(one, seen as Seen), { does, again }));

test('pods of a deleted node go after the quarantine', async () => {
  await using cluster = await createTestCluster({ controllers: [podGarbageCollector()] });
  const { client, signal } = cluster;
  await client.create(Nodes, node('n1'), { signal });
  const { spec } = pod('p');
  const made = { metadata: { name: 'p', namespace }, spec: { ...spec, nodeName: 'n1' } };
  await client.create(Pods, made as never, { signal });
  await cluster.settle();
  await client.remove(Nodes, 'n1', { signal });
  await cluster.advance('39s');
  assert.ok(await client.get(Pods, 'p', { namespace, signal }));
  await cluster.advance('2s');
  await assert.rejects(client.get(Pods, 'p', { namespace, signal }), /not found/);
});
