/** Where pods go in the course of time, and what is said of them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Events, Nodes, Pods } from '@coxswain/api';
import type { Pod } from '@coxswain/api/types/core-v1';
import { defaultConfiguration } from './configuration/index.ts';
import { asking, node, pod, withPorts } from './testing/objects.ts';
import { type Verdicts } from './why/verdicts.ts';

import { rig } from './testing/rig.ts';

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
