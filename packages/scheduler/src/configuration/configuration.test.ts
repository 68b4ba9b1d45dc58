/** KubeSchedulerConfiguration: what is refused, in upstream's words (taken from kube-scheduler v1.36.2), and what it means. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '@coxswain/api/types/core-v1';
import { choiceOf } from '../cycle/find-nodes.ts';
import { scoreNodes } from '../cycle/score-nodes.ts';
import { schedulePod } from '../cycle/schedule-pod.ts';
import { asking, infoOf, node, pod, sceneOf } from '../testing/objects.ts';
import { type ConfigurationError, defaultConfiguration, parseConfiguration } from './index.ts';

const head = {
  apiVersion: 'kubescheduler.config.k8s.io/v1',
  kind: 'KubeSchedulerConfiguration',
};
const profile = (more: object) => ({ ...head, profiles: [{ schedulerName: 'a', ...more }] });
const args = (name: string, its: object) => profile({ pluginConfig: [{ name, args: its }] });
const made = 'initializing profiles: creating profile for scheduler name a: ';
const decoding = 'decoding .profiles[0].pluginConfig[0]: ';

const refused: readonly (readonly [string, unknown, string])[] = [
  ['no kind', { a: 'b' }, "Object 'Kind' is missing in 'TEXT'"],
  [
    'another version',
    { ...head, apiVersion: 'kubescheduler.config.k8s.io/v1beta3' },
    'no kind "KubeSchedulerConfiguration" is registered for version "kubescheduler.config.k8s.io/v1beta3" in scheme "pkg/runtime/scheme.go:111"',
  ],
  [
    'unknown fields',
    { ...profile({ plugin: 1 }), wrong: 1 },
    'strict decoding error: unknown field "profiles[0].plugin", unknown field "wrong"',
  ],
  [
    'a text for a number',
    { ...head, parallelism: 'x' },
    'json: cannot unmarshal string into Go struct field KubeSchedulerConfiguration.parallelism of type int32',
  ],
  [
    'deep inside',
    profile({ plugins: { score: { enabled: [{ name: 'a', weight: 'x' }] } } }),
    'json: cannot unmarshal string into Go struct field Plugin.profiles.plugins.score.enabled.weight of type int32',
  ],
  [
    'an object for a list',
    { ...head, profiles: {} },
    'json: cannot unmarshal object into Go struct field KubeSchedulerConfiguration.profiles of type []v1.KubeSchedulerProfile',
  ],
  [
    'a length of time',
    { ...head, extenders: [{ httpTimeout: '5x' }] },
    'time: unknown unit "x" in duration "5x"',
  ],
  [
    'values',
    {
      ...head,
      ...{ parallelism: -1, percentageOfNodesToScore: 101 },
      ...{ podInitialBackoffSeconds: 0, podMaxBackoffSeconds: -1 },
      profiles: [{ schedulerName: 'a' }, { schedulerName: 'a' }],
    },
    '[parallelism: Invalid value: -1: should be an integer value greater than zero, profiles[1].schedulerName: Duplicate value: {}, percentageOfNodesToScore: Invalid value: 101: not in valid range [0-100], podInitialBackoffSeconds: Invalid value: 0: must be greater than 0, podMaxBackoffSeconds: Invalid value: -1: must be greater than or equal to PodInitialBackoffSeconds]',
  ],
  [
    'a plugin that is not there',
    profile({ plugins: { score: { enabled: [{ name: 'Foo' }] } } }),
    `${made}ScorePlugin "Foo" does not exist`,
  ],
  [
    'a plugin that is none of the sort',
    profile({ plugins: { score: { enabled: [{ name: 'NodeName' }] } } }),
    `${made}plugin "NodeName" does not extend ScorePlugin plugin`,
  ],
  [
    'a plugin twice',
    profile({
      plugins: { score: { enabled: [{ name: 'NodeAffinity' }, { name: 'NodeAffinity' }] } },
    }),
    `${made}plugin "NodeAffinity" already registered as "ScorePlugin"`,
  ],
  [
    'no binder',
    profile({ plugins: { multiPoint: { disabled: [{ name: 'DefaultBinder' }] } } }),
    `${made}at least one bind plugin is needed for profile with scheduler name "a"`,
  ],
  [
    'nothing at all',
    profile({ plugins: { multiPoint: { disabled: [{ name: '*' }] } } }),
    `${made}only one queue sort plugin required for profile with scheduler name "a", but got 0`,
  ],
  [
    'an unknown argument',
    args('NodeAffinity', { addedX: 1 }),
    `strict decoding error: ${decoding}strict decoding error: decoding args for plugin NodeAffinity: strict decoding error: unknown field "addedX"`,
  ],
  [
    'arguments of another kind',
    args('NodeAffinity', { kind: 'FooArgs' }),
    `${decoding}decoding args for plugin NodeAffinity: no kind "FooArgs" is registered for version "kubescheduler.config.k8s.io/v1" in scheme "pkg/runtime/scheme.go:111"`,
  ],
  [
    'a weight',
    args('InterPodAffinity', { hardPodAffinityWeight: 101 }),
    'profiles[0].pluginConfig[0].args.hardPodAffinityWeight: Invalid value: 101: not in valid range [0, 100]',
  ],
  [
    'a strategy without its shape',
    args('NodeResourcesFit', { scoringStrategy: { type: 'RequestedToCapacityRatio' } }),
    `${made}initializing plugin "NodeResourcesFit": scoringStrategy.requestedToCapacityRatio: Required value: must be specified when type is RequestedToCapacityRatio`,
  ],
  [
    'extenders',
    {
      ...head,
      extenders: [
        { urlPrefix: 'http://x', prioritizeVerb: 'p', bindVerb: 'b' },
        { urlPrefix: 'http://x', bindVerb: 'b', managedResources: [{ name: 'cpu' }] },
      ],
    },
    '[extenders[0].weight: Invalid value: 0: must have a positive weight applied to it, extenders[1].managedResources[0].name: Invalid value: "cpu": is an invalid extended resource name, extenders: Invalid value: "found 2 extenders implementing bind": only one extender can implement bind]',
  ],
];
for (const [name, value, message] of refused)
  test(`refused: ${name}`, () =>
    assert.throws(
      () => parseConfiguration(value, 'TEXT'),
      (error: ConfigurationError) => {
        assert.equal(error.message, message);
        return error.constructor.name === 'ConfigurationError';
      },
    ));

const the = (value: object) => parseConfiguration(value, '').profiles[0]!;
const filtersOf = (value: object): readonly string[] =>
  the(value)
    .plugins.filter(({ filter }) => filter)
    .map(({ name }) => name);
const weightsOf = (value: object): Record<string, number> =>
  Object.fromEntries(
    the(value).plugins.flatMap(({ name, scoring }) => (scoring ? [[name, scoring.weight]] : [])),
  );

test('an empty configuration is the default profile', () => {
  const { profiles, ...rest } = parseConfiguration(head, '');
  const { profiles: defaults, ...others } = defaultConfiguration;
  assert.deepEqual(rest, others);
  const shapeOf = ({ plugins, ...more }: (typeof profiles)[0]) => ({
    ...more,
    plugins: plugins
      .map((one) => [one.name, Object.keys(one).toSorted(), one.scoring?.weight])
      .toSorted(),
  });
  assert.deepEqual(profiles.map(shapeOf), defaults.map(shapeOf));
  const order = defaults[0]!.plugins.filter(({ filter }) => filter).map(({ name }) => name);
  assert.deepEqual(filtersOf(head), order);
});

test('plugins are switched on and off, weighed and ordered', () => {
  const plugins = {
    multiPoint: {
      disabled: [{ name: 'ImageLocality' }],
      enabled: [{ name: 'NodeAffinity', weight: 7 }],
    },
    score: {
      disabled: [{ name: '*' }],
      enabled: [{ name: 'TaintToleration', weight: 9 }, { name: 'InterPodAffinity' }],
    },
    filter: { enabled: [{ name: 'NodePorts' }], disabled: [{ name: 'NodeName' }] },
    postFilter: { disabled: [{ name: '*' }] },
  };
  assert.deepEqual(weightsOf(profile({ plugins })), { TaintToleration: 9, InterPodAffinity: 1 });
  assert.deepEqual(filtersOf(profile({ plugins })).slice(0, 3), [
    ...['NodePorts', 'NodeUnschedulable', 'TaintToleration'],
  ]);
  assert.ok(!filtersOf(profile({ plugins })).includes('NodeName'));
  assert.equal(the(profile({ plugins })).preemption, undefined);
  const { score: _, ...others } = plugins;
  const { NodeAffinity, ImageLocality } = weightsOf(profile({ plugins: others }));
  assert.deepEqual([NodeAffinity, ImageLocality], [7, undefined]);
});

const nodes = [
  infoOf(node('busy', { labels: { disk: 'ssd' } }), asking('o', { cpu: '2', memory: '4Gi' })),
  infoOf(node('free')),
];
const scores = (value: object, asks: Pod): readonly number[] => [
  ...scoreNodes(asks, the(value).plugins, choiceOf(nodes), sceneOf(...nodes)),
];
const onlyFit = { score: { disabled: [{ name: '*' }], enabled: [{ name: 'NodeResourcesFit' }] } };
const strategy = (type: string, more = {}, resources?: object) => ({
  ...profile({
    plugins: onlyFit,
    pluginConfig: [
      { name: 'NodeResourcesFit', args: { scoringStrategy: { type, resources, ...more } } },
    ],
  }),
});
const shape = [
  { utilization: 0, score: 0 },
  { utilization: 100, score: 10 },
];
const cpuOnly = [{ name: 'cpu', weight: 3 }];
const strategies: readonly (readonly [string, object, readonly number[]])[] = [
  ['the emptier', strategy('LeastAllocated'), [25, 75]],
  ['the fuller', strategy('MostAllocated'), [75, 25]],
  ['CPU alone', strategy('MostAllocated', {}, cpuOnly), [75, 25]],
  [
    'by a line',
    strategy('RequestedToCapacityRatio', { requestedToCapacityRatio: { shape } }),
    [75, 25],
  ],
];
for (const [name, value, want] of strategies)
  test(`NodeResourcesFit prefers ${name}`, () =>
    assert.deepEqual(scores(value, asking('p', { cpu: '1', memory: '2Gi' })), want));

const place = (value: object, asks: Pod) => {
  const { decision } = schedulePod(
    asks,
    the(value).plugins,
    { list: nodes, byName: new Map(nodes.map((info) => [info.name, info])), start: 0 },
    () => 0,
  );
  return decision.is === 'placed'
    ? decision.node
    : Object.fromEntries([...decision.diagnosis.rejections].map(([why, { nodes: n }]) => [why, n]));
};

test('NodeAffinity holds every pod to what is added', () => {
  const affinity = (value: string) =>
    args('NodeAffinity', {
      addedAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [
            { matchExpressions: [{ key: 'disk', operator: 'In', values: [value] }] },
          ],
        },
      },
    });
  assert.equal(place(affinity('ssd'), pod('p')), 'busy');
  const why = "node(s) didn't match scheduler-enforced node affinity";
  assert.deepEqual(place(affinity('hdd'), pod('p')), { [why]: 2 });
});

test('resources that are not looked at are no obstacle', () => {
  const asks = asking('p', { 'example.com/gpu': '1' });
  assert.deepEqual(place(profile({}), asks), { 'Insufficient example.com/gpu': 2 });
  const ignored = args('NodeResourcesFit', {
    ignoredResourceGroups: ['example.com'],
    scoringStrategy: { type: 'LeastAllocated' },
  });
  assert.equal(place(ignored, asks), 'free');
  const extenders = [
    { urlPrefix: 'x', managedResources: [{ name: 'example.com/gpu', ignoredByScheduler: true }] },
  ];
  assert.equal(place({ ...profile({}), extenders }, asks), 'free');
});

test('back-off, share of nodes and candidates are as told', () => {
  const { profiles, firstBackoffMs, maxBackoffMs } = parseConfiguration(
    {
      ...args('DefaultPreemption', {
        minCandidateNodesPercentage: 50,
        minCandidateNodesAbsolute: 2,
      }),
      ...{ podInitialBackoffSeconds: 2, podMaxBackoffSeconds: 20, percentageOfNodesToScore: 30 },
    },
    '',
  );
  assert.deepEqual([firstBackoffMs, maxBackoffMs, profiles[0]!.percentage], [2000, 20_000, 30]);
  assert.deepEqual(profiles[0]!.preemption, { percentage: 50, absolute: 2 });
});
