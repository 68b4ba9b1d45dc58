import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  Events,
  PersistentVolumeClaims,
  PersistentVolumes,
  Pods,
  StorageClasses,
} from '@coxswain/api';
import type { PersistentVolume, PersistentVolumeClaim } from '@coxswain/api/types/core-v1';
import { createTestCluster, type TestCluster } from '@coxswain/cluster/testing';
import { namespace, pod } from '../testing/objects.ts';
import { claimBinder } from './claims.ts';
import { bestVolume, mismatch } from './match.ts';
import { volumeBinder } from './volumes.ts';

const volume = (
  name: string,
  storage = '1Gi',
  more: object = {},
  status?: object,
): PersistentVolume =>
  ({
    metadata: { name },
    spec: {
      capacity: { storage },
      accessModes: ['ReadWriteOnce'],
      hostPath: { path: '/data' },
      persistentVolumeReclaimPolicy: 'Retain',
      storageClassName: 'slow',
      ...more,
    },
    ...(status && { status }),
  }) as PersistentVolume;
const claim = (more: object = {}, name = 'data'): PersistentVolumeClaim =>
  ({
    metadata: { name, namespace, uid: `uid-${name}` },
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '1Gi' } },
      storageClassName: 'slow',
      ...more,
    },
  }) as PersistentVolumeClaim;

const free = { phase: 'Available' };
for (const [name, wanted, volumes, delayed, want] of [
  ['the smallest', {}, [volume('l', '3Gi', {}, free), volume('m', '2Gi', {}, free)], false, 'm'],
  [
    'none too small',
    { resources: { requests: { storage: '5Gi' } } },
    [volume('l', '3Gi', {}, free)],
    false,
    undefined,
  ],
  [
    'none of another class',
    { storageClassName: '' },
    [volume('l', '3Gi', {}, free)],
    false,
    undefined,
  ],
  ['none that is not free', {}, [volume('l', '3Gi', {}, { phase: 'Released' })], false, undefined],
  [
    'fewest access modes first',
    {},
    [
      volume('both', '1Gi', { accessModes: ['ReadWriteOnce', 'ReadOnlyMany'] }, free),
      volume('one', '2Gi', {}, free),
    ],
    false,
    'one',
  ],
  ['none while it waits for a node', {}, [volume('l', '3Gi', {}, free)], true, undefined],
  [
    'the one that is for it, even then',
    {},
    [volume('own', '3Gi', { claimRef: { namespace, name: 'data' } })],
    true,
    'own',
  ],
  [
    'by selector',
    { selector: { matchLabels: { a: 'b' } } },
    [volume('l', '3Gi', {}, free)],
    false,
    undefined,
  ],
] as const)
  test(`match: ${name}`, () =>
    assert.equal(bestVolume(claim(wanted), volumes, delayed)?.metadata.name, want));

for (const [name, wanted, want] of [
  ['good', {}, undefined],
  ['size', { resources: { requests: { storage: '2Gi' } } }, 'requested PV is too small'],
  ['class', { storageClassName: 'fast' }, 'storageClassName does not match'],
  ['mode', { volumeMode: 'Block' }, 'incompatible volumeMode'],
  ['access', { accessModes: ['ReadWriteMany'] }, 'incompatible accessMode'],
] as const)
  test(`mismatch: ${name}`, () => assert.equal(mismatch(volume('v'), claim(wanted)), want));

const open = (): Promise<TestCluster> =>
  createTestCluster({ controllers: [claimBinder, volumeBinder] });
const { uid: _, ...unmade } = claim().metadata;
const sent = (more: object = {}): PersistentVolumeClaim => ({ ...claim(more), metadata: unmade });
const seen = async ({ client, signal }: TestCluster, name = 'v') => {
  const found = await client.get(PersistentVolumes, name, { signal });
  const bound = (await client.list(PersistentVolumeClaims, { namespace, signal })).items[0];
  return {
    volume: found.status?.phase,
    claim: bound?.status?.phase,
    name: bound?.spec.volumeName,
    capacity: bound?.status?.capacity?.['storage'],
  };
};
const reasonsIn = async ({ client, signal }: TestCluster): Promise<readonly string[]> =>
  (await client.list(Events, { namespace, signal })).items.map(
    ({ reason, message }) => `${reason}: ${message}`,
  );

test('a claim is bound to a volume that comes later; the volume is released with it', async () => {
  await using cluster = await open();
  const { client, signal } = cluster;
  await client.create(PersistentVolumeClaims, sent({ storageClassName: '' }), { signal });
  await cluster.settle();
  assert.deepEqual(await reasonsIn(cluster), [
    'FailedBinding: no persistent volumes available for this claim and no storage class is set',
  ]);
  await client.create(PersistentVolumes, volume('v', '2Gi', { storageClassName: '' }), { signal });
  await cluster.settle();
  assert.deepEqual(await seen(cluster), {
    volume: 'Bound',
    claim: 'Bound',
    name: 'v',
    capacity: '2Gi',
  });
  await client.remove(PersistentVolumeClaims, 'data', { namespace, signal });
  await cluster.settle();
  assert.equal((await seen(cluster)).volume, 'Released');
});

test('a claim that has lost its volume says so', async () => {
  await using cluster = await open();
  const { client, signal } = cluster;
  await client.create(PersistentVolumes, volume('v'), { signal });
  await client.create(PersistentVolumeClaims, sent(), { signal });
  await client.create(PersistentVolumes, volume('w', '9Gi'), { signal });
  await cluster.settle();
  await client.remove(PersistentVolumes, 'v', { signal });
  await cluster.settle();
  assert.deepEqual(await seen(cluster, 'w'), {
    ...{ volume: 'Available', claim: 'Lost', name: 'v', capacity: undefined },
  });
});

test('two claims for one volume: one is bound', async () => {
  await using cluster = await open();
  const { client, signal } = cluster;
  await client.create(PersistentVolumes, volume('v'), { signal });
  for (const name of ['a', 'b'])
    await client.create(
      PersistentVolumeClaims,
      { ...sent(), metadata: { name, namespace } },
      { signal },
    );
  await cluster.settle();
  const claims = (await client.list(PersistentVolumeClaims, { namespace, signal })).items;
  assert.deepEqual(claims.map(({ status }) => status?.phase).toSorted(), ['Bound', 'Pending']);
});

test('reclaim policies: Delete without anybody to delete fails, an outside provisioner is left to it', async () => {
  await using cluster = await open();
  const { client, signal } = cluster;
  const gone = {
    claimRef: { namespace, name: 'gone', uid: 'u' },
    persistentVolumeReclaimPolicy: 'Delete',
  };
  const made = volume('made', '1Gi', gone);
  const annotations = { 'pv.kubernetes.io/provisioned-by': 'example.com/disks' };
  await client.create(PersistentVolumes, volume('v', '1Gi', gone), { signal });
  await client.create(
    PersistentVolumes,
    { ...made, metadata: { ...made.metadata, annotations } },
    { signal },
  );
  await cluster.settle();
  assert.equal((await seen(cluster)).volume, 'Failed');
  assert.equal((await seen(cluster, 'made')).volume, 'Released');
});

for (const [name, storageClass, want] of [
  ['no such class', undefined, 'ProvisioningFailed: storageclass.storage.k8s.io "slow" not found'],
  [
    'no provisioner',
    { provisioner: 'kubernetes.io/no-provisioner' },
    'ProvisioningFailed: no volume plugin matched name: kubernetes.io/no-provisioner',
  ],
  [
    'a provisioner outside',
    { provisioner: 'example.com/disks' },
    "ExternalProvisioning: Waiting for a volume to be created either by the external provisioner 'example.com/disks' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.",
  ],
  [
    'the first consumer',
    { provisioner: 'example.com/disks', volumeBindingMode: 'WaitForFirstConsumer' },
    'WaitForFirstConsumer: waiting for first consumer to be created before binding',
  ],
] as const)
  test(`a claim waits for ${name}`, async () => {
    await using cluster = await open();
    const { client, signal } = cluster;
    if (storageClass)
      await client.create(
        StorageClasses,
        { metadata: { name: 'slow' }, ...storageClass } as never,
        { signal },
      );
    await client.create(PersistentVolumeClaims, sent(), { signal });
    await cluster.settle();
    assert.deepEqual(await reasonsIn(cluster), [want]);
    if (name !== 'the first consumer') return;
    const volumes = [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }];
    const spec = { containers: [{ name: 'c', image: 'x' }], volumes };
    await client.create(Pods, pod('web', { spec }), { signal });
    await cluster.settle();
    assert.ok(
      (await reasonsIn(cluster)).includes(
        'WaitForPodScheduled: waiting for pod web to be scheduled',
      ),
    );
  });
