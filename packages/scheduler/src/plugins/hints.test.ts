import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '@coxswain/api/types/core-v1';
import { type ClusterEvent, nodeEvents } from '../framework/event.ts';
import { nothingAround, type SchedulerPlugin } from '../framework/plugin.ts';
import { asking, node, pod, withPorts } from '../testing/objects.ts';
import { defaultPlugins } from './index.ts';

const plugin = (name: string): SchedulerPlugin => defaultPlugins.find((one) => one.name === name)!;
const wakes = (name: string, asks: Pod, event: ClusterEvent): boolean =>
  plugin(name).wakeOn.some(
    ({ event: type, cures }) =>
      type === event.type && (cures?.(asks, event, nothingAround) ?? true),
  );

const taint = { key: 'a', effect: 'NoSchedule' };
const plain = node('n');
const tainted = node('n', { taints: [taint] });
const cordoned = node('n', { unschedulable: true });
const ssd = node('n', { labels: { disk: 'ssd' } });
const wantsSsd = pod('p', { nodeSelector: { disk: 'ssd' } });
const bigger = node('n', { allocatable: { cpu: '8' } });
const add = (of = plain): ClusterEvent => ({ type: 'node/add', node: of });
const deleted = (of: Pod): ClusterEvent => ({ type: 'pod/deleted', pod: of });
const cpus = (cpu: string): Pod => asking('p', { cpu });

const table: readonly (readonly [string, string, Pod, ClusterEvent, boolean])[] = [
  [
    'NodeDeclaredFeatures',
    'the node declared it',
    pod('p', { hostNetwork: true, hostUsers: false }),
    {
      type: 'node/features',
      node: { ...plain, status: { declaredFeatures: ['UserNamespacesHostNetworkSupport'] } },
      before: plain,
    },
    true,
  ],
  ['TaintToleration', 'a node without taints came', pod('p'), add(), true],
  ['TaintToleration', 'a tainted node came', pod('p'), add(tainted), false],
  [
    'TaintToleration',
    'the taint went',
    pod('p'),
    { type: 'node/taints', node: plain, before: tainted },
    true,
  ],
  [
    'TaintToleration',
    'it was tolerated before',
    pod('p', { tolerations: [{ operator: 'Exists' }] }),
    { type: 'node/taints', node: plain, before: tainted },
    false,
  ],
  [
    'TaintToleration',
    'the pod tolerates more',
    pod('p', { tolerations: [{ operator: 'Exists' }] }),
    {
      type: 'pod/updated',
      pod: pod('p', { tolerations: [{ operator: 'Exists' }] }),
      before: pod('p'),
    },
    true,
  ],
  [
    'TaintToleration',
    'the pod changed otherwise',
    pod('p'),
    { type: 'pod/updated', pod: pod('p'), before: pod('p') },
    false,
  ],
  ['NodeUnschedulable', 'a node came', pod('p'), add(), true],
  ['NodeUnschedulable', 'a cordoned node came', pod('p'), add(cordoned), false],
  [
    'NodeUnschedulable',
    'uncordoned',
    pod('p'),
    { type: 'node/taints', node: plain, before: cordoned },
    true,
  ],
  [
    'NodeUnschedulable',
    'another taint went',
    pod('p'),
    { type: 'node/taints', node: plain, before: tainted },
    false,
  ],
  ['NodeAffinity', 'a node that suits came', wantsSsd, add(ssd), true],
  ['NodeAffinity', 'a node that does not suit came', wantsSsd, add(), false],
  [
    'NodeAffinity',
    'a label came',
    wantsSsd,
    { type: 'node/labels', node: ssd, before: plain },
    true,
  ],
  [
    'NodeAffinity',
    'it suited before',
    wantsSsd,
    { type: 'node/labels', node: ssd, before: ssd },
    false,
  ],
  ['NodePorts', 'the port is free', withPorts('p', '80'), deleted(withPorts('q', '80')), true],
  ['NodePorts', 'another port is', withPorts('p', '80'), deleted(withPorts('q', '81')), false],
  [
    'NodePorts',
    'of another address',
    withPorts('p', '1.1.1.1:80'),
    deleted(withPorts('q', '2.2.2.2:80')),
    false,
  ],
  ['NodeResourcesFit', 'a pod went', cpus('1'), deleted(pod('q')), true],
  ['NodeResourcesFit', 'a node came', cpus('4'), add(), true],
  ['NodeResourcesFit', 'a small node came', cpus('5'), add(), false],
  [
    'NodeResourcesFit',
    'a node grew',
    cpus('5'),
    { type: 'node/allocatable', node: bigger, before: plain },
    true,
  ],
  [
    'NodeResourcesFit',
    'a node grew in what nobody asked for',
    asking('p', { memory: '1Gi' }),
    { type: 'node/allocatable', node: bigger, before: plain },
    false,
  ],
  [
    'NodeResourcesFit',
    'another pod asks for less',
    cpus('1'),
    { type: 'pod/scaled-down', pod: cpus('1'), before: cpus('2') },
    true,
  ],
  [
    'NodeResourcesFit',
    'it asks for less of something else',
    asking('p', { memory: '1Gi' }),
    { type: 'pod/scaled-down', pod: cpus('1'), before: cpus('2') },
    false,
  ],
  [
    'NodeResourcesFit',
    'labels of a node changed',
    cpus('1'),
    { type: 'node/labels', node: ssd, before: plain },
    false,
  ],
];

for (const [name, what, asks, event, want] of table)
  test(`${name} ${want ? 'wakes' : 'does not wake'}: ${what}`, () =>
    assert.equal(wakes(name, asks, event), want));

for (const [name, now, before, want] of [
  ['a heartbeat', node('n'), plain, []],
  ['more CPU', bigger, plain, ['node/allocatable']],
  ['a label', ssd, plain, ['node/labels']],
  ['a taint', tainted, plain, ['node/taints']],
  ['an equal taint', node('n', { taints: [{ ...taint }] }), tainted, []],
  ['cordoned', cordoned, plain, ['node/taints']],
  ['unschedulable said to be false', node('n', { unschedulable: false }), plain, []],
] as const)
  test(`node events: ${name}`, () =>
    assert.deepEqual(
      nodeEvents(now, before).map(({ type }) => type),
      want,
    ));
