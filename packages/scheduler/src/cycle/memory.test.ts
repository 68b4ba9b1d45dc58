/** Whatever is remembered, every pod gets the node, and every refusal the words, that it would get without. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod, PodSpec } from '@coxswain/api/types/core-v1';
import { seededRandom } from '@coxswain/base';
import fc from 'fast-check';
import { ClusterNodes } from '../nodes/cluster-nodes.ts';
import { Nominations } from '../nodes/nominations.ts';
import { defaultPlugins } from '../plugins/index.ts';
import { asking, node } from '../testing/objects.ts';
import { diagnosisText } from './diagnosis.ts';
import { Memory } from './memory.ts';
import { preempt } from './preempt.ts';
import { schedulePod } from './schedule-pod.ts';

const web = { matchLabels: { app: 'web' } };
const topologyKey = 'topology.kubernetes.io/zone';
const hostPort = [{ containerPort: 1, hostPort: 80 }];
const specs: readonly Partial<PodSpec>[] = [
  {},
  { priority: 5 },
  { nodeSelector: { disk: 'ssd' }, priority: 1 },
  { tolerations: [{ key: 'k', operator: 'Exists' }] },
  { containers: [{ name: 'c', image: 'big', ports: hostPort }] },
  {
    topologySpreadConstraints: [
      { maxSkew: 1, topologyKey, whenUnsatisfiable: 'DoNotSchedule', labelSelector: web },
    ],
  },
  {
    priority: 3,
    affinity: {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey, labelSelector: web }],
      },
    },
  },
];
const names = ['a', 'b', 'c', 'd', 'e', 'f'];
const arbitraryNode = fc.record({
  node: fc.constantFrom(...names),
  cpu: fc.integer({ min: 0, max: 4 }),
  zone: fc.option(fc.constantFrom('x', 'y'), { nil: undefined }),
  ssd: fc.boolean(),
  taint: fc.option(fc.constantFrom('NoSchedule', 'PreferNoSchedule'), { nil: undefined }),
  image: fc.boolean(),
});
const arbitraryEvent = fc.oneof(
  arbitraryNode,
  fc.record({ away: fc.constantFrom(...names) }),
  fc.record({ gone: fc.nat({ max: 30 }) }),
  fc.record({ again: fc.nat({ max: 30 }), labels: fc.constantFrom({ app: 'web' }, { app: 'db' }) }),
  fc.record({ spec: fc.constantFrom(...specs), cpu: fc.integer({ min: 0, max: 3 }) }),
  fc.record({ spec: fc.constantFrom(...specs), cpu: fc.integer({ min: 0, max: 3 }) }),
);
type Event = typeof arbitraryEvent extends fc.Arbitrary<infer T> ? T : never;
type NodeShape = typeof arbitraryNode extends fc.Arbitrary<infer T> ? T : never;

function nodeOf({ node: name, cpu, zone, ssd, taint, image }: NodeShape) {
  const made = node(name, {
    labels: { ...(zone && { [topologyKey]: zone }), ...(ssd && { disk: 'ssd' }) },
    allocatable: { cpu: String(cpu), pods: '4' },
    ...(taint && { taints: [{ key: 'k', effect: taint }] }),
  });
  const images = image ? [{ names: ['big:latest'], sizeBytes: 900 * 2 ** 20 }] : [];
  return { ...made, status: { ...made.status, images } };
}

/** What becomes of each pod, and what is said of it. */
function play(events: readonly Event[], seed: number, remembers: boolean): readonly unknown[] {
  const cluster = new ClusterNodes();
  const nominations = new Nominations();
  const memory = new Memory(cluster);
  const random = seededRandom(seed);
  const placed = new Map<number, Pod>();
  let start = 0;
  return events.map((event, at) => {
    if ('node' in event) return cluster.setNode(nodeOf(event));
    if ('away' in event) return cluster.removeNode(event.away);
    if ('gone' in event) {
      placed.delete(event.gone);
      return cluster.removePod(`uid-${event.gone}`);
    }
    if ('again' in event) {
      const known = [...placed.values()].at(event.again % (placed.size || 1));
      const metadata = { ...known?.metadata, labels: event.labels };
      return known && cluster.setPod({ ...known, metadata } as Pod);
    }
    const base = asking(String(at), { cpu: String(event.cpu) });
    const metadata = { ...base.metadata, labels: { app: 'web' } };
    const pod: Pod = { ...base, metadata, spec: { ...base.spec, ...event.spec } };
    const { list, byName, groups, imageOn } = cluster;
    const { decision, next } = schedulePod(
      pod,
      defaultPlugins,
      {
        ...{ list, byName, groups, imageOn, start, nominated: nominations.byNode },
        ...(remembers && { memory }),
      },
      random,
    );
    start = next;
    if (decision.is === 'placed') {
      placed.set(at, { ...pod, spec: { ...pod.spec, nodeName: decision.node } });
      cluster.setPod(placed.get(at)!);
      return decision;
    }
    const { diagnosis, filters, curable, memory: known } = decision;
    const outcome = preempt({
      ...{ pod, filters, curable, nodes: diagnosis.nodes, random, budgets: [], memory: known },
      ...{ nominated: nominations.byNode, present: undefined },
    });
    if (outcome.is === 'found') nominations.set(pod, outcome.preemption.node);
    return [diagnosisText(diagnosis), [...diagnosis.plugins].toSorted(), outcome];
  });
}

test('what is remembered changes no decision', () =>
  fc.assert(
    fc.property(
      fc.array(arbitraryEvent, { maxLength: 60, size: 'max' }),
      fc.nat(),
      (events, seed) => assert.deepEqual(play(events, seed, true), play(events, seed, false)),
    ),
    { numRuns: 300 },
  ));

test('victims are those that started last, as their pods are now', () => {
  const cluster = new ClusterNodes();
  cluster.setNode(node('n', { allocatable: { cpu: '2' } }));
  const memory = new Memory(cluster);
  const set = (name: string, second: number): boolean => {
    const made = asking(name, { cpu: '1' });
    const status = { startTime: `2026-01-01T00:00:0${second}Z` };
    return cluster.setPod({ ...made, spec: { ...made.spec, nodeName: 'n' }, status });
  };
  const victims = (): readonly string[] => {
    const base = asking('p', { cpu: '1' });
    const pod = { ...base, spec: { ...base.spec, priority: 1 } };
    const { list, byName } = cluster;
    const { decision } = schedulePod(
      pod,
      defaultPlugins,
      { list, byName, memory, start: 0 },
      () => 0,
    );
    assert.ok(decision.is === 'unplaced' && decision.memory);
    const outcome = preempt({
      ...{ pod, ...decision, nodes: 1, random: () => 0, budgets: [] },
      ...{ nominated: new Map(), present: undefined },
    });
    assert.ok(outcome.is === 'found');
    return outcome.preemption.victims.map(({ metadata }) => metadata.name);
  };
  set('a', 1);
  set('b', 2);
  const first = victims();
  set('a', 3);
  assert.deepEqual([first, victims()], [['b'], ['a']]);
});
