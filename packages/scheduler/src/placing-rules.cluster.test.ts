/** What users are told of where pods go (rows J1 to J24 of the mission's checklist), as they would try it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Cluster, type StartOptions, startCluster } from '@coxswain/cluster';

type Nodes = Exclude<StartOptions['nodes'], number | undefined>;

const zoned = (...zones: readonly string[]): Nodes =>
  zones.map((zone, at) => ({ name: `n${at + 1}`, labels: { 'cloud/zone': zone } }));
const noSchedule = { key: 'dedicated', value: 'gpu', effect: 'NoSchedule' };
const tainted = (effect: string): Nodes => [
  { name: 'n1', taints: [{ ...noSchedule, effect }] },
  'n2',
];
const image = 'registry.k8s.io/pause:3.10';
const pod = (name: string, spec: object = {}, labels: object = {}): object => ({
  ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name, labels } },
  spec: { containers: [{ name: 'main', image }], ...spec },
});
const asks = (cpu: string): object => ({
  containers: [{ name: 'main', image, resources: { requests: { cpu } } }],
});
const tolerates = (toleration: object): object => ({
  tolerations: [{ key: 'dedicated', ...toleration }],
});
const term = (labels: object, topologyKey: string): object => ({
  requiredDuringSchedulingIgnoredDuringExecution: [
    { labelSelector: { matchLabels: labels }, topologyKey },
  ],
});
const hostname = 'kubernetes.io/hostname';
const deployment = (name: string, replicas: number, labels: object, spec: object): object => ({
  ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name } },
  spec: {
    ...{ replicas, selector: { matchLabels: labels } },
    template: { metadata: { labels }, spec: { containers: [{ name, image }], ...spec } },
  },
});
const byZone = (sort: 'required' | 'preferred'): object => {
  const wish = { matchExpressions: [{ key: 'cloud/zone', operator: 'In', values: ['z1', 'z2'] }] };
  const nodeAffinity =
    sort === 'required'
      ? { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [wish] } }
      : { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference: wish }] };
  return { affinity: { nodeAffinity } };
};
const weighed = (...wishes: readonly (readonly [number, string])[]): object => ({
  affinity: {
    nodeAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: wishes.map(([weight, key]) => ({
        ...{ weight, preference: { matchExpressions: [{ key, operator: 'Exists' }] } },
      })),
    },
  },
});

interface Rule {
  readonly rows: string;
  readonly name: string;
  readonly nodes: Nodes;
  readonly pods: readonly object[];
  /** The node of each pod; text in parentheses is what its condition says. */
  readonly want: Readonly<Record<string, string>>;
}

const refused = '(0/2 nodes are available: 2 ';
const preempting =
  'no new claims to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.)';
const rules: readonly Rule[] = [
  {
    ...{ rows: 'J1 J2 J24', name: 'resources that no node has are named' },
    nodes: ['n1', 'n2'],
    pods: [pod('big', asks('100'))],
    want: { big: `${refused}Insufficient cpu. ${preempting}` },
  },
  {
    ...{ rows: 'J2', name: 'a port of the host is given once' },
    nodes: ['n1'],
    pods: ['a', 'b'].map((name) =>
      pod(name, { containers: [{ name, image, ports: [{ containerPort: 80, hostPort: 80 }] }] }),
    ),
    want: {
      a: 'n1',
      b: "(0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports. no new claims to deallocate, preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.)",
    },
  },
  {
    ...{ rows: 'J3', name: 'a primary and its replica in different zones' },
    nodes: zoned('z1', 'z1', 'z2'),
    pods: [
      pod('primary', { nodeSelector: { 'cloud/zone': 'z1' } }, { db: 'x' }),
      pod(
        'replica',
        { affinity: { podAntiAffinity: term({ db: 'x' }, 'cloud/zone') } },
        { db: 'x' },
      ),
    ],
    want: { replica: 'n3' },
  },
  {
    ...{ rows: 'J4 J5 J9 J15', name: 'a taint keeps pods off, and toleration only permits' },
    nodes: tainted('NoSchedule'),
    pods: [
      pod('plain'),
      pod('tolerant', { ...tolerates({ operator: 'Exists' }), nodeSelector: { [hostname]: 'n2' } }),
      pod('there', { nodeSelector: { [hostname]: 'n1' } }),
    ],
    want: {
      ...{ plain: 'n2', tolerant: 'n2' },
      there: `(0/2 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, 1 node(s) had untolerated taint(s). ${preempting}`,
    },
  },
  {
    ...{ rows: 'J6 J7 J8', name: 'tolerations by value, by key, and of all effects' },
    nodes: [{ name: 'n1', taints: [noSchedule] }],
    pods: [
      pod('equal', tolerates({ operator: 'Equal', value: 'gpu', effect: 'NoSchedule' })),
      pod('exists', tolerates({ operator: 'Exists', effect: 'NoSchedule' })),
      pod('any-effect', tolerates({ value: 'gpu' })),
      pod('other', tolerates({ operator: 'Equal', value: 'tpu', effect: 'NoSchedule' })),
    ],
    want: {
      ...{ equal: 'n1', exists: 'n1', 'any-effect': 'n1' },
      other: `(0/1 nodes are available: 1 node(s) had untolerated taint(s). ${preempting.replaceAll('2', '1')}`,
    },
  },
  {
    ...{ rows: 'J13', name: 'a soft taint is avoided, and taken when there is nothing else' },
    nodes: tainted('PreferNoSchedule'),
    pods: [pod('free'), pod('bound', { nodeSelector: { [hostname]: 'n1' } })],
    want: { free: 'n2', bound: 'n1' },
  },
  {
    ...{
      rows: 'J14',
      name: 'pods of the system tolerate the taint of the control plane, by either name',
    },
    nodes: [
      {
        name: 'n1',
        taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }],
      },
    ],
    pods: [
      pod('system', {
        tolerations: ['master', 'control-plane'].map((role) => ({
          ...{ key: `node-role.kubernetes.io/${role}`, operator: 'Exists', effect: 'NoSchedule' },
        })),
      }),
    ],
    want: { system: 'n1' },
  },
  {
    ...{ rows: 'J16', name: 'a node selector is hard' },
    nodes: zoned('z1', 'z2'),
    pods: [
      pod('here', { nodeSelector: { 'cloud/zone': 'z2' } }),
      pod('nowhere', { nodeSelector: { 'cloud/zone': 'z3' } }),
    ],
    want: {
      here: 'n2',
      nowhere: `${refused}node(s) didn't match Pod's node affinity/selector. ${preempting}`,
    },
  },
  {
    ...{ rows: 'J17 J23', name: 'required affinity is hard, preferred is not' },
    nodes: zoned('z3', 'z4'),
    pods: [
      pod('hard', byZone('required')),
      pod('soft', { ...byZone('preferred'), nodeSelector: { 'cloud/zone': 'z4' } }),
    ],
    want: {
      hard: `${refused}node(s) didn't match Pod's node affinity/selector. ${preempting}`,
      soft: 'n2',
    },
  },
  {
    ...{ rows: 'J18', name: 'weights are summed up by node, the highest is preferred' },
    nodes: [
      { name: 'n1', labels: { a: '', b: '' } },
      { name: 'n2', labels: { c: '' } },
    ],
    pods: [
      pod('one', weighed([30, 'a'], [30, 'b'], [50, 'c'])),
      pod('other', weighed([30, 'a'], [30, 'b'], [100, 'c'])),
    ],
    want: { one: 'n1', other: 'n2' },
  },
];

/** The node of a pod, or in parentheses what its condition says. */
async function whereabouts(cluster: Cluster, name: string): Promise<string> {
  const { spec, status } = await cluster.get('Pod', name);
  const condition = status?.conditions?.find(({ type }) => type === 'PodScheduled');
  return spec.nodeName ?? `(${condition?.message})`;
}

for (const { rows, name, nodes, pods, want } of rules)
  test(`${rows}: ${name}`, async () => {
    await using cluster = await startCluster({ nodes });
    for (const each of pods) {
      await cluster.apply([each as never]);
      await cluster.settle();
    }
    for (const [each, expected] of Object.entries(want))
      assert.equal(await whereabouts(cluster, each), expected);
  });

/** Nodes of the pods with these labels, each as often as there are pods. */
async function nodesOf(cluster: Cluster, labelSelector: string): Promise<readonly string[]> {
  const pods = await cluster.list('Pod', { labelSelector });
  return pods.map(({ spec }) => spec.nodeName ?? 'none').toSorted();
}

test('J20: near another pod by zone: all nodes of its zone will do', async () => {
  await using cluster = await startCluster({ nodes: zoned('z1', 'z1', 'z2') });
  await cluster.apply([
    pod('s1', { nodeSelector: { [hostname]: 'n1' } }, { security: 'S1' }) as never,
  ]);
  await cluster.settle();
  const affinity = { podAffinity: term({ security: 'S1' }, 'cloud/zone') };
  await cluster.apply([deployment('beside', 6, { app: 'beside' }, { affinity }) as never]);
  await cluster.settle();
  assert.deepEqual(new Set(await nodesOf(cluster, 'app=beside')), new Set(['n1', 'n2']));
});

test('J21 J22: three caches and three servers, one of each on a node; a fourth cache waits', async () => {
  await using cluster = await startCluster({ nodes: ['n1', 'n2', 'n3'] });
  const far = (app: string): object => ({ podAntiAffinity: term({ app }, hostname) });
  const redis = (replicas: number) =>
    deployment('redis-cache', replicas, { app: 'store' }, { affinity: far('store') }) as never;
  const affinity = { ...far('web-store'), podAffinity: term({ app: 'store' }, hostname) };
  await cluster.apply([
    redis(3),
    deployment('web-server', 3, { app: 'web-store' }, { affinity }) as never,
  ]);
  await cluster.advance('1m');
  for (const app of ['store', 'web-store'])
    assert.deepEqual(await nodesOf(cluster, `app=${app}`), ['n1', 'n2', 'n3']);
  await cluster.apply([redis(4)]);
  await cluster.settle();
  assert.deepEqual(await nodesOf(cluster, 'app=store'), ['n1', 'n2', 'n3', 'none']);
  const failed = (await cluster.events()).filter(({ reason }) => reason === 'FailedScheduling');
  assert.equal(
    failed.at(-1)!.message,
    "0/3 nodes are available: 3 node(s) didn't match pod anti-affinity rules. no new claims to deallocate, preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod.",
  );
});

test('J10 J11 J12: a taint that executes: one stays, one stays for 300 s, one goes at once and comes back elsewhere', async () => {
  await using cluster = await startCluster({ nodes: ['n1', 'n2'] });
  const on = { nodeSelector: { [hostname]: 'n1' } };
  const toleration = { key: 'dedicated', operator: 'Exists', effect: 'NoExecute' };
  const stays = [toleration];
  const leaves = [{ ...toleration, tolerationSeconds: 300 }];
  const away = {
    affinity: {
      nodeAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          {
            weight: 100,
            preference: { matchExpressions: [{ key: hostname, operator: 'In', values: ['n1'] }] },
          },
        ],
      },
    },
  };
  await cluster.apply([
    pod('pod1', { ...on, tolerations: stays }) as never,
    pod('pod2', { ...on, tolerations: leaves }) as never,
    deployment('pod3', 1, { app: 'pod3' }, away) as never,
  ]);
  await cluster.advance('10s');
  assert.deepEqual(await nodesOf(cluster, 'app=pod3'), ['n1']);
  const taint = async (effect: string): Promise<void> => {
    const taints = [{ ...noSchedule, effect }];
    await cluster.apply([
      { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' }, spec: { taints } } as never,
    ]);
  };
  const names = async (): Promise<readonly string[]> =>
    (await cluster.list('Pod', { namespace: 'default' }))
      .map(({ metadata, spec }) => `${metadata.name.slice(0, 4)} ${spec.nodeName}`)
      .toSorted();
  await taint('NoSchedule');
  await cluster.advance('10s');
  assert.deepEqual(await names(), ['pod1 n1', 'pod2 n1', 'pod3 n1'], 'J10: those that run stay');
  await taint('NoExecute');
  await cluster.advance('4m');
  assert.deepEqual(await names(), ['pod1 n1', 'pod2 n1', 'pod3 n2']);
  await cluster.advance('2m');
  assert.deepEqual(await names(), ['pod1 n1', 'pod3 n2']);
});

test('J7 J19: a wrong operator and a field that there is none of are refused by name', async () => {
  await using cluster = await startCluster();
  await assert.rejects(
    cluster.apply([pod('p', tolerates({ operator: 'Exist' })) as never]),
    /Unsupported value: "Exist": supported values: "Equal", "Exists"/,
  );
  await assert.rejects(
    cluster.apply([pod('p', { affinity: { nodeAntiAffinity: {} } }) as never]),
    /spec\.affinity\.nodeAntiAffinity: field not declared in schema/,
  );
});
