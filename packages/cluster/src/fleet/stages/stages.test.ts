/** Stages of KWOK's kind: what they match, when, and what becomes of Pods and Nodes. The stages here are our own. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Events, Namespaces, Nodes, Pods } from '@coxswain/api';
import type { Pod } from '@coxswain/api/types/core-v1';
import { simulatedNode, startFleet } from '@coxswain/kubelet/fleet';
import { parseAllDocuments } from 'yaml';
import { createTestCluster, type TestCluster } from '../../testing/index.ts';
import { jqPath } from './jq-path.ts';
import { chooseStage, type StageObject, stageOf } from './stage.ts';
import { runStages } from './stage-runner.ts';

const object = {
  metadata: { annotations: { 'a/delay': '3s' }, ownerReferences: [{ kind: 'Job' }, { kind: 'X' }] },
  status: {
    conditions: [
      { type: 'Ready', status: 'True' },
      { type: 'Other', status: 'False' },
    ],
  },
};
const paths: readonly (readonly [expression: string, found: readonly unknown[]])[] = [
  ['.metadata.deletionTimestamp', []],
  ['.metadata.annotations["a/delay"]', ['3s']],
  ['.metadata.ownerReferences.[].kind', ['Job', 'X']],
  ['.metadata.ownerReferences[].kind', ['Job', 'X']],
  ['.metadata.ownerReferences[1].kind', ['X']],
  ['.status.conditions.[] | select( .type == "Ready" ) | .status', ['True']],
  ['.status.conditions[]|select(.type=="None")|.status', []],
  ['.status.none.[].kind', []],
];
for (const [expression, found] of paths)
  test(`jq: ${expression}`, () => assert.deepEqual(jqPath(expression)(object), found));
test('jq: what is not understood is refused', () =>
  assert.throws(() => jqPath('.a | map(.b)'), /cannot read the expression/));

const stage = (spec: object): ReturnType<typeof stageOf> =>
  stageOf({ spec: { resourceRef: { kind: 'Pod' }, ...spec } } as StageObject);
const half = (): number => 0.5;
const delays: readonly (readonly [name: string, delay: object, ms: number])[] = [
  ['none', {}, 0],
  ['a duration', { durationMilliseconds: 1000 }, 1000],
  ['jitter above it', { durationMilliseconds: 1000, jitterDurationMilliseconds: 3000 }, 2000],
  ['jitter below it', { durationMilliseconds: 1000, jitterDurationMilliseconds: 300 }, 300],
  [
    'from an annotation',
    {
      durationMilliseconds: 1,
      durationFrom: { expressionFrom: '.metadata.annotations["a/delay"]' },
    },
    3000,
  ],
  ['until an instant', { durationFrom: { jq: { expression: '.metadata.until' } } }, 5000],
];
for (const [name, delay, ms] of delays)
  test(`delay: ${name}`, () => {
    const until = new Date(Date.UTC(2026, 0, 1, 0, 0, 5)).toISOString();
    const one = { ...object, metadata: { ...object.metadata, until } };
    assert.equal(stage({ delay }).delayMs(one, Date.UTC(2026, 0, 1), half), ms);
  });

test('of stages that match, one is drawn by weight', () => {
  const [light, heavy] = [stage({ weight: 1 }), stage({ weight: 3 })];
  const never = stage({ weight: 9, selector: { matchLabels: { no: 'no' } } });
  const drawn = (random: number): unknown =>
    chooseStage([light, never, heavy], object, () => random);
  assert.deepEqual([drawn(0.2), drawn(0.3), drawn(0.99)], [light, heavy, heavy]);
});

const stages = `
kind: Stage
metadata: { name: start }
spec:
  resourceRef: { apiGroup: v1, kind: Pod }
  selector:
    matchExpressions:
    - { key: .metadata.deletionTimestamp, operator: DoesNotExist }
    - { key: .status.podIP, operator: DoesNotExist }
  next:
    statusTemplate: |
      {{ $now := Now }}
      phase: Running
      startTime: {{ $now | Quote }}
      hostIP: {{ NodeIPWith .spec.nodeName | Quote }}
      podIP: {{ PodIPWith .spec.nodeName ( or .spec.hostNetwork false ) ( or .metadata.uid "" ) | Quote }}
      conditions:
      - { type: Ready, status: "True", lastTransitionTime: {{ $now | Quote }} }
      containerStatuses:
      {{ range .spec.containers }}
      - name: {{ .name | Quote }}
        image: {{ .image | Quote }}
        {{ with .resources }}
        resources:
        {{ YAML . 1 }}
        {{ end }}
        ready: true
        restartCount: 0
        state: { running: { startedAt: {{ $now | Quote }} } }
      {{ end }}
---
kind: Stage
metadata: { name: complete }
spec:
  resourceRef: { apiGroup: v1, kind: Pod }
  selector:
    matchExpressions:
    - { key: .metadata.deletionTimestamp, operator: DoesNotExist }
    - { key: .status.phase, operator: In, values: [Running] }
    - { key: '.metadata.labels.job', operator: Exists }
  delay: { durationMilliseconds: 10000 }
  next:
    statusTemplate: |
      phase: Succeeded
---
kind: Stage
metadata: { name: end }
spec:
  resourceRef: { apiGroup: v1, kind: Pod }
  selector:
    matchExpressions:
    - jq: { key: .metadata.deletionTimestamp, operator: Exists }
  delay: { durationMilliseconds: 1000 }
  steps:
  - event: { type: Normal, reason: Killing, message: 'Stopping container: {{ ( index .spec.containers 0 ).name }}' }
  - finalizers: { remove: [{ value: test/keep }] }
  - delete: true
---
kind: Stage
metadata: { name: node-up }
spec:
  resourceRef: { apiGroup: v1, kind: Node }
  selector:
    matchExpressions:
    - { key: '.status.conditions.[] | select( .type == "Ready" ) | .status', operator: NotIn, values: ['True'] }
  next:
    statusTemplate: |
      {{ $now := Now }}
      phase: Running
      conditions:
      {{ range NodeConditions }}
      - type: {{ .type | Quote }}
        status: {{ .status | Quote }}
        reason: {{ .reason | Quote }}
        message: {{ .message | Quote }}
        lastHeartbeatTime: {{ $now | Quote }}
        lastTransitionTime: {{ $now | Quote }}
      {{ end }}
---
kind: Stage
metadata: { name: node-beat }
spec:
  resourceRef: { apiGroup: v1, kind: Node }
  selector:
    matchExpressions:
    - { key: .status.phase, operator: In, values: [Running] }
  delay: { durationMilliseconds: 60000 }
  next:
    statusTemplate: |
      conditions:
      - { type: Ready, status: "True", lastHeartbeatTime: {{ Now | Quote }} }
`;

async function withStages(
  run: (cluster: TestCluster) => Promise<void>,
  text: string = stages,
): Promise<void> {
  await using cluster = await createTestCluster();
  const { client, informers, world, signal } = cluster;
  for (const name of ['default', 'kube-node-lease'])
    await client.create(Namespaces, { metadata: { name }, spec: {} }, { signal });
  const end = new AbortController();
  const parts = { world, informers, clientOf: () => client, signal: end.signal };
  const others = { nodes: true, pods: true };
  await using _fleet = startFleet({ ...parts, kubeletVersion: 'v1.36.2', others });
  const read = [...parseAllDocuments(text)].map((one) => stageOf(one.toJS() as StageObject));
  const running = runStages({ ...parts, kubeletPort: 10_250, version: 'v1', stages: read });
  const wanted = { name: 'n1', kubeletVersion: 'v1.36.2', nodeIp: '127.64.0.1', isUntold: true };
  const node = simulatedNode(wanted, world);
  await client.create(Nodes, { ...node, spec: { podCIDR: '10.1.0.0/29' } }, { signal });
  await cluster.advance('1s');
  await run(cluster);
  end.abort();
  await running;
}

const podOf = (name: string, more: object = {}): Pod => ({
  metadata: { name, namespace: 'default', ...more },
  spec: {
    nodeName: 'n1',
    containers: [{ name: 'c', image: 'app:1', resources: { requests: { cpu: '1' } } }],
  },
});

test('a pod goes through its stages', () =>
  withStages(async (cluster) => {
    const { client, signal } = cluster;
    const at = { namespace: 'default', signal };
    const keep = { labels: { job: 'x' }, finalizers: ['test/keep'] };
    await client.create(Pods, podOf('a', keep), { signal });
    await cluster.advance('1s');
    const { status } = await client.get(Pods, 'a', at);
    assert.deepEqual(
      [status?.phase, status?.podIP, status?.hostIP],
      ['Running', '10.1.0.2', '127.64.0.1'],
    );
    assert.deepEqual(status?.containerStatuses?.[0]?.resources, { requests: { cpu: '1' } });
    await cluster.advance('5s');
    assert.equal(
      (await client.get(Pods, 'a', at)).status?.phase,
      'Running',
      'its time has not come',
    );
    await cluster.advance('10s');
    assert.equal((await client.get(Pods, 'a', at)).status?.phase, 'Succeeded');
    await client.remove(Pods, 'a', at);
    await cluster.advance('5s');
    await assert.rejects(client.get(Pods, 'a', at), { code: 404 });
    const { items } = await client.list(Events, at);
    assert.ok(items.some(({ message }) => message === 'Stopping container: c'));
  }));

test('a node comes up by its stage, beats by another, and renews its Lease beside', () =>
  withStages(async (cluster) => {
    const beat = async (): Promise<string | undefined> => {
      const { status } = await cluster.client.get(Nodes, 'n1', { signal: cluster.signal });
      const ready = status?.conditions?.find(({ type }) => type === 'Ready');
      return ready && `${ready.status} ${ready.lastHeartbeatTime}`;
    };
    assert.equal(await beat(), 'True 2026-01-01T00:00:00Z');
    await cluster.advance('1m');
    assert.equal(await beat(), 'True 2026-01-01T00:01:00Z');
    await cluster.advance('2m');
    assert.equal(await beat(), 'True 2026-01-01T00:03:00Z');
  }));

/** The end of a pod as KWOK's pod-general has it: some time within its grace, and only when no finalizer is left. */
const terminating = `${stages.split('---')[0]!}
---
kind: Stage
metadata: { name: gone }
spec:
  resourceRef: { apiGroup: v1, kind: Pod }
  selector:
    matchExpressions:
    - jq: { key: .metadata.deletionTimestamp, operator: Exists }
    - jq: { key: .metadata.finalizers, operator: DoesNotExist }
  delay:
    durationMilliseconds: 1000
    durationFrom: { jq: { expression: '.metadata.annotations["test/delay"]' } }
    jitterDurationFrom: { jq: { expression: .metadata.deletionTimestamp } }
  steps:
  - event: { type: Normal, reason: Killing, message: 'ends {{ .metadata.name }}' }
  - delete: true
`;

test('a pod on its way out goes within its grace, is told of, and gives its address back', () =>
  withStages(async (cluster) => {
    const { client, world, signal } = cluster;
    const at = { namespace: 'default', signal };
    const startMs = world.clock.now();
    const wentMs = new Map<string, number>();
    using _watch = cluster.informers.of(Pods).subscribe((changes) => {
      for (const { now, before } of changes)
        if (!now) wentMs.set(before!.metadata.name, world.clock.now() - startMs);
    });
    const pods = [
      podOf('quick'),
      podOf('told', { annotations: { 'test/delay': '20s' } }),
      podOf('kept', { finalizers: ['test/keep'] }),
    ];
    for (const pod of pods) {
      const spec = { ...pod.spec!, terminationGracePeriodSeconds: 30 };
      await client.create(Pods, { ...pod, spec }, { signal });
    }
    await cluster.advance('1s');
    for (const { metadata } of pods) await client.remove(Pods, metadata.name, at);
    await cluster.advance('900ms');
    const { metadata } = await client.get(Pods, 'quick', at);
    assert.deepEqual(
      [metadata.deletionGracePeriodSeconds, wentMs.size],
      [30, 0],
      'each takes a second',
    );
    await cluster.advance('31s');
    assert.deepEqual([...wentMs.keys()].toSorted(), ['quick', 'told']);
    for (const [name, leastMs] of [
      ['quick', 2_000],
      ['told', 21_000],
    ] as const) {
      const went = wentMs.get(name)!;
      assert.ok(went >= leastMs && went <= 31_000, `${name} went after ${went} ms`);
    }
    await client.patch(Pods, 'kept', 'merge', { metadata: { finalizers: null } }, at);
    await cluster.advance('2s');
    assert.ok(wentMs.has('kept'), 'nothing holds it any more, and its grace is over');
    const { items } = await client.list(Events, at);
    assert.deepEqual(
      items.flatMap(({ reason, message = '' }) => (reason === 'Killing' ? message : [])).toSorted(),
      ['ends kept', 'ends quick', 'ends told'],
    );
    const more = ['a', 'b', 'c', 'd', 'e'];
    for (const name of more) await client.create(Pods, podOf(name), { signal });
    await cluster.advance('1s');
    const next = await Promise.all(more.map((name) => client.get(Pods, name, at)));
    const addresses = new Set(next.map(({ status }) => status?.podIP || 'none'));
    assert.deepEqual([addresses.size, addresses.has('none')], [5, false], 'all that there are');
  }, terminating));
