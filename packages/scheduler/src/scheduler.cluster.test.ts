import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError, Events, Nodes, Pods } from '@coxswain/api';
import type { Node, Pod, PodCondition } from '@coxswain/api/types/core-v1';
import type { Client } from '@coxswain/client';
import { createTestCluster, type TestCluster } from '@coxswain/cluster/testing';
import { defaultConfiguration } from './configuration/index.ts';
import { rejected, type SchedulerPlugin } from './framework/plugin.ts';
import { defaultPlugins } from './plugins/index.ts';
import { runScheduler } from './run-scheduler.ts';
import type { SchedulerOptions } from './scheduler-options.ts';
import { asking, node, pod, withPorts } from './testing/objects.ts';
import { createVerdicts, type Verdicts } from './why/verdicts.ts';

const withPlugins = (...plugins: readonly SchedulerPlugin[]): Partial<SchedulerOptions> => ({
  configuration: {
    ...defaultConfiguration,
    profiles: [{ ...defaultConfiguration.profiles[0]!, plugins }],
  },
});

interface Rig extends AsyncDisposable {
  readonly cluster: TestCluster;
  readonly verdicts: Verdicts;
  add(...objects: readonly (Node | Pod)[]): Promise<void>;
  /** Pod -> node, '' while it has none. */
  placed(): Promise<Record<string, string>>;
  condition(name: string): Promise<PodCondition | undefined>;
  /** `Normal Scheduled: ...`, with `xN` where it was counted. */
  events(): Promise<readonly string[]>;
  change(name: string, patch: object, subresource?: string): Promise<void>;
}

async function rig(options: Partial<SchedulerOptions> = {}): Promise<Rig> {
  const cluster = await createTestCluster();
  const { world, client, informers, signal } = cluster;
  const verdicts = createVerdicts();
  const end = new AbortController();
  const running = runScheduler({
    ...{ world, client, informers, verdicts },
    signal: AbortSignal.any([signal, end.signal]),
    ...options,
  });
  const at = { namespace: 'default', signal };
  const isPod = (object: Node | Pod): object is Pod => object.kind === 'Pod';
  return {
    cluster,
    verdicts,
    async add(...objects) {
      for (const { metadata, ...object } of objects) {
        const { uid: _uid, ...fresh } = metadata;
        const made = { ...object, metadata: fresh };
        if (isPod(made)) {
          const { status, ...bare } = made;
          await client.create(Pods, bare as Pod, { signal });
          if (status)
            await client.patch(
              Pods,
              fresh.name,
              'merge',
              { status },
              { ...at, subresource: 'status' },
            );
        } else {
          await client.create(Nodes, made as Node, { signal });
          const { status } = made;
          await client.patch(
            Nodes,
            fresh.name,
            'merge',
            { status },
            { signal, subresource: 'status' },
          );
        }
      }
      await cluster.settle();
    },
    async placed() {
      const { items } = await client.list(Pods, at);
      return Object.fromEntries(
        items.map(({ metadata, spec }) => [metadata.name, spec.nodeName ?? '']),
      );
    },
    async condition(name) {
      const { status } = await client.get(Pods, name, at);
      return status?.conditions?.find(({ type }) => type === 'PodScheduled');
    },
    async events() {
      const { items } = await client.list(Events, at);
      return items.map(
        ({ type, reason, message, count }) =>
          `${type} ${reason}: ${message}${(count ?? 1) > 1 ? ` x${count}` : ''}`,
      );
    },
    async change(name, patch, subresource) {
      await client.patch(Pods, name, 'strategic', patch, {
        ...at,
        ...(subresource && { subresource }),
      });
      await cluster.settle();
    },
    async [Symbol.asyncDispose]() {
      end.abort(new Error('the scheduler ended'));
      await running;
      await cluster[Symbol.asyncDispose]();
    },
  };
}

const taints = [{ key: 'a', effect: 'NoSchedule' }];

test('pods are placed, spread, and told so', async () => {
  await using run = await rig();
  await run.add(node('a'), node('b'));
  await run.add(asking('p', { cpu: '1' }), asking('q', { cpu: '1' }));
  const placed = await run.placed();
  assert.deepEqual(Object.values(placed).toSorted(), ['a', 'b']);
  assert.deepEqual(
    await run.events(),
    ['p', 'q'].map(
      (name) => `Normal Scheduled: Successfully assigned default/${name} to ${placed[name]}`,
    ),
  );
  assert.equal((await run.condition('p'))?.status, 'True');
  const [reason] = run.verdicts.all();
  const { atMs: _at, about, ...rest } = reason!;
  assert.equal(about.name, 'p');
  assert.deepEqual(rest, {
    component: 'default-scheduler',
    verdict: 'placed',
    facts: { node: placed['p'], evaluated: 2, feasible: 2, attempt: 1 },
    because: [],
  });
});

test('an unschedulable pod says why, and is placed when a node comes that can hold it', async () => {
  await using run = await rig();
  await run.add(node('small', { allocatable: { cpu: '1' } }), node('tainted', { taints }));
  await run.add(asking('p', { cpu: '2' }));
  const message =
    '0/2 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint(s). no new claims to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.';
  const {
    lastTransitionTime: since,
    lastProbeTime: _probed,
    ...condition
  } = (await run.condition('p'))!;
  assert.deepEqual(condition, {
    type: 'PodScheduled',
    status: 'False',
    reason: 'Unschedulable',
    message,
    observedGeneration: 1,
  });
  assert.ok(since);
  assert.deepEqual(await run.events(), [`Warning FailedScheduling: ${message}`]);
  const [{ verdict, facts, because }] = run.verdicts.all() as [ReturnType<Verdicts['all']>[0]];
  assert.deepEqual(
    [verdict, facts, because],
    [
      'unschedulable',
      { nodes: 2, attempt: 1, plugins: 'NodeResourcesFit TaintToleration' },
      [
        {
          verdict: 'rejected',
          facts: {
            plugin: 'NodeResourcesFit',
            reason: 'Insufficient cpu',
            nodes: 1,
            node: 'small',
          },
        },
        {
          verdict: 'rejected',
          facts: {
            plugin: 'TaintToleration',
            reason: 'node(s) had untolerated taint(s)',
            nodes: 1,
            node: 'tainted',
          },
        },
      ],
    ],
  );
  await run.add(node('also-small', { taints, allocatable: { cpu: '1' } }));
  assert.equal(run.verdicts.all()[0]!.facts['attempt'], 1); // nobody asked it again
  await run.add(node('big'));
  assert.deepEqual(await run.placed(), { p: 'big' });
});

test('without nodes a pod is tried again and again, and says so', async () => {
  await using run = await rig();
  await run.add(pod('p'));
  await run.cluster.advance('10s');
  assert.deepEqual(await run.events(), [
    'Warning FailedScheduling: no nodes available to schedule pods x4',
  ]);
  await run.add(node('a'));
  await run.cluster.advance('11s');
  assert.deepEqual(await run.placed(), { p: 'a' });
});

test('a taint that goes wakes the pods it kept away, and so does a toleration', async () => {
  await using run = await rig();
  const { client, signal } = run.cluster;
  await run.add(node('a', { taints }));
  await run.add(pod('p'), pod('q'));
  assert.deepEqual(await run.placed(), { p: '', q: '' });
  await run.change('q', { spec: { tolerations: [{ key: 'a', operator: 'Exists' }] } });
  assert.deepEqual(await run.placed(), { p: '', q: 'a' });
  await client.patch(Nodes, 'a', 'merge', { spec: { taints: null } }, { signal });
  await run.cluster.settle();
  assert.deepEqual(await run.placed(), { p: 'a', q: 'a' });
});

test('a port of the host is given once, and again when its pod has ended', async () => {
  await using run = await rig();
  await run.add(node('a'));
  await run.add(withPorts('p', '80'), withPorts('q', '80'), withPorts('r', '80/UDP'));
  assert.deepEqual(await run.placed(), { p: 'a', q: '', r: 'a' });
  await run.change('p', { status: { phase: 'Succeeded' } }, 'status');
  assert.deepEqual(await run.placed(), { p: 'a', q: 'a', r: 'a' });
});

test('a gated pod is left alone until its gates are gone', async () => {
  await using run = await rig();
  await run.add(node('a'));
  await run.add(pod('p', { schedulingGates: [{ name: 'x' }] }));
  await run.cluster.advance('10m');
  assert.deepEqual([await run.placed(), await run.events()], [{ p: '' }, []]);
  await run.change('p', { spec: { schedulingGates: [{ $patch: 'delete', name: 'x' }] } });
  assert.deepEqual(await run.placed(), { p: 'a' });
});

test('the last room goes to the higher priority; a deleted pod makes room for the next', async () => {
  await using run = await rig();
  const { client, signal } = run.cluster;
  const wanting = (name: string, priority: number): Pod => {
    const asks = asking(name, { cpu: '4' });
    return { ...asks, spec: { ...asks.spec, priority } };
  };
  await run.add(wanting('low', 1), wanting('high', 2));
  await run.add(node('a'));
  await run.cluster.advance('11s');
  assert.deepEqual(await run.placed(), { low: '', high: 'a' });
  await client.remove(Pods, 'high', { namespace: 'default', graceSeconds: 0, signal });
  await run.cluster.settle();
  assert.deepEqual(await run.placed(), { low: 'a' });
});

test('pods of other schedulers, and pods that name their node, only take room', async () => {
  await using run = await rig();
  await run.add(node('a'));
  const own = asking('own', { cpu: '3' });
  await run.add(
    pod('other', { schedulerName: 'mine' }),
    { ...own, spec: { ...own.spec, nodeName: 'a' } },
    asking('p', { cpu: '2' }),
  );
  assert.deepEqual(await run.placed(), { other: '', own: 'a', p: '' });
});

test('a pod that is going is not placed', async () => {
  await using run = await rig();
  const { client, signal } = run.cluster;
  const stuck = pod('p');
  await run.add({ ...stuck, metadata: { ...stuck.metadata, finalizers: ['a.b/c'] } });
  await client.remove(Pods, 'p', { namespace: 'default', signal });
  await run.add(node('a'));
  await run.cluster.advance('11s');
  assert.deepEqual(await run.placed(), { p: '' });
  assert.ok(
    (await run.events()).includes(
      'Warning FailedScheduling: skip schedule deleting pod: default/p',
    ),
  );
});

/** A client whose bindings are answered by `answer` first. */
const binding = (client: Client, answer: (name: string) => Promise<void>): Client => ({
  ...client,
  async raw(call) {
    if (call.path.endsWith('/binding')) await answer(call.path.split('/').at(-2)!);
    return client.raw(call);
  },
});

test('a binding that is refused gives the room back, says so, and is tried again', async () => {
  const cluster = await createTestCluster();
  let refusals = 2;
  const client = binding(cluster.client, async () => {
    if (refusals-- > 0) throw new ApiError(409, 'Conflict', 'not now');
  });
  const end = new AbortController();
  const { world, informers } = cluster;
  const verdicts = createVerdicts();
  const running = runScheduler({ world, client, informers, verdicts, signal: end.signal });
  await cluster.client.create(Nodes, node('a'), { signal: end.signal });
  const at = { signal: end.signal, namespace: 'default' };
  const { status } = node('a');
  await cluster.client.patch(
    Nodes,
    'a',
    'merge',
    { status },
    { ...at, namespace: undefined, subresource: 'status' },
  );
  const { uid: _uid, ...metadata } = asking('p', {}).metadata;
  await cluster.client.create(Pods, { ...asking('p', { cpu: '4' }), metadata }, at);
  await cluster.settle();
  const get = (): Promise<Pod> => cluster.client.get(Pods, 'p', at);
  const refused = await get();
  const condition = refused.status?.conditions?.find(({ type }) => type === 'PodScheduled');
  const message = 'running Bind plugin "DefaultBinder": not now';
  assert.deepEqual([condition?.reason, condition?.message], ['SchedulerError', message]);
  assert.deepEqual(verdicts.all()[0]!.facts, { error: message });
  await cluster.advance('2s');
  assert.equal((await get()).spec.nodeName, undefined);
  await cluster.advance('4s');
  assert.equal((await get()).spec.nodeName, 'a');
  const { items } = await cluster.client.list(Events, at);
  assert.deepEqual(
    items.map(({ reason, count }) => `${reason} ${count ?? 1}`),
    ['FailedScheduling 2', 'Scheduled 1'],
  );
  end.abort(new Error('the scheduler ended'));
  await running;
  await cluster[Symbol.asyncDispose]();
});

test('while a binding is on its way its room is taken, and a change of the pod starts no second try', async () => {
  const cluster = await createTestCluster();
  const gate = Promise.withResolvers<void>();
  const bound: string[] = [];
  const client = binding(cluster.client, async (name) => {
    bound.push(name);
    if (name === 'p') await gate.promise;
  });
  const end = new AbortController();
  const { world, informers } = cluster;
  const quiet = { ...world, work: { ...world.work, track: <T>(job: Promise<T>) => job } };
  const running = runScheduler({ world: quiet, client, informers, signal: end.signal });
  const at = { signal: end.signal, namespace: 'default' };
  await cluster.client.create(Nodes, node('a'), { signal: end.signal });
  await cluster.client.patch(
    Nodes,
    'a',
    'merge',
    { status: node('a').status },
    { signal: end.signal, subresource: 'status' },
  );
  const make = async (name: string): Promise<void> => {
    const asks = asking(name, { cpu: '3' });
    const { uid: _uid, ...metadata } = asks.metadata;
    await cluster.client.create(Pods, { ...asks, metadata }, at);
    await cluster.settle();
  };
  await make('p');
  await make('q');
  await cluster.client.patch(Pods, 'p', 'merge', { metadata: { labels: { a: 'b' } } }, at);
  await cluster.settle();
  assert.deepEqual(bound, ['p']);
  gate.resolve();
  await cluster.settle();
  await cluster.advance('1s');
  const { items } = await cluster.client.list(Pods, at);
  assert.deepEqual(
    items.map(({ metadata, spec }) => [metadata.name, spec.nodeName]),
    [
      ['p', 'a'],
      ['q', undefined],
    ],
  );
  assert.deepEqual(bound, ['p']);
  end.abort(new Error('the scheduler ended'));
  await running;
  await cluster[Symbol.asyncDispose]();
});

test('an error of a plugin is no verdict: it is told as an error and tried again', async () => {
  let isBroken = true;
  const broken: SchedulerPlugin = {
    name: 'Broken',
    wakeOn: [],
    prepare() {
      if (isBroken) throw new Error('out of order');
      return { is: 'skip' };
    },
  };
  await using run = await rig(withPlugins(...defaultPlugins, broken));
  await run.add(node('a'));
  await run.add(pod('p'));
  const condition = await run.condition('p');
  assert.deepEqual([condition?.reason, condition?.message], ['SchedulerError', 'out of order']);
  isBroken = false;
  await run.cluster.advance('2s');
  assert.deepEqual(await run.placed(), { p: 'a' });
});

test('a long reason is cut in the event, and whole in the condition', async () => {
  const wordy: SchedulerPlugin = {
    name: 'Wordy',
    wakeOn: [],
    filter: () => rejected('x'.repeat(2000), false),
  };
  await using run = await rig(withPlugins(wordy));
  await run.add(node('a'));
  await run.add(pod('p'));
  const [event] = await run.events();
  assert.ok(event!.endsWith('x ...'));
  assert.equal(event!.length, 'Warning FailedScheduling: '.length + 1024);
  assert.ok((await run.condition('p'))!.message!.length > 2000);
});

test('a more important pod takes the place of another, which is told why', async () => {
  await using run = await rig();
  const { client, signal } = run.cluster;
  await run.add(node('a'), asking('x', { cpu: '3' }));
  const urgent = asking('p', { cpu: '2' });
  await run.add({ ...urgent, spec: { ...urgent.spec, priority: 1000 } });
  assert.deepEqual(await run.placed(), { p: '', x: 'a' });
  const at = { namespace: 'default', signal };
  const [p, x] = await Promise.all(['p', 'x'].map((name) => client.get(Pods, name, at)));
  assert.equal(p!.status?.nominatedNodeName, 'a');
  const condition = x!.status?.conditions?.find(({ type }) => type === 'DisruptionTarget');
  assert.deepEqual(
    [condition?.reason, condition?.message],
    ['PreemptionByScheduler', 'default-scheduler: preempting to accommodate a higher priority pod'],
  );
  assert.ok(x!.metadata.deletionTimestamp);
  const said = await run.events();
  assert.ok(
    said.includes('Warning FailedScheduling: 0/1 nodes are available: 1 Insufficient cpu.'),
  );
  assert.ok(said.includes(`Normal Preempted: Preempted by pod ${p!.metadata.uid} on node a`));
  await run.add(asking('small', { cpu: '3' })); // the room is kept, also once it is there
  await client.remove(Pods, 'x', { ...at, graceSeconds: 0 });
  await run.cluster.advance('15s');
  assert.deepEqual(await run.placed(), { p: 'a', small: '' });
});

test('each profile places its pods by its own plugins and speaks in its own name', async () => {
  const [standard] = defaultConfiguration.profiles;
  const careless = { ...standard!, schedulerName: 'careless', plugins: [], preemption: undefined };
  const configuration = { ...defaultConfiguration, profiles: [standard!, careless] };
  await using run = await rig({ configuration });
  await run.add(node('a', { taints }));
  await run.add(
    pod('p'),
    pod('q', { schedulerName: 'careless' }),
    pod('r', { schedulerName: 'x' }),
  );
  assert.deepEqual(await run.placed(), { p: '', q: 'a', r: '' });
  const { client, signal } = run.cluster;
  const { items } = await client.list(Events, { namespace: 'default', signal });
  assert.deepEqual(
    items.map(({ involvedObject: { name }, source }) => `${name} ${source?.component}`).toSorted(),
    ['p default-scheduler', 'q careless'],
  );
});
