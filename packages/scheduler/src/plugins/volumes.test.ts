/** Plugins that look at volumes: what they say of nodes, and what they reserve. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PersistentVolume, Pod, Volume } from '@coxswain/api/types/core-v1';
import { nothingAround, type SchedulerPlugin } from '../framework/plugin.ts';
import type { Reservation } from '../framework/reservation.ts';
import { infoOf, pod, sceneWith } from '../testing/objects.ts';
import { nodeVolumeLimits } from './node-volume-limits.ts';
import { volumeBinding } from './volume-binding.ts';
import { volumeRestrictions } from './volume-restrictions.ts';
import { volumeZone } from './volume-zone.ts';
import {
  zoneKey,
  claim,
  reaches,
  volume,
  storageClass,
  csiNode,
  type Has,
  storage,
  using,
  mounting,
  carrying,
  inA,
} from '../testing/storage.ts';

function say(plugin: SchedulerPlugin, asks: Pod, has: Has, ...others: readonly Pod[]): unknown {
  const info = infoOf(inA, ...others);
  const scene = sceneWith({ ...nothingAround, storage: storage(has) }, info);
  const found = plugin.prepare!(asks, scene);
  if (found.is === 'skip') return 'skip';
  if (found.is === 'rejected') return `refused: ${found.reason}`;
  const verdict = plugin.filter!(found.state, info, asks);
  if (verdict.is === 'fits') return 'fits';
  return [...verdict.reasons, verdict.curable ? 'curable' : 'final'];
}

const held = [claim('c', { volumeName: 'v' })];
const late = [claim('c', { storageClassName: 'late' })];
const lateClass = [storageClass('late')];
const once = [claim('c', { volumeName: 'v', accessModes: ['ReadWriteOncePod'] })];
const nothing = ["node(s) didn't find available persistent volumes to bind", 'final'];
const csi = (handle: string) => ({ csi: { driver: 'd', volumeHandle: handle } });
const full = ['node(s) exceed max volume count', 'curable'];
const limited = (count: number, volumes = [volume('v', csi('1')), volume('w', csi('2'))]): Has => ({
  claims: [claim('c', { volumeName: 'v' }), claim('d', { volumeName: 'w' })],
  volumes,
  more: { csiNode: () => csiNode(count) },
});
const gce = (readOnly: boolean): Partial<Volume> => ({
  gcePersistentDisk: { pdName: 'd', readOnly },
});
const noDisk = ['node(s) had no available disk', 'curable'];
const rbd = (monitor: string): Partial<Volume> => ({
  rbd: { monitors: [monitor], image: 'i', pool: 'rbd' },
});
const small = { capacity: { storage: '100Mi' }, storageClassName: 'late' };
const csiDriver = () => ({ metadata: { name: 'd' }, spec: { storageCapacity: true } });
const capacity = (maximumVolumeSize: string, zone = 'a') => ({
  metadata: { name: 'x', namespace: 'y' },
  ...{
    storageClassName: 'late',
    maximumVolumeSize,
    nodeTopology: { matchLabels: { [zoneKey]: zone } },
  },
});

const table: readonly (readonly [string, SchedulerPlugin, Pod, Has, readonly Pod[], unknown])[] = [
  ['no volumes', volumeBinding, pod('p'), {}, [], 'skip'],
  [
    'a claim that is not there',
    volumeBinding,
    using('p', 'c'),
    {},
    [],
    'refused: persistentvolumeclaim "c" not found',
  ],
  [
    'its own claim is not there yet',
    volumeBinding,
    carrying,
    {},
    [],
    'refused: waiting for ephemeral volume controller to create the persistentvolumeclaim "p-v"',
  ],
  [
    'its own claim is of another',
    volumeBinding,
    carrying,
    { claims: [claim('p-v')] },
    [],
    'refused: PVC default/p-v was not created for pod default/p (pod is not owner)',
  ],
  [
    'a claim that lost its volume',
    volumeBinding,
    using('p', 'c'),
    { claims: [{ ...held[0]!, status: { phase: 'Lost' } }] },
    [],
    'refused: persistentvolumeclaim "c" bound to non-existent persistentvolume "v"',
  ],
  [
    'a claim that goes',
    volumeBinding,
    using('p', 'c'),
    { claims: [{ ...held[0]!, metadata: { ...held[0]!.metadata, deletionTimestamp: 'x' } }] },
    [],
    'refused: persistentvolumeclaim "c" is being deleted',
  ],
  [
    'a claim bound at once is not bound',
    volumeBinding,
    using('p', 'c'),
    { claims: [claim('c', { storageClassName: 'now' })] },
    [],
    'refused: pod has unbound immediate PersistentVolumeClaims',
  ],
  ['bound', volumeBinding, using('p', 'c'), { claims: held, volumes: [volume('v')] }, [], 'fits'],
  [
    'bound, in another zone',
    volumeBinding,
    using('p', 'c'),
    { claims: held, volumes: [volume('v', reaches('b'))] },
    [],
    ["node(s) didn't match PersistentVolume's node affinity", 'final'],
  ],
  [
    'bound to nothing',
    volumeBinding,
    using('p', 'c'),
    { claims: held },
    [],
    ['node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)', 'final'],
  ],
  [
    'made when the node is known',
    volumeBinding,
    using('p', 'c'),
    { claims: late, classes: lateClass },
    [],
    'fits',
  ],
  [
    'nobody makes volumes and none is large enough',
    volumeBinding,
    using('p', 'c'),
    {
      claims: late,
      volumes: [volume('v', small)],
      classes: [storageClass('late', { provisioner: 'kubernetes.io/no-provisioner' })],
    },
    [],
    nothing,
  ],
  [
    'made elsewhere',
    volumeBinding,
    using('p', 'c'),
    {
      claims: late,
      classes: [
        storageClass('late', {
          allowedTopologies: [{ matchLabelExpressions: [{ key: zoneKey, values: ['b'] }] }],
        }),
      ],
    },
    [],
    nothing,
  ],
  [
    'another node was chosen for it',
    volumeBinding,
    using('p', 'c'),
    {
      claims: [
        claim('c', { storageClassName: 'late' }, { 'volume.kubernetes.io/selected-node': 'm' }),
      ],
      classes: lateClass,
    },
    [],
    nothing,
  ],
  [
    'not enough room for what is to be made',
    volumeBinding,
    using('p', 'c'),
    {
      claims: late,
      classes: lateClass,
      more: { csiDriver, capacitiesOf: () => [capacity('500Mi'), capacity('9Gi', 'b')] },
    },
    [],
    ['node(s) did not have enough free storage', 'final'],
  ],
  [
    'enough room for what is to be made',
    volumeBinding,
    using('p', 'c'),
    {
      claims: late,
      classes: lateClass,
      more: { csiDriver, capacitiesOf: () => [capacity('2Gi')] },
    },
    [],
    'fits',
  ],

  [
    'volumes of no zone',
    volumeZone,
    using('p', 'c'),
    { claims: held, volumes: [volume('v')] },
    [],
    'skip',
  ],
  [
    'its zone among others',
    volumeZone,
    using('p', 'c'),
    { claims: held, volumes: [volume('v', {}, { [zoneKey]: 'b__a' })] },
    [],
    'fits',
  ],
  [
    'another zone, by the old label',
    volumeZone,
    using('p', 'c'),
    { claims: held, volumes: [volume('v', {}, { 'failure-domain.beta.kubernetes.io/zone': 'b' })] },
    [],
    ['node(s) had no available volume zone', 'final'],
  ],
  ['not chosen yet', volumeZone, using('p', 'c'), { claims: late, classes: lateClass }, [], 'skip'],
  [
    'of no class',
    volumeZone,
    using('p', 'c'),
    { claims: [claim('c')] },
    [],
    'refused: PersistentVolumeClaim had no pv name and storageClass name',
  ],
  [
    'of a class that is not there',
    volumeZone,
    using('p', 'c'),
    { claims: late },
    [],
    'refused: storageclass.storage.k8s.io "late" not found',
  ],

  [
    'the same disk, both read',
    volumeRestrictions,
    mounting('p', gce(true)),
    {},
    [mounting('o', gce(true))],
    'fits',
  ],
  [
    'the same disk, one writes',
    volumeRestrictions,
    mounting('p', gce(false)),
    {},
    [mounting('o', gce(true))],
    noDisk,
  ],
  ['one image', volumeRestrictions, mounting('p', rbd('m')), {}, [mounting('o', rbd('m'))], noDisk],
  [
    'images of two stores',
    volumeRestrictions,
    mounting('p', rbd('m')),
    {},
    [mounting('o', rbd('n'))],
    'fits',
  ],
  [
    'for one pod, unused',
    volumeRestrictions,
    using('p', 'c'),
    { claims: once },
    [using('o', 'd')],
    'skip',
  ],
  [
    'for one pod, and used',
    volumeRestrictions,
    using('p', 'c'),
    { claims: once },
    [using('o', 'c')],
    [
      'node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod',
      'curable',
    ],
  ],
  [
    'a claim that is not there',
    volumeRestrictions,
    using('p', 'c'),
    {},
    [],
    'refused: persistentvolumeclaim "c" not found',
  ],

  ['room for one', nodeVolumeLimits, using('p', 'c'), limited(1), [], 'fits'],
  ['room for one, taken', nodeVolumeLimits, using('p', 'c'), limited(1), [using('o', 'd')], full],
  [
    'one volume is counted once',
    nodeVolumeLimits,
    using('p', 'c'),
    limited(1),
    [using('o', 'c')],
    'fits',
  ],
  ['two wanted', nodeVolumeLimits, using('p', 'c', 'd'), limited(1), [], full],
  ['no driver', nodeVolumeLimits, using('p', 'c'), limited(1, [volume('v')]), [], 'skip'],
  [
    'still attached',
    nodeVolumeLimits,
    using('p', 'c'),
    {
      ...limited(1),
      more: {
        csiNode: () => csiNode(1),
        attachmentsTo: () => [
          {
            metadata: { name: 'x' },
            spec: { attacher: 'd', nodeName: 'n', source: { persistentVolumeName: 'w' } },
          },
        ],
      },
    },
    [],
    full,
  ],
];

for (const [name, plugin, asks, has, others, want] of table)
  test(`${plugin.name}: ${name}`, () => assert.deepEqual(say(plugin, asks, has, ...others), want));

test('ReadWriteOncePod: the claim is free once its user has left', () => {
  const other = using('o', 'c');
  const info = infoOf(inA, other);
  const asks = using('p', 'c');
  const scene = sceneWith({ ...nothingAround, storage: storage({ claims: once }) }, info);
  const found = volumeRestrictions.prepare!(asks, scene) as { state: any };
  const state = volumeRestrictions.shift!(found.state, other, info, -1, asks);
  assert.equal(volumeRestrictions.filter!(state, info, asks).is, 'fits');
});

/** What VolumeBinding reserves: `v -> claim`, `claim @ node`. */
function reserved(asks: Pod, has: Has): unknown {
  const info = infoOf(inA);
  const scene = sceneWith({ ...nothingAround, storage: storage(has) }, info);
  const found = volumeBinding.prepare!(asks, scene) as { state: any };
  const reservation = volumeBinding.reserve!(found.state, info, asks) as Reservation | undefined;
  return reservation?.writes.map(({ object }: any) =>
    object.kind === 'PersistentVolume'
      ? `${object.metadata.name} -> ${object.spec.claimRef.name} ${Object.keys(object.metadata.annotations ?? {})}`
      : `${object.metadata.name} @ ${object.metadata.annotations['volume.kubernetes.io/selected-node']}`,
  );
}

const of = (name: string, storageSize: string, more = {}): PersistentVolume =>
  volume(name, { capacity: { storage: storageSize }, storageClassName: 'late', ...more });

test('VolumeBinding takes the smallest volumes that serve, and has the others made', () => {
  const claims = ['c', 'd', 'e'].map((name, at) =>
    claim(name, {
      storageClassName: 'late',
      resources: { requests: { storage: `${3 - at}Gi` } },
    }),
  );
  const volumes = [of('big', '3Gi'), of('far', '1Gi', reaches('b')), of('small', '1Gi')];
  const has = { claims, volumes, classes: lateClass };
  assert.deepEqual(reserved(using('p', 'c', 'd', 'e'), has), [
    'small -> e pv.kubernetes.io/bound-by-controller',
    'big -> d pv.kubernetes.io/bound-by-controller',
    'c @ n',
  ]);
  assert.equal(reserved(using('p', 'c'), { claims: held, volumes: [volume('v')] }), undefined);
});
