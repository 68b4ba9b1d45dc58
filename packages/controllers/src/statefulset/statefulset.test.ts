import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ControllerRevisions,
  Events,
  PersistentVolumeClaims,
  Pods,
  StatefulSets,
} from '@coxswain/api';
import type { ControllerRevision, StatefulSet } from '@coxswain/api/types/apps-v1';
import type { PersistentVolumeClaim, Pod } from '@coxswain/api/types/core-v1';
import {
  actionText,
  createTestCluster,
  podRunner,
  type TestCluster,
} from '@coxswain/cluster/testing';
import { controllerReference } from '../objects/owner.ts';
import { namespace, pod, ready, template } from '../testing/objects.ts';
import { observedBy } from '../testing/observed.ts';
import { podNameKey } from './pods.ts';
import { statefulSetController } from './statefulset.ts';

const claims = [{ metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'] } }];
const setOf = (spec: object = {}, status?: object): StatefulSet =>
  ({
    metadata: { name: 'db', namespace, uid: 'set' },
    spec: {
      replicas: 3,
      serviceName: 'db',
      revisionHistoryLimit: 10,
      podManagementPolicy: 'OrderedReady',
      selector: { matchLabels: { app: 'db' } },
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
      template: template('db', 'new'),
      ...spec,
    },
    ...(status && { status }),
  }) as StatefulSet;

const revision = (name: string, image: string, at: number): ControllerRevision =>
  ({
    metadata: {
      name,
      namespace,
      labels: { app: 'db' },
      ownerReferences: [controllerReference(StatefulSets, setOf())],
    },
    data: { spec: { template: { ...template('db', image), $patch: 'replace' } } },
    revision: at,
  }) as ControllerRevision;
const history = [revision('old', 'old', 1), revision('new', 'new', 2)];

/** `0` ready and new, `0o` of the old revision, `0!` not ready, `0x` failed, `0~` on its way out. */
const podOf = (text: string): Pod => {
  const ordinal = text.match(/\d+/)![0];
  const is = (mark: string): boolean => text.includes(mark);
  return pod(`db-${ordinal}`, {
    metadata: {
      labels: {
        app: 'db',
        [podNameKey]: `db-${ordinal}`,
        'apps.kubernetes.io/pod-index': ordinal,
        'controller-revision-hash': is('o') ? 'old' : 'new',
      },
      ownerReferences: [controllerReference(StatefulSets, setOf())],
      ...(is('~') && { deletionTimestamp: '2026-01-01T00:00:00Z' }),
    },
    status: {
      phase: is('x') ? 'Failed' : 'Running',
      conditions: [ready(is('!') ? 'False' : 'True')],
    },
  });
};

const plan = (set: StatefulSet, pods: string, held: readonly PersistentVolumeClaim[] = []) => {
  const observed = observedBy(statefulSetController, {
    objects: [
      [Pods, pods.split(' ').filter(Boolean).map(podOf)],
      [ControllerRevisions, history],
      [PersistentVolumeClaims, held],
      [StatefulSets, [set]],
    ],
  });
  return statefulSetController.plan(set, observed, 'default/db').actions;
};
const shortly = (set: StatefulSet, pods: string): string =>
  plan(set, pods)
    .filter((action) => action.do === 'create' || action.do === 'remove')
    .map((action) => `${action.do === 'create' ? '+' : '-'}${action.object.metadata.name}`)
    .join(' ');

const parallel = { podManagementPolicy: 'Parallel' };
const partition = (at: number) => ({
  updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: at } },
});
const cases = [
  { name: 'the first place is filled first', spec: {}, pods: '', does: '+db-0' },
  { name: 'the next waits until it is ready', spec: {}, pods: '0!', does: '' },
  { name: 'then it follows', spec: {}, pods: '0', does: '+db-1' },
  { name: 'a gap is filled before the end', spec: {}, pods: '0 2', does: '+db-1' },
  { name: 'all at once when parallel', spec: parallel, pods: '0!', does: '+db-1 +db-2' },
  { name: 'an ended pod goes first', spec: {}, pods: '0 1x 2', does: '-db-1' },
  { name: 'surplus goes from the end', spec: { replicas: 1 }, pods: '0 1 2', does: '-db-2' },
  { name: 'one after the other', spec: { replicas: 1 }, pods: '0 1 2~', does: '' },
  { name: 'not while a lower one is unready', spec: { replicas: 1 }, pods: '0! 1 2', does: '' },
  { name: 'the unready one itself may go', spec: { replicas: 1 }, pods: '0 1 2!', does: '-db-2' },
  {
    name: 'surplus goes at once when parallel',
    spec: { ...parallel, replicas: 1 },
    pods: '0 1 2',
    does: '-db-2 -db-1',
  },
  { name: 'ordinals may start later', spec: { ordinals: { start: 5 } }, pods: '5', does: '+db-6' },
  { name: 'an update starts at the end', spec: {}, pods: '0o 1o 2o', does: '-db-2' },
  { name: 'and goes on downwards', spec: {}, pods: '0o 1o 2', does: '-db-1' },
  { name: 'but waits for what it replaced', spec: parallel, pods: '0o 1o 2!', does: '' },
  { name: 'down to the partition', spec: partition(2), pods: '0o 1o 2', does: '' },
  {
    name: 'as many as may be unavailable',
    spec: { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '70%' } } },
    pods: '0o 1o 2o',
    does: '-db-2 -db-1',
  },
  {
    name: 'not by itself on delete',
    spec: { updateStrategy: { type: 'OnDelete' } },
    pods: '0o 1o 2o',
    does: '',
  },
];
for (const { name, spec, pods, does } of cases)
  test(name, () => {
    const set = setOf(spec, { replicas: 3, currentRevision: 'old', currentReplicas: 3 });
    assert.equal(shortly(set, pods), does);
  });

test('below the partition a lost pod comes back as it was', () => {
  const set = setOf(partition(1), { replicas: 3, currentRevision: 'old' });
  const made = (pods: string): unknown =>
    plan(set, pods).flatMap((action) =>
      action.do === 'create' ? (action.object as Pod).spec?.containers[0]?.image : [],
    );
  assert.deepEqual([made('1 2'), made('0o 2')], [['old'], ['new']]);
});

test('a member has its name, its place and its claims', () => {
  const set = setOf({ volumeClaimTemplates: claims });
  const actions = plan(set, '');
  assert.deepEqual(actions.map(actionText), [
    'create persistentvolumeclaims default/data-db-0',
    'create pods default/db-0',
    'update statefulsets/status default/db',
  ]);
  const [claim, made] = actions.map((action) => 'object' in action && action.object) as never as [
    PersistentVolumeClaim,
    Pod,
  ];
  assert.deepEqual(
    [claim.metadata.labels, claim.metadata.ownerReferences],
    [{ app: 'db' }, undefined],
  );
  const { hostname, subdomain, volumes } = made.spec!;
  assert.deepEqual(
    { labels: made.metadata.labels, hostname, subdomain, volumes },
    {
      labels: {
        app: 'db',
        [podNameKey]: 'db-0',
        'apps.kubernetes.io/pod-index': '0',
        'controller-revision-hash': 'new',
      },
      hostname: 'db-0',
      subdomain: 'db',
      volumes: [
        { name: 'data', persistentVolumeClaim: { claimName: 'data-db-0', readOnly: false } },
      ],
    },
  );
});

test('claims go with what the retention policy names', () => {
  const held = ['0', '1'].map(
    (at) => ({ metadata: { name: `data-db-${at}`, namespace } }) as PersistentVolumeClaim,
  );
  const set = setOf({
    replicas: 1,
    volumeClaimTemplates: claims,
    persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Delete' },
  });
  const owners = plan(set, '0 1', held).flatMap((action) =>
    action.do === 'update' && action.resource === PersistentVolumeClaims
      ? action.object.metadata.ownerReferences!.map(({ kind, name }) => `${kind} ${name}`)
      : [],
  );
  assert.deepEqual(owners, ['StatefulSet db', 'Pod db-1']);
});

test('a claim of an earlier pod is waited for', () => {
  const stale = {
    metadata: {
      name: 'data-db-0',
      namespace,
      ownerReferences: [controllerReference(Pods, pod('db-0'))],
    },
  } as never as PersistentVolumeClaim;
  assert.deepEqual(plan(setOf({ volumeClaimTemplates: claims }), '', [stale]).map(actionText), [
    'update statefulsets/status default/db',
  ]);
});

const stateOf = async ({ client, signal }: TestCluster): Promise<unknown> => {
  const { status } = await client.get(StatefulSets, 'db', { namespace, signal });
  const pods = (await client.list(Pods, { namespace, signal })).items;
  const revisions = await client.list(ControllerRevisions, { namespace, signal });
  return {
    pods: pods.map(({ metadata, spec }) => `${metadata.name} ${spec!.containers[0]!.image}`),
    counts: [status?.replicas, status?.availableReplicas, status?.updatedReplicas],
    settled: status?.currentRevision === status?.updateRevision,
    revisions: revisions.items.length,
  };
};

test('a set comes up, rolls, and goes back', async () => {
  await using cluster = await createTestCluster({
    controllers: [statefulSetController, podRunner],
  });
  const { client, signal } = cluster;
  const { metadata: _own, ...set } = setOf({ template: template('db', 'one') });
  const metadata = { name: 'db', namespace };
  await client.create(StatefulSets, { ...set, metadata } as StatefulSet, { signal });
  await cluster.settle();
  const at = (image: string, revisions: number): unknown => ({
    pods: ['db-0', 'db-1', 'db-2'].map((name) => `${name} ${image}`),
    counts: [3, 3, 3],
    settled: true,
    revisions,
  });
  assert.deepEqual(await stateOf(cluster), at('one', 1));
  const roll = async (image: string): Promise<void> => {
    const change = { spec: { template: template('db', image) } };
    await client.patch(StatefulSets, 'db', 'merge', change, { namespace, signal });
    await cluster.settle();
  };
  await roll('two');
  assert.deepEqual(await stateOf(cluster), at('two', 2));
  await roll('one');
  assert.deepEqual(await stateOf(cluster), at('one', 2));
  const events = (await client.list(Events, { namespace, signal })).items;
  assert.ok(
    events.some(
      ({ reason, message }) =>
        reason === 'SuccessfulCreate' && message === 'create Pod db-0 in StatefulSet db successful',
    ),
  );
});
