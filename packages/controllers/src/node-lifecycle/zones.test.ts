import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Nodes } from '@coxswain/api';
import type { Node } from '@coxswain/api/types/core-v1';
import { node, ready } from '../testing/objects.ts';
import { nowMs, observedBy } from '../testing/observed.ts';
import { nodeEvictionController, rateOf, stateOf } from './zones.ts';

const nodes = (up: number, down: number): readonly Node[] => [
  ...Array.from({ length: up }, (_, at) => node(`up${at}`)),
  ...Array.from({ length: down }, (_, at) =>
    node(`down${at}`, { status: { conditions: [ready('Unknown')] } }),
  ),
];

const states = [
  { name: 'all well', up: 3, down: 0, state: 'normal', rate: 0.1 },
  { name: 'two of three down is still normal', up: 1, down: 2, state: 'normal', rate: 0.1 },
  { name: 'much of a small zone', up: 2, down: 3, state: 'partial', rate: 0 },
  { name: 'much of a large zone', up: 40, down: 60, state: 'partial', rate: 0.01 },
  { name: 'a whole zone', up: 0, down: 3, state: 'full', rate: 0.1 },
] as const;
for (const { name, up, down, state, rate } of states)
  test(name, () => {
    const all = nodes(up, down);
    assert.deepEqual([stateOf(all), rateOf(stateOf(all), all.length)], [state, rate]);
  });

const planFor = (
  all: readonly Node[],
): { readonly tainted: readonly string[]; readonly again: number | undefined } => {
  const observed = observedBy(nodeEvictionController, { objects: [[Nodes, all]] });
  const { actions, requeueAfterMs } = nodeEvictionController.plan(undefined, observed, 'zone ');
  return {
    tainted: actions.flatMap((action) =>
      action.do === 'patch' ? action.object.metadata.name : [],
    ),
    again: requeueAfterMs,
  };
};

test('one node is tainted at a time, ten seconds apart', () => {
  assert.deepEqual(planFor(nodes(5, 2)), { tainted: ['down0'], again: 10_000 });
  const taint = {
    key: 'node.kubernetes.io/unreachable',
    effect: 'NoExecute',
    timeAdded: new Date(nowMs - 4000).toISOString(),
  };
  const tainted = node('first', {
    spec: { taints: [taint] },
    status: { conditions: [ready('Unknown')] },
  });
  assert.deepEqual(planFor([...nodes(5, 2), tainted]), { tainted: [], again: 6000 });
});

test('nothing is evicted while no node is ready, and taints are taken back', () => {
  const taint = { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' };
  const tainted = node('first', {
    spec: { taints: [taint] },
    status: { conditions: [ready('Unknown')] },
  });
  assert.deepEqual(planFor([...nodes(0, 2), tainted]), { tainted: ['first'], again: undefined });
});
