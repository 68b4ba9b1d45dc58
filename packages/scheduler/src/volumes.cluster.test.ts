/** Volumes chosen with the node, written and waited for before the pod is bound. The test stands for binder and provisioner. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  Events,
  Nodes,
  PersistentVolumeClaims,
  PersistentVolumes,
  Pods,
  StorageClasses,
} from '@coxswain/api';
import { createTestCluster, type TestCluster } from '@coxswain/cluster/testing';
import { runScheduler } from './run-scheduler.ts';
import { node } from './testing/objects.ts';

const at = { namespace: 'default' };
const pod = (name: string, claimName: string): any => ({
  ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default' } },
  spec: {
    containers: [{ name: 'c', image: 'i' }],
    volumes: [{ name: 'v', persistentVolumeClaim: { claimName } }],
  },
});

async function start(provisioner: string): Promise<TestCluster> {
  const cluster = await createTestCluster();
  const { world, client, informers, signal } = cluster;
  void runScheduler({ world, client, informers, signal }).catch(() => {});
  await client.create(
    StorageClasses,
    {
      ...{ apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name: 'late' } },
      ...{ provisioner, volumeBindingMode: 'WaitForFirstConsumer' },
    },
    { signal },
  );
  for (const name of ['a', 'b']) {
    const { status, ...made } = node(name);
    await client.create(Nodes, made, { signal });
    await client.patch(Nodes, name, 'merge', { status }, { signal, subresource: 'status' });
  }
  return cluster;
}

const claim = (name: string): any => ({
  ...{ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name, namespace: 'default' } },
  spec: {
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage: '1Gi' } },
    storageClassName: 'late',
  },
});

async function local({ client, signal }: TestCluster, name: string, on: string): Promise<void> {
  const spec: any = {
    ...{ capacity: { storage: '2Gi' }, accessModes: ['ReadWriteOnce'], storageClassName: 'late' },
    local: { path: '/x' },
    nodeAffinity: {
      required: {
        nodeSelectorTerms: [
          { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [on] }] },
        ],
      },
    },
  };
  const made = { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name }, spec };
  await client.create(PersistentVolumes, made, { signal });
  const status = { phase: 'Available' };
  await client.patch(
    PersistentVolumes,
    name,
    'merge',
    { status },
    { signal, subresource: 'status' },
  );
}

/** As the binder does once the volume names the claim. */
async function bind(
  { client, signal }: TestCluster,
  name: string,
  volumeName: string,
): Promise<void> {
  const annotations = { 'pv.kubernetes.io/bind-completed': 'yes' };
  const patch = { metadata: { annotations }, spec: { volumeName } };
  await client.patch(PersistentVolumeClaims, name, 'merge', patch, { ...at, signal });
}

const placeOf = async ({ client, signal }: TestCluster, name: string): Promise<string> =>
  (await client.get(Pods, name, { ...at, signal })).spec.nodeName ?? '';
const messageOf = async ({ client, signal }: TestCluster, name: string) =>
  (await client.get(Pods, name, { ...at, signal })).status?.conditions?.[0]?.message;

test('a pod goes where its volume is; the volume is bound first, and no other pod gets it', async () => {
  await using cluster = await start('kubernetes.io/no-provisioner');
  const { client, signal } = cluster;
  await local(cluster, 'disk', 'b');
  for (const name of ['c', 'd'])
    await client.create(PersistentVolumeClaims, claim(name), { signal });
  await client.create(Pods, pod('p', 'c'), { signal });
  await client.create(Pods, pod('q', 'd'), { signal });
  await cluster.settle();
  const { spec, metadata } = await client.get(PersistentVolumes, 'disk', { signal });
  const [first, second] = spec!.claimRef!.name === 'c' ? ['p', 'q'] : ['q', 'p'];
  assert.equal(metadata.annotations?.['pv.kubernetes.io/bound-by-controller'], 'yes');
  assert.equal(await placeOf(cluster, first!), '');
  assert.match(
    (await messageOf(cluster, second!))!,
    /^0\/2 nodes are available: 2 node\(s\) didn't find available persistent volumes to bind\. no new claims/,
  );
  await bind(cluster, spec!.claimRef!.name!, 'disk');
  await cluster.settle();
  assert.equal(await placeOf(cluster, first!), 'b');
  await local(cluster, 'another', 'a');
  await cluster.advance('15s');
  const other = await client.get(PersistentVolumes, 'another', { signal });
  await bind(cluster, other.spec!.claimRef!.name!, 'another');
  await cluster.settle();
  assert.equal(await placeOf(cluster, second!), 'a');
});

test('a volume is made for the node that was chosen; when that fails the pod is tried again', async () => {
  await using cluster = await start('csi.example.com');
  const { client, signal } = cluster;
  const read = () => client.get(PersistentVolumeClaims, 'c', { ...at, signal });
  const chosen = async () =>
    (await read()).metadata.annotations?.['volume.kubernetes.io/selected-node'];
  await client.create(PersistentVolumeClaims, claim('c'), { signal });
  await client.create(Pods, pod('p', 'c'), { signal });
  await cluster.settle();
  const first = await chosen();
  assert.ok(first === 'a' || first === 'b');
  const reset = {
    metadata: { annotations: { 'volume.kubernetes.io/selected-node': null, x: 'y' } },
  };
  await client.patch(PersistentVolumeClaims, 'c', 'merge', reset, { ...at, signal });
  await cluster.settle();
  assert.equal(
    await messageOf(cluster, 'p'),
    'running PreBind plugin "VolumeBinding": binding volumes: provisioning failed for PVC "c"',
  );
  await cluster.advance('2s');
  const again = (await chosen())!;
  await local(cluster, 'made', again);
  await bind(cluster, 'c', 'made');
  await cluster.settle();
  assert.equal(await placeOf(cluster, 'p'), again);
});

test('a claim that nobody binds is given up after ten minutes; a deleted pod lets go', async () => {
  await using cluster = await start('csi.example.com');
  const { client, signal } = cluster;
  await client.create(PersistentVolumeClaims, claim('c'), { signal });
  await client.create(Pods, pod('p', 'c'), { signal });
  const hope = async (): Promise<string | undefined> =>
    (await client.get(Pods, 'p', { ...at, signal })).status?.nominatedNodeName;
  await cluster.advance('599s');
  assert.deepEqual([await messageOf(cluster, 'p'), await hope()], [undefined, 'a']);
  await cluster.advance('1s');
  assert.equal(await hope(), undefined);
  assert.equal(
    await messageOf(cluster, 'p'),
    'running PreBind plugin "VolumeBinding": binding volumes: context deadline exceeded',
  );
  await client.remove(Pods, 'p', { ...at, graceSeconds: 0, signal });
  await cluster.advance('11m');
  assert.equal((await client.list(Pods, { ...at, signal })).items.length, 0);
});

test('a pod that waits for its volumes goes back to the queue for a more important one', async () => {
  await using cluster = await start('csi.example.com');
  const { client, signal } = cluster;
  await client.create(PersistentVolumeClaims, claim('c'), { signal });
  const asking = (from: any, more: object): any => {
    const containers = [{ name: 'c', image: 'i', resources: { requests: { cpu: '3' } } }];
    return { ...from, spec: { ...from.spec, containers, ...more } };
  };
  const nodeSelector = { 'kubernetes.io/hostname': 'a' };
  await client.create(Pods, asking(pod('p', 'c'), { nodeSelector }), { signal });
  await cluster.settle();
  const important = { nodeSelector, volumes: [], priority: 10 };
  await client.create(Pods, asking(pod('q', 'c'), important), { signal });
  await cluster.advance('3s');
  const { metadata: kept, status } = await client.get(Pods, 'p', { ...at, signal });
  assert.deepEqual([kept.deletionTimestamp, status?.phase], [undefined, 'Pending']);
  assert.equal(await placeOf(cluster, 'q'), 'a');
  const { items } = await client.list(Events, { ...at, signal });
  const told = items.filter(({ involvedObject }) => involvedObject.name === 'p');
  const said = told.filter(({ message = '' }) => !message.startsWith('0/2 nodes'));
  const { uid } = (await client.get(Pods, 'q', { ...at, signal })).metadata;
  assert.deepEqual(said.map(({ reason, message }) => `${reason}: ${message}`).toSorted(), [
    'FailedScheduling: running PreBind plugin "VolumeBinding": binding volumes: context canceled',
    `Preempted: Preempted by pod ${uid} on node a (in kube-scheduler memory).`,
  ]);
});
