import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pods, ReplicaSets } from '@coxswain/api';
import type { ReplicaSet } from '@coxswain/api/types/apps-v1';
import type { Pod } from '@coxswain/api/types/core-v1';
import { actionText } from '@coxswain/cluster/testing';
import fc from 'fast-check';
import { controllerReference } from '../objects/owner.ts';
import { namespace, pod, template } from '../testing/objects.ts';
import { observedBy, type Seen } from '../testing/observed.ts';
import { replicaSetController } from './replicaset.ts';

const rs = (replicas: number, more: object = {}): ReplicaSet =>
  ({
    metadata: { name: 'web', namespace, uid: 'rs', generation: 1, ...more },
    spec: { replicas, selector: { matchLabels: { app: 'web' } }, template: template('web') },
  }) as ReplicaSet;
const labels = { app: 'web' };
const ownerReferences = [controllerReference(ReplicaSets, rs(1))];
const owned = (name: string, more: object = {}): Pod =>
  pod(name, { metadata: { labels, ownerReferences }, ...more });
const running = {
  phase: 'Running',
  conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2025-12-31T23:59:00Z' }],
};

const planned = (set: ReplicaSet, pods: readonly Pod[], seen: Seen = {}): readonly string[] =>
  replicaSetController
    .plan(
      set,
      observedBy(replicaSetController, {
        ...seen,
        objects: [
          [Pods, pods],
          [ReplicaSets, [set]],
        ],
      }),
      'default/web',
    )
    .actions.map(actionText);

const cases = [
  {
    name: 'creates what is missing',
    set: rs(2),
    pods: [],
    does: [
      'update replicasets/status default/web',
      'create pods default/web-?',
      'create pods default/web-?',
    ],
  },
  {
    name: 'deletes the pod that is least worth keeping',
    set: rs(1),
    pods: [
      owned('ready', { spec: { nodeName: 'n' }, status: running }),
      owned('pending', { status: { phase: 'Pending' } }),
    ],
    does: ['update replicasets/status default/web', 'remove pods default/pending'],
  },
  {
    name: 'adopts an orphan that it selects, and counts it',
    set: rs(1),
    pods: [pod('lost', { metadata: { labels } })],
    does: ['patch pods default/lost', 'update replicasets/status default/web'],
  },
  {
    name: 'releases a pod that it selects no longer, and replaces it',
    set: rs(1),
    pods: [pod('gone', { metadata: { ownerReferences, labels: { app: 'other' } } })],
    does: [
      'patch pods default/gone',
      'update replicasets/status default/web',
      'create pods default/web-?',
    ],
  },
  {
    name: 'one on its way out neither creates nor adopts',
    set: rs(2, { deletionTimestamp: '2026-01-01T00:00:00Z' }),
    pods: [pod('lost', { metadata: { labels } })],
    does: ['update replicasets/status default/web'],
  },
  {
    name: 'ended pods do not count',
    set: rs(1),
    pods: [owned('old', { status: { phase: 'Failed' } })],
    does: ['update replicasets/status default/web', 'create pods default/web-?'],
  },
];
for (const { name, set, pods, does } of cases)
  test(name, () => assert.deepEqual(planned(set, pods), does));

test('a failure shows as a condition until it is over', () => {
  const seen = { failure: new Error('quota'), objects: [] };
  const { actions } = replicaSetController.plan(rs(1), observedBy(replicaSetController, seen), '');
  const [update] = actions;
  assert.ok(update?.do === 'update');
  assert.deepEqual((update.object as ReplicaSet).status?.conditions, [
    {
      type: 'ReplicaFailure',
      status: 'True',
      lastTransitionTime: '2026-01-01T00:00:00Z',
      reason: 'FailedCreate',
      message: 'quota',
    },
  ]);
});

test('property: it never creates and deletes at once, and one plan reaches the wanted number', () => {
  const phase = fc.constantFrom('Pending', 'Running', 'Failed', 'Succeeded');
  const somePods = fc.array(fc.record({ phase, going: fc.boolean(), node: fc.boolean() }), {
    maxLength: 30,
  });
  fc.assert(
    fc.property(fc.nat(30), somePods, (replicas, states) => {
      const pods = states.map(({ phase, going, node }, at) =>
        pod(`p${at}`, {
          metadata: {
            labels,
            ownerReferences,
            ...(going && { deletionTimestamp: '2026-01-01T00:00:00Z' }),
          },
          spec: { ...(node && { nodeName: 'n' }) },
          status: { phase },
        }),
      );
      const does = planned(rs(replicas), pods);
      const creates = does.filter((text) => text.startsWith('create')).length;
      const removes = does.filter((text) => text.startsWith('remove')).length;
      const active = states.filter(
        ({ phase, going }) => !going && (phase === 'Pending' || phase === 'Running'),
      ).length;
      assert.ok(creates === 0 || removes === 0);
      assert.equal(active + creates - removes, replicas);
    }),
  );
});
