import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod, PreferredSchedulingTerm } from '@coxswain/api/types/core-v1';
import { choiceOf } from '../cycle/find-nodes.ts';
import { scoreNodes } from '../cycle/score-nodes.ts';
import type { SchedulerPlugin } from '../framework/plugin.ts';
import type { NodeInfo } from '../nodes/node-info.ts';
import { asking, infoOf, node, pod, sceneOf } from '../testing/objects.ts';
import { balancedAllocation } from './balanced-allocation.ts';
import { nodeAffinity } from './node-affinity.ts';
import { nodeResourcesFit } from './node-resources-fit.ts';
import { taintToleration } from './taint-toleration.ts';

const soft = (...keys: readonly string[]) => ({
  taints: keys.map((key) => ({ key, effect: 'PreferNoSchedule' })),
});
const prefers = (...wishes: readonly (readonly [number, string])[]): Pod =>
  pod('p', {
    affinity: {
      nodeAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: wishes.map(
          ([weight, key]): PreferredSchedulingTerm => ({
            weight,
            preference: { matchExpressions: [{ key, operator: 'Exists' }] },
          }),
        ),
      },
    },
  });
const labelled = (name: string, ...keys: readonly string[]): NodeInfo =>
  infoOf(node(name, { labels: Object.fromEntries(keys.map((key) => [key, ''])) }));

const table: readonly (readonly [
  string,
  SchedulerPlugin,
  Pod,
  readonly NodeInfo[],
  readonly number[],
])[] = [
  [
    'the emptier node',
    nodeResourcesFit,
    asking('p', { cpu: '1', memory: '2Gi' }),
    [infoOf(node('a')), infoOf(node('b'), asking('q', { cpu: '1', memory: '4Gi' }))],
    [75, 37], // b: (50 + 25) / 2, cut
  ],
  [
    'pods that ask for nothing count 100m and 200Mi',
    nodeResourcesFit,
    pod('p'),
    [infoOf(node('a')), infoOf(node('b'), pod('q'))],
    [97, 95],
  ],
  [
    'a node too small by that count gets nothing',
    nodeResourcesFit,
    pod('p'),
    [infoOf(node('a', { allocatable: { cpu: '50m', memory: '100Mi' } }))],
    [0],
  ],
  [
    'a node without CPU is judged by memory',
    nodeResourcesFit,
    asking('p', { memory: '4Gi' }),
    [infoOf(node('a', { allocatable: { cpu: '0' } }))],
    [50],
  ],
  [
    'no change of balance is 75, nearer is more, further is less',
    balancedAllocation,
    asking('p', { cpu: '2', memory: '4Gi' }),
    [
      infoOf(node('a')),
      infoOf(node('b', { allocatable: { memory: '16Gi' } }), asking('q', { memory: '8Gi' })),
      infoOf(node('c', { allocatable: { memory: '16Gi' } }), asking('q', { cpu: '1' })),
    ],
    [75, 81, 69],
  ],
  [
    'from balance to none is less',
    balancedAllocation,
    asking('p', { cpu: '4' }),
    [infoOf(node('a')), infoOf(node('b'), asking('q', { memory: '8Gi' }))],
    [50, 100],
  ],
  ['without requests no preference', balancedAllocation, pod('p'), [infoOf(node('a'))], [0]],
  [
    'fewer soft taints, times three',
    taintToleration,
    pod('p'),
    [infoOf(node('a')), infoOf(node('b', soft('x'))), infoOf(node('c', soft('x', 'y')))],
    [300, 150, 0],
  ],
  [
    'tolerated taints do not count',
    taintToleration,
    pod('p', { tolerations: [{ key: 'x', operator: 'Exists', effect: 'PreferNoSchedule' }] }),
    [infoOf(node('b', soft('x'))), infoOf(node('c', soft('y')))],
    [300, 0],
  ],
  [
    'a toleration of another effect does not tolerate',
    taintToleration,
    pod('p', { tolerations: [{ key: 'x', operator: 'Exists', effect: 'NoSchedule' }] }),
    [infoOf(node('b', soft('x'))), infoOf(node('c'))],
    [0, 300],
  ],
  [
    'the sum of the wishes that are met, times two',
    nodeAffinity,
    prefers([30, 'ssd'], [10, 'gpu']),
    [labelled('a', 'ssd', 'gpu'), labelled('b', 'ssd'), labelled('c')],
    [200, 150, 0],
  ],
  ['no wish is met', nodeAffinity, prefers([30, 'ssd']), [labelled('a'), labelled('b')], [0, 0]],
];

for (const [name, plugin, asks, nodes, want] of table)
  test(`${plugin.name}: ${name}`, () =>
    assert.deepEqual([...scoreNodes(asks, [plugin], choiceOf(nodes), sceneOf(...nodes))], want));
