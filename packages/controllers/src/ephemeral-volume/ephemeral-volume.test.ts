import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PersistentVolumeClaims } from '@coxswain/api';
import { pod } from '../testing/objects.ts';
import { observedBy } from '../testing/observed.ts';
import { ephemeralVolumeController } from './ephemeral-volume.ts';

const spec = { accessModes: ['ReadWriteOnce'] };
const owner = pod('web', {
  spec: {
    containers: [],
    volumes: [
      {
        name: 'scratch',
        ephemeral: { volumeClaimTemplate: { metadata: { labels: { a: 'b' } }, spec } },
      },
    ],
  },
});
const planWith = (...claims: any[]) =>
  ephemeralVolumeController.plan(
    owner,
    observedBy(ephemeralVolumeController, { objects: [[PersistentVolumeClaims, claims]] }),
    'default/web',
  ).actions;

test('a pod gets the claim it carries', () => {
  const [action] = planWith() as any[];
  assert.equal(action.do, 'create');
  const { metadata, spec: made } = action.object;
  assert.deepEqual([metadata.name, metadata.labels, made], ['web-scratch', { a: 'b' }, spec]);
  assert.equal(metadata.ownerReferences[0].uid, owner.metadata.uid);
});

const claimOf = (uid: string): object => ({
  metadata: {
    name: 'web-scratch',
    namespace: 'default',
    ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'web', uid, controller: true }],
  },
});

test('its own claim is left alone, that of another is told of', () => {
  assert.deepEqual(planWith(claimOf(owner.metadata.uid!)), []);
  const [event] = planWith(claimOf('other')) as any[];
  assert.deepEqual(
    [event.do, event.reason, event.message],
    [
      'event',
      'FailedBinding',
      'ephemeral volume scratch: PVC default/web-scratch was not created for pod default/web (pod is not owner)',
    ],
  );
});
