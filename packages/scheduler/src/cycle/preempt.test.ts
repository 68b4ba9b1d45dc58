import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod, PodSpec } from '@coxswain/api/types/core-v1';
import type { PodDisruptionBudget } from '@coxswain/api/types/policy-v1';
import { nothingAround } from '../framework/plugin.ts';
import type { NodeInfo } from '../nodes/node-info.ts';
import { defaultPlugins } from '../plugins/index.ts';
import { asking, infoOf, node } from '../testing/objects.ts';
import type { Nominated } from './find-nodes.ts';
import { preempt } from './preempt.ts';
import { schedulePod } from './schedule-pod.ts';

const of = (name: string, priority: number, cpu: string, more: Partial<PodSpec> = {}): Pod => {
  const made = asking(name, { cpu });
  return { ...made, spec: { ...made.spec, priority, ...more } };
};
const started = (pod: Pod, hour: string): Pod => ({
  ...pod,
  status: { startTime: `2026-01-01T${hour}:00:00Z` },
});
const labelled = (pod: Pod): Pod => ({
  ...pod,
  metadata: { ...pod.metadata, labels: { app: pod.metadata.name } },
});
const budget = (app: string): PodDisruptionBudget => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: app, namespace: 'default' },
  spec: { selector: { matchLabels: { app } } },
  status: { currentHealthy: 1, desiredHealthy: 1, disruptionsAllowed: 0, expectedPods: 1 },
});

/** Where the pod goes after whom, or why nobody goes. */
function outcome(
  pod: Pod,
  nodes: readonly NodeInfo[],
  budgets: readonly PodDisruptionBudget[] = [],
  nominated: Nominated = new Map(),
): unknown {
  const byName = new Map(nodes.map((info) => [info.name, info]));
  const snapshot = { list: nodes, byName, start: 0, around: nothingAround, nominated };
  const { decision } = schedulePod(pod, defaultPlugins, snapshot, () => 0);
  if (decision.is === 'placed') return `placed on ${decision.node}`;
  const { filters, curable } = decision;
  const found = preempt({
    ...{ pod, filters, curable, nominated, budgets, nodes: nodes.length },
    present: byName.get(pod.status?.nominatedNodeName ?? ''),
    random: () => 0,
  });
  if (found.is === 'useless') return found.text;
  const { node: name, victims, violations } = found.preemption;
  return { node: name, victims: victims.map(({ metadata }) => metadata.name), violations };
}

const full = (name: string, ...pods: readonly Pod[]): NodeInfo => infoOf(node(name), ...pods); // 4 CPUs
const important = of('p', 10, '2');

const table: readonly (readonly [name: string, got: unknown, want: unknown])[] = [
  [
    'only as many as must leave, the least important',
    outcome(important, [full('a', of('x', 5, '2'), of('y', 1, '1'), of('z', 0, '1'))]),
    { node: 'a', victims: ['y', 'z'], violations: 0 },
  ],
  [
    'the node whose most important victim is the least',
    outcome(important, [full('a', of('x', 5, '4')), full('b', of('y', 1, '4'))]),
    { node: 'b', victims: ['y'], violations: 0 },
  ],
  [
    'fewer victims',
    outcome(important, [
      full('a', of('x', 1, '2'), of('y', 1, '2'), of('x2', 1, '0')),
      full('b', of('z', 1, '1'), of('u', 1, '1'), of('v', 20, '2')),
    ]),
    { node: 'a', victims: ['y'], violations: 0 },
  ],
  [
    'those that started last',
    outcome(important, [
      full('a', started(of('x', 1, '4'), '01')),
      full('b', started(of('y', 1, '4'), '02')),
    ]),
    { node: 'b', victims: ['y'], violations: 0 },
  ],
  [
    'a budget is kept where another node will do',
    outcome(
      important,
      [full('a', labelled(of('x', 0, '4'))), full('b', labelled(of('y', 1, '4')))],
      [budget('x')],
    ),
    { node: 'b', victims: ['y'], violations: 0 },
  ],
  [
    'a budget is broken where nothing else helps',
    outcome(important, [full('a', labelled(of('x', 0, '4')))], [budget('x')]),
    { node: 'a', victims: ['x'], violations: 1 },
  ],
  [
    'nobody is less important',
    outcome(important, [full('a', of('x', 10, '4'))]),
    '0/1 nodes are available: 1 No preemption victims found for incoming pod.',
  ],
  [
    'it would not help',
    outcome(important, [
      full('a', of('x', 0, '1'), of('y', 20, '3')),
      infoOf(node('b', { unschedulable: true })),
    ]),
    '0/2 nodes are available: 1 Insufficient cpu, 1 Preemption is not helpful for scheduling.',
  ],
  [
    'a pod that is too polite',
    outcome(of('p', 10, '2', { preemptionPolicy: 'Never' }), [full('a', of('x', 0, '4'))]),
    'not eligible due to preemptionPolicy=Never.',
  ],
  [
    'a node that is kept for a more important pod is full',
    outcome(important, [full('a')], [], new Map([['a', [of('q', 20, '3')]]])),
    '0/1 nodes are available: 1 No preemption victims found for incoming pod.',
  ],
  [
    'one that is kept for a less important pod is not',
    outcome(important, [full('a')], [], new Map([['a', [of('q', 5, '3')]]])),
    'placed on a',
  ],
];

for (const [name, got, want] of table)
  test(`preemption: ${name}`, () => assert.deepEqual(got, want));
