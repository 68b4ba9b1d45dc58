import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Node, Pod } from '@coxswain/api/types/core-v1';
import { seededRandom } from '@coxswain/base';
import fc from 'fast-check';
import { fits, rejected, type SchedulerPlugin } from '../framework/plugin.ts';
import { ClusterNodes } from '../nodes/cluster-nodes.ts';
import { defaultPlugins } from '../plugins/index.ts';
import { asking, node, pod } from '../testing/objects.ts';
import { diagnosisText } from './diagnosis.ts';
import { enoughFeasible } from './find-nodes.ts';
import { type Decision, schedulePod } from './schedule-pod.ts';

interface Given {
  readonly nodes: readonly Node[];
  readonly pods?: readonly Pod[];
  readonly plugins?: readonly SchedulerPlugin[];
  readonly start?: number;
  readonly seed?: number;
}

function schedule(asks: Pod, { nodes, pods = [], plugins, start = 0, seed = 1 }: Given) {
  const cluster = new ClusterNodes();
  for (const one of nodes) cluster.setNode(one);
  for (const one of pods) cluster.setPod(one);
  const snapshot = { list: cluster.list, byName: cluster.byName, start };
  return schedulePod(asks, plugins ?? defaultPlugins, snapshot, seededRandom(seed));
}

const saying = (decision: Decision): string =>
  decision.is === 'placed' ? decision.node : diagnosisText(decision.diagnosis);
const many = (count: number, spec: Parameters<typeof node>[1] = {}): Node[] =>
  Array.from({ length: count }, (_, at) => node(`n${at}`, spec));
const taints = [{ key: 'a', effect: 'NoSchedule' }];
const daemon = (...names: readonly string[]): Pod =>
  pod('p', {
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [
            { matchFields: [{ key: 'metadata.name', operator: 'In', values: names }] },
          ],
        },
      },
    },
  });
/** Names the nodes that may be looked at. */
const only = (name: string, ...nodes: readonly string[]): SchedulerPlugin => ({
  name,
  wakeOn: [],
  prepare: () => ({ is: 'ready', state: undefined, nodes: new Set(nodes) }),
});

for (const [name, asks, given, want] of [
  ['no nodes', pod('p'), { nodes: [] }, 'no nodes available to schedule pods'],
  ['no nodes, whatever it asks', daemon('a'), { nodes: [] }, 'no nodes available to schedule pods'],
  ['one node', pod('p'), { nodes: [node('a')] }, 'a'],
  [
    'each reason with the number of nodes that gave it, in order of text',
    asking('p', { cpu: '2' }),
    {
      nodes: [
        node('a', { taints }),
        node('b', { taints }),
        node('c', { allocatable: { cpu: '1' } }),
      ],
    },
    '0/3 nodes are available: 1 Insufficient cpu, 2 node(s) had untolerated taint(s).',
  ],
  [
    'all reasons of a node count',
    asking('p', { cpu: '9', memory: '9Gi' }),
    { nodes: [node('a'), node('b')] },
    '0/2 nodes are available: 2 Insufficient cpu, 2 Insufficient memory.',
  ],
  [
    'refused before any node',
    pod('p', {
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [
              {
                matchFields: [
                  { key: 'metadata.name', operator: 'In', values: ['a'] },
                  { key: 'metadata.name', operator: 'In', values: ['b'] },
                ],
              },
            ],
          },
        },
      },
    }),
    { nodes: many(2) },
    '0/2 nodes are available: pod affinity terms conflict.',
  ],
  [
    'a pod for one node',
    daemon('n1'),
    { nodes: many(3, { taints }) },
    "0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 node(s) didn't satisfy plugin(s) [NodeAffinity].",
  ],
  [
    'a pod for a node that is not there',
    daemon('gone'),
    { nodes: many(2) },
    "0/2 nodes are available: 2 node(s) didn't satisfy plugin(s) [NodeAffinity].",
  ],
  [
    'plugins that name different nodes',
    pod('p'),
    { nodes: many(2), plugins: [only('B', 'n0'), only('A', 'n1')] },
    "0/2 nodes are available: node(s) didn't satisfy plugin(s) [A B] simultaneously.",
  ],
  [
    'a plugin that names no node',
    pod('p'),
    { nodes: many(2), plugins: [only('A')] },
    "0/2 nodes are available: node(s) didn't satisfy plugin A.",
  ],
  [
    'the emptier node',
    asking('p', { cpu: '1' }),
    {
      nodes: [node('a'), node('b')],
      pods: [
        {
          ...asking('q', { cpu: '1' }),
          spec: { ...asking('q', { cpu: '1' }).spec, nodeName: 'a' },
        },
      ],
    },
    'b',
  ],
  [
    'the nominated node, if it fits',
    pod('p', {}, { nominatedNodeName: 'a' }),
    {
      nodes: [node('a', { taints: [{ key: 'x', effect: 'PreferNoSchedule' }] }), node('b')],
    },
    'a',
  ],
  [
    'any other, if it does not',
    pod('p', {}, { nominatedNodeName: 'a' }),
    {
      nodes: [node('a', { taints }), node('b')],
    },
    'b',
  ],
] as readonly (readonly [string, Pod, Given, string])[])
  test(`cycle: ${name}`, () => assert.equal(saying(schedule(asks, given).decision), want));

test('the plugins that said no are named, those that only narrowed among them', () => {
  const { decision } = schedule(daemon('n1'), { nodes: many(3, { taints }) });
  assert.ok(decision.is === 'unplaced');
  assert.deepEqual(decision.diagnosis.plugins, new Set(['NodeAffinity', 'TaintToleration']));
});

for (const [nodes, enough] of [
  [0, 0],
  [99, 99],
  [100, 100],
  [250, 120],
  [1000, 420],
  [5000, 500],
  [10_000, 500],
] as const)
  test(`of ${nodes} nodes ${enough} feasible ones are enough`, () =>
    assert.equal(enoughFeasible(nodes), enough));

test('the search goes on where the last one ended', () => {
  const seen: string[] = [];
  const watching: SchedulerPlugin = {
    name: 'Watching',
    wakeOn: [],
    filter: (_, { name }) => {
      seen.push(name);
      return fits;
    },
  };
  const given = { nodes: many(250), plugins: [watching] };
  const first = schedule(pod('p'), given);
  const second = schedule(pod('p'), { ...given, start: first.next });
  const third = schedule(pod('p'), { ...given, start: second.next });
  assert.deepEqual([first.next, second.next, third.next], [120, 240, 110]);
  assert.deepEqual(
    seen,
    Array.from({ length: 360 }, (_, at) => `n${at % 250}`),
  );
  assert.deepEqual(first.decision, {
    is: 'placed',
    node: first.decision.is === 'placed' ? first.decision.node : '',
    evaluated: 120,
    feasible: 120,
  });
});

test('of equal nodes each has its turn', () => {
  const chosen = new Set(
    Array.from({ length: 60 }, (_, seed) =>
      saying(schedule(pod('p'), { nodes: many(4), seed }).decision),
    ),
  );
  assert.deepEqual([...chosen].toSorted(), ['n0', 'n1', 'n2', 'n3']);
});

test('a filter that throws is not swallowed', () => {
  const broken: SchedulerPlugin = {
    name: 'Broken',
    wakeOn: [],
    filter: () => {
      throw new Error('broken');
    },
  };
  assert.throws(() => schedule(pod('p'), { nodes: many(1), plugins: [broken] }), /broken/);
});

const arbitraryNodes = fc.array(
  fc.record({ cpu: fc.integer({ min: 0, max: 4 }), tainted: fc.boolean(), soft: fc.boolean() }),
  { maxLength: 12 },
);
const nodesOf = (shapes: typeof arbitraryNodes extends fc.Arbitrary<infer T> ? T : never): Node[] =>
  shapes.map(({ cpu, tainted, soft }, at) =>
    node(`n${at}`, {
      allocatable: { cpu: String(cpu) },
      taints: [
        ...(tainted ? taints : []),
        ...(soft ? [{ key: 's', effect: 'PreferNoSchedule' }] : []),
      ],
    }),
  );

test('placement is a function of nodes, pod and seed, and never breaks a filter', () =>
  fc.assert(
    fc.property(arbitraryNodes, fc.integer({ min: 0, max: 4 }), fc.nat(), (shapes, cpu, seed) => {
      const asks = asking('p', { cpu: String(cpu) });
      const run = () => schedule(asks, { nodes: nodesOf(shapes), seed }).decision;
      const decision = run();
      assert.deepEqual(run(), decision);
      const feasible = shapes.flatMap((shape, at) =>
        shape.tainted || shape.cpu < cpu ? [] : [`n${at}`],
      );
      if (decision.is === 'placed') assert.ok(feasible.includes(decision.node));
      else assert.deepEqual(feasible, []);
    }),
  ));

test('a rejected verdict carries one reason', () =>
  assert.deepEqual(rejected('no', true), { is: 'rejected', reasons: ['no'], curable: true }));
