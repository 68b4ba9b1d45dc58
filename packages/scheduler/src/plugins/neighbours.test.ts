/** Plugins that look at other pods: InterPodAffinity and PodTopologySpread, as filters, as scores, and with pods that come and go. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { selectorFromLabels } from '@coxswain/api';
import type { Pod, PodAffinityTerm, TopologySpreadConstraint } from '@coxswain/api/types/core-v1';
import { choiceOf } from '../cycle/find-nodes.ts';
import { scoreNodes } from '../cycle/score-nodes.ts';
import { nothingAround, type Scene, type SchedulerPlugin } from '../framework/plugin.ts';
import type { NodeInfo } from '../nodes/node-info.ts';
import { infoOf, node, pod, sceneOf, sceneWith } from '../testing/objects.ts';
import { imageLocality } from './image-locality.ts';
import { interPodAffinity } from './inter-pod-affinity.ts';
import { podTopologySpread } from './pod-topology-spread.ts';

const zoneKey = 'topology.kubernetes.io/zone';
const app = (
  name: string,
  is: string,
  spec: Partial<Pod['spec']> = {},
  namespace = 'default',
): Pod => {
  const made = pod(name, spec);
  return { ...made, metadata: { ...made.metadata, namespace, labels: { app: is } } };
};
const zone = (name: string, value: string, ...pods: readonly Pod[]): NodeInfo =>
  infoOf(node(name, { labels: { [zoneKey]: value } }), ...pods);
const term = (is: string, topologyKey = zoneKey, more: Partial<PodAffinityTerm> = {}) => ({
  labelSelector: { matchLabels: { app: is } },
  topologyKey,
  ...more,
});
const near = (...terms: readonly PodAffinityTerm[]) => ({
  affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms } },
});
const far = (...terms: readonly PodAffinityTerm[]) => ({
  affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms } },
});
const spread = (more: Partial<TopologySpreadConstraint> = {}) => ({
  topologySpreadConstraints: [
    {
      ...{ maxSkew: 1, topologyKey: zoneKey, whenUnsatisfiable: 'DoNotSchedule' },
      labelSelector: { matchLabels: { app: 'web' } },
      ...more,
    },
  ],
});

/** What the filter says of each node, by name. */
function verdicts(plugin: SchedulerPlugin, asks: Pod, scene: Scene): Record<string, string> {
  const found = plugin.prepare!(asks, scene);
  const say = (info: NodeInfo): string => {
    if (found.is !== 'ready') return found.is;
    const verdict = plugin.filter!(found.state, info, asks);
    return verdict.is === 'fits'
      ? 'fits'
      : `${verdict.reasons[0]}${verdict.curable ? '' : ' (final)'}`;
  };
  return Object.fromEntries([...scene.nodes].map(([name, info]) => [name, say(info)]));
}

const notNear = "node(s) didn't match pod affinity rules (final)";
const notFar = "node(s) didn't match pod anti-affinity rules";
const unwelcome = "node(s) didn't satisfy existing pods anti-affinity rules";
const uneven = "node(s) didn't match pod topology spread constraints";
const unlabelled = `${uneven} (missing required label) (final)`;

const zones = (...inA: readonly Pod[]): readonly NodeInfo[] => [
  zone('a1', 'a', ...inA),
  zone('a2', 'a'),
  zone('b1', 'b'),
];

const filters: readonly {
  readonly name: string;
  readonly plugin: SchedulerPlugin;
  readonly asks: Pod;
  readonly nodes: readonly NodeInfo[];
  readonly want: Record<string, string>;
}[] = [
  {
    name: 'no wish on either side',
    plugin: interPodAffinity,
    asks: app('p', 'web'),
    nodes: zones(app('o', 'db')),
    want: { a1: 'skip', a2: 'skip', b1: 'skip' },
  },
  {
    name: 'near: the whole domain of the other',
    plugin: interPodAffinity,
    asks: app('p', 'web', near(term('db'))),
    nodes: zones(app('o', 'db')),
    want: { a1: 'fits', a2: 'fits', b1: notNear },
  },
  {
    name: 'near: the first of a group may go anywhere',
    plugin: interPodAffinity,
    asks: app('p', 'web', near(term('web'))),
    nodes: [...zones(), infoOf(node('c'))],
    want: { a1: 'fits', a2: 'fits', b1: 'fits', c: notNear },
  },
  {
    name: 'near: nobody of another group is there',
    plugin: interPodAffinity,
    asks: app('p', 'web', near(term('db'))),
    nodes: zones(),
    want: { a1: notNear, a2: notNear, b1: notNear },
  },
  {
    name: 'near: pods of other namespaces do not count',
    plugin: interPodAffinity,
    asks: app('p', 'web', near(term('db'))),
    nodes: zones(app('o', 'db', {}, 'other')),
    want: { a1: notNear, a2: notNear, b1: notNear },
  },
  {
    name: 'far: by host and by zone',
    plugin: interPodAffinity,
    asks: app('p', 'web', far(term('db', 'kubernetes.io/hostname'))),
    nodes: zones(app('o', 'db')),
    want: { a1: notFar, a2: 'fits', b1: 'fits' },
  },
  {
    name: 'far: what the others want holds too',
    plugin: interPodAffinity,
    asks: app('p', 'web'),
    nodes: zones(app('o', 'db', far(term('web')))),
    want: { a1: unwelcome, a2: unwelcome, b1: 'fits' },
  },
  {
    name: 'even: the emptier zone',
    plugin: podTopologySpread,
    asks: app('p', 'web', spread()),
    nodes: zones(app('o', 'web')),
    want: { a1: uneven, a2: uneven, b1: 'fits' },
  },
  {
    name: 'even: a skew that is allowed',
    plugin: podTopologySpread,
    asks: app('p', 'web', spread({ maxSkew: 2 })),
    nodes: zones(app('o', 'web')),
    want: { a1: 'fits', a2: 'fits', b1: 'fits' },
  },
  {
    name: 'even: too few domains count as one that is empty',
    plugin: podTopologySpread,
    asks: app('p', 'web', spread({ minDomains: 3 })),
    nodes: [zone('a1', 'a', app('o', 'web')), zone('b1', 'b', app('q', 'web'))],
    want: { a1: uneven, b1: uneven },
  },
  {
    name: 'even: pods that leave do not count, nodes without the label are out',
    plugin: podTopologySpread,
    asks: app('p', 'web', spread()),
    nodes: [
      ...zones({
        ...app('o', 'web'),
        metadata: { ...app('o', 'web').metadata, deletionTimestamp: 'x' },
      }),
      infoOf(node('c')),
    ],
    want: { a1: 'fits', a2: 'fits', b1: 'fits', c: unlabelled },
  },
  {
    name: 'even: nodes that the pod cannot go to are left out of account',
    plugin: podTopologySpread,
    asks: app('p', 'web', { ...spread(), nodeSelector: { [zoneKey]: 'a' } }),
    nodes: zones(app('o', 'web')),
    want: { a1: 'fits', a2: 'fits', b1: 'fits' },
  },
];

for (const { name, plugin, asks, nodes, want } of filters)
  test(`${plugin.name}: ${name}`, () =>
    assert.deepEqual(verdicts(plugin, asks, sceneOf(...nodes)), want));

test('InterPodAffinity: namespaces are meant by their labels', () => {
  const asks = app(
    'p',
    'web',
    near(term('db', zoneKey, { namespaceSelector: { matchLabels: { team: 'x' } } })),
  );
  const around = {
    ...nothingAround,
    labelsOf: (name: string) => ({ team: name === 'other' ? 'x' : 'y' }),
  };
  const scene = sceneWith(around, ...zones(app('o', 'db', {}, 'other'), app('q', 'db')));
  assert.deepEqual(verdicts(interPodAffinity, asks, scene), {
    a1: 'fits',
    a2: 'fits',
    b1: notNear,
  });
});

for (const [plugin, asks] of [
  [interPodAffinity, app('p', 'web', far(term('web')))],
  [podTopologySpread, app('p', 'web', spread())],
] as const)
  test(`${plugin.name}: a pod that comes and goes leaves all as it was`, () => {
    const [a1, ...others] = zones();
    const scene = sceneOf(a1!, ...others);
    const found = plugin.prepare!(asks, scene);
    assert.ok(found.is === 'ready');
    const other = app('o', 'web');
    const filter = (state: never): boolean => plugin.filter!(state, a1!, asks).is === 'fits';
    const come = plugin.shift!(found.state as never, other, a1!, 1, asks);
    const gone = plugin.shift!(come as never, other, a1!, -1, asks);
    assert.deepEqual(
      [found.state, come, gone].map((each) => filter(each as never)),
      [true, false, true],
    );
  });

const points = (plugin: SchedulerPlugin, asks: Pod, scene: Scene): number[] => [
  ...scoreNodes(asks, [plugin], choiceOf([...scene.nodes.values()]), scene),
];

test('InterPodAffinity: preferences of both sides, over the span between worst and best', () => {
  const prefers = (weight: number, is: string) => ({
    affinity: {
      podAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [{ weight, podAffinityTerm: term(is) }],
      },
    },
  });
  const asks = app('p', 'web', prefers(30, 'db'));
  const nodes = [
    zone('a', 'a', app('o', 'db')),
    zone('b', 'b', app('q', 'cache', prefers(15, 'web'))),
    zone('c', 'c'),
  ];
  assert.deepEqual(points(interPodAffinity, asks, sceneOf(...nodes)), [200, 100, 0]);
});

test('PodTopologySpread: the emptier the better, and siblings are spread by default', () => {
  const nodes = zones(app('o', 'web'), app('q', 'web'));
  const soft = app('p', 'web', spread({ whenUnsatisfiable: 'ScheduleAnyway' }));
  assert.deepEqual(points(podTopologySpread, soft, sceneOf(...nodes)), [0, 0, 200]);
  const around = { ...nothingAround, siblingsOf: () => selectorFromLabels({ app: 'web' }) };
  const [a1, a2, b1] = points(podTopologySpread, app('p', 'web'), sceneWith(around, ...nodes));
  assert.ok(a1! < a2! && a2! < b1!, `${a1} ${a2} ${b1}`);
});

test('ImageLocality: nodes with the image, by its size and by how many have it', () => {
  const having = (name: string, ...sizes: readonly number[]): NodeInfo => {
    const made = node(name);
    const images = sizes.map((sizeBytes) => ({ names: ['i:latest'], sizeBytes }));
    return infoOf({ ...made, status: { ...made.status, images } });
  };
  const scene = sceneOf(having('a', 800 * 2 ** 20), having('b'));
  assert.deepEqual(points(imageLocality, pod('p'), scene), [38, 0]);
});
