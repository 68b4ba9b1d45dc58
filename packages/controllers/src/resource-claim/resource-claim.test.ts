import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pods, ResourceClaims, ResourceClaimTemplates } from '@coxswain/api';
import type { Pod } from '@coxswain/api/types/core-v1';
import type { ResourceClaim } from '@coxswain/api/types/resource-v1';
import { nowMs, observedBy } from '../testing/observed.ts';
import { pod } from '../testing/objects.ts';
import { entryAnnotation, finalizer } from './claim-names.ts';
import { resourceClaimConsumers } from './consumers.ts';
import { resourceClaimController } from './resource-claim.ts';

const user = (spec: object, status?: object): Pod =>
  pod('web', { spec: { containers: [], ...spec }, ...(status && { status }) });
const entries = { resourceClaims: [{ name: 'gpu', resourceClaimTemplateName: 'big' }] };
const uid = user({}).metadata.uid!;
const devices = { devices: { results: [{ request: 'r', driver: 'd', pool: 'p', device: 'x' }] } };
const consumer = { resource: 'pods', name: 'web', uid };

const claim = (more: { metadata?: object; status?: object } = {}): ResourceClaim => ({
  apiVersion: 'resource.k8s.io/v1',
  kind: 'ResourceClaim',
  metadata: { name: 'web-gpu-1', namespace: 'default', ...more.metadata },
  spec: {},
  status: more.status ?? {},
});
const made = {
  annotations: { [entryAnnotation]: 'gpu' },
  ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'web', uid, controller: true }],
};
const template = {
  metadata: { name: 'big', namespace: 'default' },
  spec: { metadata: { labels: { a: 'b' } }, spec: { devices: { requests: [] } } },
};

const planOf = (object: Pod, claims: readonly object[], templates: readonly object[] = []) =>
  resourceClaimController.plan(
    object,
    observedBy(resourceClaimController, {
      objects: [
        [ResourceClaims, claims],
        [ResourceClaimTemplates, templates],
      ] as never,
    }),
    'default/web',
  ).actions as any[];

test('a claim is made from its template', () => {
  const [action] = planOf(user(entries), [], [template]);
  assert.equal(action.do, 'create');
  assert.deepEqual(action.object.metadata, {
    generateName: 'web-gpu-',
    namespace: 'default',
    annotations: { [entryAnnotation]: 'gpu' },
    labels: { a: 'b' },
    ownerReferences: made.ownerReferences,
  });
});

test('a pod that has ended gets no claim again', () =>
  assert.deepEqual(planOf(user(entries, { phase: 'Succeeded' }), [], [template]), []));

test('long names give way in proportion', () => {
  const named = user({
    resourceClaims: [{ name: 'g'.repeat(30), resourceClaimTemplateName: 'big' }],
  });
  const long = { ...named, metadata: { ...named.metadata, name: 'w'.repeat(50) } };
  const [action] = planOf(long, [], [template]);
  assert.equal(action.object.metadata.generateName, `${'w'.repeat(34)}-${'g'.repeat(20)}`);
});

test('without the template the pod is told', () => {
  const [{ do: what, reason, message }] = planOf(user(entries), []);
  assert.deepEqual(
    [what, reason, message],
    [
      'event',
      'FailedResourceClaimCreation',
      'PodResourceClaim gpu: resource claim template "big": resourceclaimtemplate.resource.k8s.io "big" not found',
    ],
  );
});

test('the pod learns the name of its claim', () => {
  const [{ do: what, patch }] = planOf(user(entries), [claim({ metadata: made })]);
  assert.equal(what, 'patch');
  assert.deepEqual(patch.status.resourceClaimStatuses, [
    { name: 'gpu', resourceClaimName: 'web-gpu-1' },
  ]);
});

test('a pod that is on its node reserves a claim with devices', () => {
  const status = { resourceClaimStatuses: [{ name: 'gpu', resourceClaimName: 'web-gpu-1' }] };
  const placed = user({ ...entries, nodeName: 'n' }, status);
  const [{ do: what, object }] = planOf(placed, [
    claim({ metadata: made, status: { allocation: devices } }),
  ]);
  assert.deepEqual([what, object.status.reservedFor], ['update', [consumer]]);
  assert.deepEqual(planOf(user(entries, status), [claim({ metadata: made })]), []);
});

const upkeep = (object: ResourceClaim, pods: readonly Pod[], sinceMs = nowMs - 60_000) => {
  const marks = { [`pod ${uid} is not seen`]: sinceMs, 'without devices': sinceMs };
  const observed = observedBy(resourceClaimConsumers, { objects: [[Pods, pods]], marks });
  const { actions, requeueAfterMs } = resourceClaimConsumers.plan(object, observed, 'default/c');
  const told = (actions as any[]).map(({ do: what, subresource, object: next }) =>
    [
      what,
      ...(subresource ? [`allocated ${next.status.allocation !== undefined}`] : []),
      ...(subresource ? [`for ${next.status.reservedFor?.length ?? 0}`] : []),
      ...(what === 'update' && !subresource ? [`finalizers ${next.metadata.finalizers}`] : []),
    ].join(', '),
  );
  return requeueAfterMs === undefined ? told : [...told, `again after ${requeueAfterMs}`];
};

const guarded = { finalizers: [finalizer] };
const used = { allocation: devices, reservedFor: [consumer] };
const running = user(entries, { phase: 'Running' });
const ended = user(entries, { phase: 'Succeeded' });
const deletionTimestamp = '2026-01-01T00:00:00Z';

for (const [name, got, want] of [
  [
    'a claim in use is left alone',
    upkeep(claim({ metadata: guarded, status: used }), [running]),
    [],
  ],
  [
    'a pod that has ended gives its devices back',
    upkeep(claim({ metadata: guarded, status: used }), [ended]),
    ['update, allocated false, for 0'],
  ],
  [
    'a pod that is gone too',
    upkeep(claim({ metadata: guarded, status: used }), []),
    ['update, allocated false, for 0'],
  ],
  [
    'a pod that may still come is waited for',
    upkeep(claim({ metadata: guarded, status: used }), [], nowMs),
    ['again after 1000'],
  ],
  [
    'one of two consumers goes',
    upkeep(
      claim({
        metadata: guarded,
        status: {
          ...used,
          reservedFor: [consumer, { apiGroup: 'x', resource: 'y', name: 'z', uid: '1' }],
        },
      }),
      [ended],
    ),
    ['update, allocated true, for 1'],
  ],
  [
    'devices are not guarded any more',
    upkeep(claim({ metadata: guarded }), []),
    ['update, finalizers '],
  ],
  [
    'a guard that was just set stays a while',
    upkeep(claim({ metadata: guarded }), [], nowMs),
    ['again after 5000'],
  ],
  [
    'a claim that goes gives its devices back',
    upkeep(
      claim({ metadata: { ...guarded, deletionTimestamp }, status: { allocation: devices } }),
      [],
    ),
    ['update, allocated false, for 0'],
  ],
  [
    'and then goes',
    upkeep(claim({ metadata: { ...guarded, deletionTimestamp } }), [], nowMs),
    ['update, finalizers '],
  ],
  [
    'a claim made for a pod goes when that has ended',
    upkeep(claim({ metadata: made }), [ended]),
    ['remove'],
  ],
  ['and stays while it runs', upkeep(claim({ metadata: made }), [running]), []],
] as const)
  test(name, () => assert.deepEqual(got, want));
