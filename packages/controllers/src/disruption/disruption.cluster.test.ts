import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ClusterRoles,
  Deployments,
  PodDisruptionBudgets,
  Pods,
  ReplicationControllers,
} from '@coxswain/api';
import { createTestCluster, podRunner } from '@coxswain/cluster/testing';
import { clusterRoleAggregation } from '../clusterrole-aggregation/clusterrole-aggregation.ts';
import { deploymentController } from '../deployment/deployment.ts';
import { replicaSetController } from '../replicaset/replicaset.ts';
import { replicationController } from '../replicationcontroller/replicationcontroller.ts';
import { deployment, namespace, template } from '../testing/objects.ts';
import { disruptionController } from './disruption.ts';

test('a budget says how many of a deployment may go', async () => {
  const units = [deploymentController, replicaSetController, disruptionController, podRunner];
  await using cluster = await createTestCluster({ controllers: units });
  const { client, signal } = cluster;
  const budget = {
    metadata: { name: 'web', namespace },
    spec: { maxUnavailable: '50%', selector: { matchLabels: { app: 'web' } } },
  };
  await client.create(PodDisruptionBudgets, budget as never, { signal });
  await client.create(Deployments, deployment(), { signal });
  await cluster.settle();
  const { status } = await client.get(PodDisruptionBudgets, 'web', { namespace, signal });
  const { currentHealthy, desiredHealthy, expectedPods, disruptionsAllowed, conditions } = status!;
  assert.deepEqual(
    {
      currentHealthy,
      desiredHealthy,
      expectedPods,
      disruptionsAllowed,
      reason: conditions?.[0]?.reason,
    },
    {
      currentHealthy: 3,
      desiredHealthy: 1,
      expectedPods: 3,
      disruptionsAllowed: 2,
      reason: 'SufficientPods',
    },
  );
});

test('a replication controller keeps its pods', async () => {
  await using cluster = await createTestCluster({
    controllers: [replicationController, podRunner],
  });
  const { client, signal } = cluster;
  const rc = {
    metadata: { name: 'old', namespace },
    spec: { replicas: 2, selector: { app: 'old' }, template: template('old') },
  };
  await client.create(ReplicationControllers, rc as never, { signal });
  await cluster.settle();
  const { status } = await client.get(ReplicationControllers, 'old', { namespace, signal });
  assert.deepEqual([status?.replicas, status?.readyReplicas], [2, 2]);
  const pods = await client.list(Pods, { namespace, signal });
  assert.deepEqual(
    pods.items.map(({ metadata }) => metadata.ownerReferences?.[0]?.kind),
    ['ReplicationController', 'ReplicationController'],
  );
});

test('an aggregated role has the rules of those it selects', async () => {
  await using cluster = await createTestCluster({ controllers: [clusterRoleAggregation] });
  const { client, signal } = cluster;
  const rule = { apiGroups: [''], resources: ['pods'], verbs: ['get'] };
  const all = {
    metadata: { name: 'all' },
    aggregationRule: { clusterRoleSelectors: [{ matchLabels: { to: 'all' } }] },
    rules: [],
  };
  await client.create(ClusterRoles, all as never, { signal });
  await client.create(
    ClusterRoles,
    { metadata: { name: 'part', labels: { to: 'all' } }, rules: [rule] } as never,
    { signal },
  );
  await cluster.settle();
  assert.deepEqual((await client.get(ClusterRoles, 'all', { signal })).rules, [rule]);
});
