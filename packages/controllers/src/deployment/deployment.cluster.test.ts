import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Deployments, Events, Pods, ReplicaSets } from '@coxswain/api';
import type { Deployment } from '@coxswain/api/types/apps-v1';
import { createTestCluster, podRunner, type TestCluster } from '@coxswain/cluster/testing';
import { replicaSetController } from '../replicaset/replicaset.ts';
import { deploymentController } from './deployment.ts';

const namespace = 'default';
const web = (image: string, more: object = {}): Deployment =>
  ({
    metadata: { name: 'web', namespace },
    spec: {
      replicas: 3,
      progressDeadlineSeconds: 600,
      revisionHistoryLimit: 10,
      selector: { matchLabels: { app: 'web' } },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      template: {
        metadata: { name: '', labels: { app: 'web' } },
        spec: { containers: [{ name: 'c', image }] },
      },
      ...more,
    },
  }) as Deployment;

const open = (): Promise<TestCluster> =>
  createTestCluster({ controllers: [deploymentController, replicaSetController, podRunner] });

async function stateOf({ client, signal }: TestCluster): Promise<unknown> {
  const d = await client.get(Deployments, 'web', { namespace, signal });
  const pods = await client.list(Pods, { namespace, signal });
  const images = pods.items.map(({ spec }) => spec!.containers[0]!.image);
  const { status, metadata } = d;
  return {
    images,
    revision: metadata.annotations?.['deployment.kubernetes.io/revision'],
    available: status?.availableReplicas,
    conditions: status?.conditions
      ?.map(({ type, status, reason }) => `${type}=${status} ${reason}`)
      .toSorted(),
  };
}

test('a deployment is rolled out, rolled over and scaled', async () => {
  await using cluster = await open();
  const { client, signal } = cluster;
  await client.create(Deployments, web('one'), { signal });
  await cluster.settle();
  const conditions = [
    'Available=True MinimumReplicasAvailable',
    'Progressing=True NewReplicaSetAvailable',
  ];
  const rolledOut = (image: string, count: number, revision: string): unknown => ({
    images: Array.from({ length: count }, () => image),
    revision,
    available: count,
    conditions,
  });
  assert.deepEqual(await stateOf(cluster), rolledOut('one', 3, '1'));

  const created = await client.get(Deployments, 'web', { namespace, signal });
  await client.update(Deployments, { ...created, spec: web('two').spec } as Deployment, { signal });
  await cluster.settle();
  assert.deepEqual(await stateOf(cluster), rolledOut('two', 3, '2'));
  const sets = await client.list(ReplicaSets, { namespace, signal });
  assert.deepEqual(sets.items.map(({ spec }) => spec!.replicas).toSorted(), [0, 3]);

  await client.patch(Deployments, 'web', 'merge', { spec: { replicas: 5 } }, { namespace, signal });
  await cluster.settle();
  assert.deepEqual(await stateOf(cluster), rolledOut('two', 5, '2'));

  const events = await client.list(Events, { namespace, signal });
  const scaled = events.items.filter(({ reason }) => reason === 'ScalingReplicaSet');
  assert.match(scaled[0]!.message!, /^Scaled up replica set web-[a-z0-9]+ from 0 to 3$/);
  assert.match(scaled.at(-1)!.message!, /^Scaled up replica set web-[a-z0-9]+ from 3 to 5$/);
});
