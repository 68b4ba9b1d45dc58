import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod, PodSpec } from '@coxswain/api/types/core-v1';
import { defaultCandidates } from '../cycle/preempt.ts';
import { nothingAround } from '../framework/plugin.ts';
import type { NodeInfo } from '../nodes/node-info.ts';
import { defaultPlugins } from '../plugins/index.ts';
import { asking, infoOf, node } from '../testing/objects.ts';
import { amountText } from './amount-text.ts';
import { landingsOf } from './landing.ts';
import { placementOf } from './placement.ts';
import type { SchedulerView } from './view.ts';

const viewOf = (list: readonly NodeInfo[]): SchedulerView => ({
  snapshot: {
    ...{ list, byName: new Map(list.map((info) => [info.name, info])), start: 0 },
    around: nothingAround,
  },
  profileOf: () => ({
    schedulerName: 'default-scheduler',
    plugins: defaultPlugins,
    preemption: defaultCandidates,
    percentage: 0,
  }),
  budgets: () => [],
});

const of = (name: string, cpu: string, more: Partial<PodSpec> = {}): Pod => {
  const made = asking(name, { cpu });
  return { ...made, spec: { ...made.spec, ...more } };
};

const zoned = (name: string, zone: string, ...pods: readonly Pod[]): NodeInfo => {
  const made = node(name);
  return infoOf(
    { ...made, metadata: { ...made.metadata, labels: { ...made.metadata.labels, zone } } },
    ...pods,
  );
};

const tainted = (name: string, ...pods: readonly Pod[]): NodeInfo => {
  const made = node(name);
  const taints = [{ key: 'dedicated', value: 'gpu', effect: 'NoSchedule' }];
  return infoOf({ ...made, spec: { ...made.spec, taints } }, ...pods);
};

/** Rows as `2 a,b: Plugin facts`, cures as `change facts -> node`. */
function told(pod: Pod, nodes: readonly NodeInfo[]): readonly string[] {
  const { rows, cures, fits } = placementOf(viewOf(nodes), pod)!;
  const words = (facts: object): string => Object.values(facts).join(' ');
  return [
    ...(fits > 0 ? [`fits ${fits}`] : []),
    ...rows.map(
      (row) =>
        `${row.nodes} ${row.names.join()}: ${row.objections.map(({ plugin, facts }) => [plugin, ...facts.map(words)].join(' ')).join('; ')}`,
    ),
    ...cures.map(
      ({ changes, node: to }) =>
        `${changes.map(({ change, facts }) => `${change} ${words(facts)}`.trim()).join(' + ')} -> ${to}`,
    ),
  ];
}

const table: readonly (readonly [name: string, got: readonly string[], want: readonly string[]])[] =
  [
    [
      'too little CPU: the numbers, a smaller request, one more node, a higher priority',
      told(of('p', '2'), [infoOf(node('a'), of('x', '3500m')), infoOf(node('b'), of('y', '3'))]),
      [
        '2 a,b: NodeResourcesFit cpu 2 500m 1',
        'lower-request cpu 2 1 -> b',
        'add-node 2 0 -> one-more-node',
        'raise-priority 0 default/x -> a',
      ],
    ],
    [
      'a selector that no node answers: nothing but what helps is told',
      told(of('p', '1', { nodeSelector: { zone: 'b' } }), [zoned('a', 'a'), zoned('c', 'c')]),
      [
        '2 a,c: NodeAffinity zone b a, c',
        'remove-node-selector zone b -> c',
        'label-node a zone b -> a',
        'add-node 1 0 zone=b -> one-more-node',
      ],
    ],
    [
      'two things at once need two changes',
      told(of('p', '3'), [tainted('a', of('x', '2'))]),
      [
        '1 a: TaintToleration dedicated=gpu:NoSchedule; NodeResourcesFit cpu 3 2',
        'add-node 3 0 -> one-more-node',
        'tolerate-taint dedicated=gpu:NoSchedule + lower-request cpu 3 2 -> a',
        'remove-taint a dedicated=gpu:NoSchedule + lower-request cpu 3 2 -> a',
      ],
    ],
    [
      'larger than every node: another like them would not do',
      told(of('p', '6'), [infoOf(node('a'))]),
      [
        '1 a: NodeResourcesFit cpu 6 4',
        'lower-request cpu 6 4 -> a',
        'add-node 6 0 1 -> one-more-node',
      ],
    ],
    ['a pod that fits needs no cure', told(of('p', '1'), [infoOf(node('a'))]), ['fits 1', '1 a: ']],
    [
      'gates',
      told(of('p', '1', { schedulingGates: [{ name: 'example.com/quota' }] }), [infoOf(node('a'))]),
      ['remove-scheduling-gates example.com/quota -> a'],
    ],
  ];

for (const [name, got, want] of table) test(`why: ${name}`, () => assert.deepEqual(got, want));

test('why: 5,000 alike nodes with 150,000 pods are one row', () => {
  const pods = Array.from({ length: 30 }, (_, at) => of(`x${at}`, '130m'));
  const nodes = Array.from({ length: 5000 }, (_, at) => infoOf(node(`n${at}`), ...pods));
  const { rows, nodes: all } = placementOf(viewOf(nodes), of('p', '1'))!;
  assert.deepEqual(
    rows.map(({ nodes: count, names }) => [count, names]),
    [[5000, ['n0', 'n1', 'n2']]],
  );
  assert.equal(all, 5000);
});

test('landing: each pod takes its room before the next, and the node itself is out', () => {
  const leaving = [of('x', '2'), of('y', '2'), of('z', '2')];
  const nodes = [
    infoOf(node('a'), ...leaving.slice(0, 2)),
    infoOf(node('b'), of('w', '1')),
    infoOf(node('c'), of('v', '3')),
  ];
  const landings = landingsOf(viewOf(nodes), 'a', leaving.slice(0, 2));
  assert.deepEqual(
    landings.map((each) =>
      'node' in each
        ? each.node
        : each.rows.map(({ objections }) => objections.map(({ plugin }) => plugin).join()),
    ),
    ['b', ['NodeResourcesFit', 'NodeUnschedulable']],
  );
  assert.equal([...nodes[0]!.pods].length, 2, 'nobody was moved');
});

for (const [resource, amount, want] of [
  ['cpu', 1500, '1500m'],
  ['cpu', 2000, '2'],
  ['memory', 512 * 2 ** 20, '512Mi'],
  ['memory', 3 * 2 ** 30 + 5, '3072Mi'],
  ['example.com/gpu', 2, '2'],
] as const)
  test(`amount: ${amount} of ${resource}`, () => assert.equal(amountText(resource, amount), want));
