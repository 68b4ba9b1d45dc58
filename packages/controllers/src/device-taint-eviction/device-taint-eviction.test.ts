import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatTime, ResourceClaims, ResourceSlices } from '@coxswain/api';
import type { Pod } from '@coxswain/api/types/core-v1';
import { pod } from '../testing/objects.ts';
import { nowMs, observedBy } from '../testing/observed.ts';
import { deviceTaintEvictionController } from './device-taint-eviction.ts';

const user: Pod = pod('web', {
  spec: {
    containers: [],
    nodeName: 'n',
    resourceClaims: [{ name: 'gpu', resourceClaimName: 'claim' }],
  },
});
const consumer = { resource: 'pods', name: 'web', uid: user.metadata.uid };
const taint = { key: 'broken', effect: 'NoExecute', timeAdded: formatTime(nowMs - 10_000) };
const tolerating = (more: object): object => ({ key: 'broken', operator: 'Exists', ...more });

function planned(
  taints: readonly object[],
  tolerations: readonly object[] = [],
  reservedFor: readonly object[] = [consumer],
  generation = 1,
): unknown {
  const result = { request: 'r', driver: 'd', pool: 'p', device: 'x', tolerations };
  const claim = {
    metadata: { name: 'claim', namespace: 'default' },
    status: { allocation: { devices: { results: [result] } }, reservedFor },
  };
  const slice = (of: number, devices: readonly object[]) => ({
    metadata: { name: `s${of}` },
    spec: { driver: 'd', pool: { name: 'p', generation: of, resourceSliceCount: 1 }, devices },
  });
  const slices = [slice(generation, [{ name: 'x', taints }]), slice(2, [])];
  const observed = observedBy(deviceTaintEvictionController, {
    objects: [
      [ResourceClaims, [claim]],
      [ResourceSlices, slices],
    ] as never,
  });
  const { actions, requeueAfterMs } = deviceTaintEvictionController.plan(user, observed, '');
  return requeueAfterMs ?? actions.map((action) => action.do).join(' ');
}

for (const [name, got, want] of [
  ['no taint', planned([], [], [consumer], 2), ''],
  ['a taint', planned([taint], [], [consumer], 2), 'event patch remove'],
  [
    'a taint that keeps nobody',
    planned([{ ...taint, effect: 'NoSchedule' }], [], [consumer], 2),
    '',
  ],
  ['a taint of an older generation', planned([taint], [], [consumer], 1), ''],
  ['a claim of others', planned([taint], [], [], 2), ''],
  [
    'tolerated for good',
    planned([taint], [tolerating({ effect: 'NoExecute' })], [consumer], 2),
    '',
  ],
  [
    'tolerated without a word of eviction',
    planned([taint], [tolerating({})], [consumer], 2),
    'event patch remove',
  ],
  [
    'tolerated for a while',
    planned([taint], [tolerating({ effect: 'NoExecute', tolerationSeconds: 15 })], [consumer], 2),
    5000,
  ],
  [
    'tolerated long enough',
    planned([taint], [tolerating({ effect: 'NoExecute', tolerationSeconds: 5 })], [consumer], 2),
    'event patch remove',
  ],
] as const)
  test(`taints of devices: ${name}`, () => assert.equal(got, want));
