import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Node, NodeAffinity, Pod } from '@coxswain/api/types/core-v1';
import { nothingAround, type SchedulerPlugin } from '../framework/plugin.ts';
import { asking, container, infoOf, node, pod, sceneOf, withPorts } from '../testing/objects.ts';
import { nodeAffinity } from './node-affinity.ts';
import { nodeDeclaredFeatures } from './node-declared-features.ts';
import { nodeName } from './node-name.ts';
import { nodePorts } from './node-ports.ts';
import { nodeResourcesFit } from './node-resources-fit.ts';
import { nodeUnschedulable } from './node-unschedulable.ts';
import { schedulingGates } from './scheduling-gates.ts';
import { taintToleration } from './taint-toleration.ts';

/** What a plugin says: 'skip', 'fits', its reasons, or the reason why it refused before any node. */
function say(plugin: SchedulerPlugin, asks: Pod, on: Node, ...others: readonly Pod[]): unknown {
  const info = infoOf(on, ...others);
  const found = plugin.prepare!(asks, sceneOf(info));
  if (found.is === 'skip') return 'skip';
  if (found.is === 'rejected') return `refused: ${found.reason}`;
  const verdict = plugin.filter!(found.state, info, asks);
  if (verdict.is === 'fits') return 'fits';
  return [...verdict.reasons, verdict.curable ? 'curable' : 'final'];
}

const requiring = (...terms: readonly object[]): Pod =>
  pod('p', {
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms },
      } as NodeAffinity,
    },
  });
const expression = (key: string, operator: string, ...values: readonly string[]) => ({
  matchExpressions: [{ key, operator, values }],
});
const field = (operator: string, ...values: readonly string[]) => ({
  matchFields: [{ key: 'metadata.name', operator, values }],
});
const noMatch = ["node(s) didn't match Pod's node affinity/selector", 'final'];
const ssd = node('n', { labels: { disk: 'ssd', size: '8' } });
const taint = { key: 'dedicated', value: 'gpu', effect: 'NoSchedule' };
const tainted = node('n', { taints: [taint] });
const tolerating = (...tolerations: readonly object[]): Pod => pod('p', { tolerations });
const untolerated = ['node(s) had untolerated taint(s)', 'final'];
const cordoned = node('n', { unschedulable: true });
const noPorts = ["node(s) didn't have free ports for the requested pod ports", 'curable'];
const gpuNode = node('n', { allocatable: { 'example.com/gpu': '2' } });

const namespaced = pod('p', { hostNetwork: true, hostUsers: false });
const declaring: Node = {
  ...ssd,
  status: { ...ssd.status, declaredFeatures: ['UserNamespacesHostNetworkSupport'] },
};
const noFeatures = ["node(s) didn't match Pod's required features", 'final'];

const table: readonly (readonly [string, SchedulerPlugin, Pod, Node, readonly Pod[], unknown])[] = [
  ['features: none used', nodeDeclaredFeatures, pod('p'), ssd, [], 'skip'],
  ['features: not declared', nodeDeclaredFeatures, namespaced, ssd, [], noFeatures],
  ['features: declared', nodeDeclaredFeatures, namespaced, declaring, [], 'fits'],
  ['no name wanted', nodeName, pod('p'), ssd, [], 'skip'],
  ['the node wanted', nodeName, pod('p', { nodeName: 'n' }), ssd, [], 'fits'],
  [
    'another node wanted',
    nodeName,
    pod('p', { nodeName: 'm' }),
    ssd,
    [],
    ["node(s) didn't match the requested node name", 'final'],
  ],
  ['cordoned', nodeUnschedulable, pod('p'), cordoned, [], ['node(s) were unschedulable', 'final']],
  ['not cordoned', nodeUnschedulable, pod('p'), ssd, [], 'fits'],
  [
    'cordoned, tolerated',
    nodeUnschedulable,
    tolerating({ key: 'node.kubernetes.io/unschedulable', operator: 'Exists' }),
    cordoned,
    [],
    'fits',
  ],
  ['untainted', taintToleration, pod('p'), ssd, [], 'fits'],
  ['tainted', taintToleration, pod('p'), tainted, [], untolerated],
  [
    'soft taint',
    taintToleration,
    pod('p'),
    node('n', { taints: [{ ...taint, effect: 'PreferNoSchedule' }] }),
    [],
    'fits',
  ],
  [
    'NoExecute taint',
    taintToleration,
    pod('p'),
    node('n', { taints: [{ ...taint, effect: 'NoExecute' }] }),
    [],
    untolerated,
  ],
  ['tolerated by value', taintToleration, tolerating({ ...taint }), tainted, [], 'fits'],
  [
    'another value',
    taintToleration,
    tolerating({ ...taint, value: 'tpu' }),
    tainted,
    [],
    untolerated,
  ],
  [
    'another effect',
    taintToleration,
    tolerating({ ...taint, effect: 'NoExecute' }),
    tainted,
    [],
    untolerated,
  ],
  [
    'tolerated by key, for any effect',
    taintToleration,
    tolerating({ key: 'dedicated', operator: 'Exists' }),
    tainted,
    [],
    'fits',
  ],
  [
    'everything tolerated',
    taintToleration,
    tolerating({ operator: 'Exists' }),
    tainted,
    [],
    'fits',
  ],
  [
    'one of two taints tolerated',
    taintToleration,
    tolerating({ ...taint }),
    node('n', { taints: [taint, { key: 'other', effect: 'NoExecute' }] }),
    [],
    untolerated,
  ],
  ['no wishes', nodeAffinity, pod('p'), ssd, [], 'skip'],
  ['selector met', nodeAffinity, pod('p', { nodeSelector: { disk: 'ssd' } }), ssd, [], 'fits'],
  [
    'selector not met',
    nodeAffinity,
    pod('p', { nodeSelector: { disk: 'ssd', zone: 'a' } }),
    ssd,
    [],
    noMatch,
  ],
  ['In', nodeAffinity, requiring(expression('disk', 'In', 'hdd', 'ssd')), ssd, [], 'fits'],
  ['NotIn', nodeAffinity, requiring(expression('disk', 'NotIn', 'ssd')), ssd, [], noMatch],
  ['NotIn, no label', nodeAffinity, requiring(expression('zone', 'NotIn', 'a')), ssd, [], 'fits'],
  ['Exists', nodeAffinity, requiring(expression('zone', 'Exists')), ssd, [], noMatch],
  ['DoesNotExist', nodeAffinity, requiring(expression('zone', 'DoesNotExist')), ssd, [], 'fits'],
  ['Gt', nodeAffinity, requiring(expression('size', 'Gt', '7')), ssd, [], 'fits'],
  ['Gt, equal', nodeAffinity, requiring(expression('size', 'Gt', '8')), ssd, [], noMatch],
  ['Lt', nodeAffinity, requiring(expression('size', 'Lt', '9')), ssd, [], 'fits'],
  ['Gt, no number', nodeAffinity, requiring(expression('disk', 'Gt', '1')), ssd, [], noMatch],
  ['an empty term', nodeAffinity, requiring({}), ssd, [], noMatch],
  [
    'one of two terms',
    nodeAffinity,
    requiring(expression('zone', 'Exists'), expression('disk', 'Exists')),
    ssd,
    [],
    'fits',
  ],
  ['by name', nodeAffinity, requiring(field('In', 'n')), ssd, [], 'fits'],
  ['by another name', nodeAffinity, requiring(field('In', 'm')), ssd, [], noMatch],
  ['not by this name', nodeAffinity, requiring(field('NotIn', 'n')), ssd, [], noMatch],
  [
    'names that exclude each other',
    nodeAffinity,
    requiring({ matchFields: [...field('In', 'a').matchFields, ...field('In', 'b').matchFields] }),
    ssd,
    [],
    'refused: pod affinity terms conflict',
  ],
  ['no ports', nodePorts, pod('p'), ssd, [], 'skip'],
  ['free port', nodePorts, withPorts('p', '80'), ssd, [withPorts('q', '81')], 'fits'],
  ['port taken', nodePorts, withPorts('p', '80'), ssd, [withPorts('q', '80')], noPorts],
  ['another protocol', nodePorts, withPorts('p', '80'), ssd, [withPorts('q', '80/UDP')], 'fits'],
  [
    'another address',
    nodePorts,
    withPorts('p', '10.0.0.1:80'),
    ssd,
    [withPorts('q', '10.0.0.2:80')],
    'fits',
  ],
  [
    'any address against one',
    nodePorts,
    withPorts('p', '80'),
    ssd,
    [withPorts('q', '10.0.0.2:80')],
    noPorts,
  ],
  [
    'one address against any',
    nodePorts,
    withPorts('p', '10.0.0.2:80'),
    ssd,
    [withPorts('q', '0.0.0.0:80')],
    noPorts,
  ],
  ['room', nodeResourcesFit, asking('p', { cpu: '4', memory: '8Gi' }), ssd, [], 'fits'],
  [
    'no CPU left',
    nodeResourcesFit,
    asking('p', { cpu: '3500m' }),
    ssd,
    [asking('q', { cpu: '501m' })],
    ['Insufficient cpu', 'curable'],
  ],
  [
    'larger than the node',
    nodeResourcesFit,
    asking('p', { cpu: '5', memory: '9Gi' }),
    ssd,
    [],
    ['Insufficient cpu', 'Insufficient memory', 'final'],
  ],
  [
    'nothing asked, though the node is over-full',
    nodeResourcesFit,
    pod('p'),
    ssd,
    [asking('q', { cpu: '9' })],
    'fits',
  ],
  [
    'too many pods',
    nodeResourcesFit,
    pod('p'),
    node('n', { allocatable: { pods: '1' } }),
    [pod('q')],
    ['Too many pods', 'curable'],
  ],
  [
    'extended resource free',
    nodeResourcesFit,
    asking('p', { 'example.com/gpu': '1' }),
    gpuNode,
    [asking('q', { 'example.com/gpu': '1' })],
    'fits',
  ],
  [
    'extended resource taken',
    nodeResourcesFit,
    asking('p', { 'example.com/gpu': '2' }),
    gpuNode,
    [asking('q', { 'example.com/gpu': '1' })],
    ['Insufficient example.com/gpu', 'curable'],
  ],
  [
    'extended resource unknown',
    nodeResourcesFit,
    asking('p', { 'example.com/gpu': '1' }),
    ssd,
    [],
    ['Insufficient example.com/gpu', 'final'],
  ],
  [
    'ephemeral storage',
    nodeResourcesFit,
    asking('p', { 'ephemeral-storage': '1Gi' }),
    ssd,
    [],
    ['Insufficient ephemeral-storage', 'final'],
  ],
];

for (const [name, plugin, asks, on, others, want] of table)
  test(`${plugin.name}: ${name}`, () => assert.deepEqual(say(plugin, asks, on, ...others), want));

test('NodePorts: sidecars have ports, init containers have none', () => {
  const ports = [{ containerPort: 80, hostPort: 80 }];
  const starting = (more: object): Pod =>
    pod('p', { initContainers: [container({}, { ports, ...more })] });
  assert.equal(say(nodePorts, starting({}), ssd), 'skip');
  const taken = withPorts('q', '80');
  assert.deepEqual(say(nodePorts, starting({ restartPolicy: 'Always' }), ssd, taken), noPorts);
});

test('NodeAffinity: only named nodes are looked at, when every term names some', () => {
  const names = (asks: Pod): unknown => {
    const found = nodeAffinity.prepare!(asks, sceneOf());
    return found.is === 'ready' && found.nodes ? [...found.nodes] : undefined;
  };
  assert.deepEqual(names(requiring(field('In', 'a'), field('In', 'b'))), ['a', 'b']);
  assert.equal(names(requiring(field('In', 'a'), expression('disk', 'Exists'))), undefined);
});

test('SchedulingGates: a pod with gates stays out', () => {
  const gated = pod('p', { schedulingGates: [{ name: 'foo' }, { name: 'bar' }] });
  assert.deepEqual(schedulingGates.admit!(gated, nothingAround), {
    is: 'rejected',
    reasons: ['waiting for scheduling gates: [foo bar]'],
    curable: false,
  });
  assert.deepEqual(schedulingGates.admit!(pod('p'), nothingAround), { is: 'fits' });
});
