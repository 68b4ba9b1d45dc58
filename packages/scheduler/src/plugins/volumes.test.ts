/** Plugins that look at volumes: what they say of nodes, what they reserve, and what wakes the pods they rejected. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type {
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  Volume,
} from '@coxswain/api/types/core-v1';
import type { CSINode, StorageClass } from '@coxswain/api/types/storage-v1';
import type { ClusterEvent } from '../framework/event.ts';
import { nothingAround, type SchedulerPlugin } from '../framework/plugin.ts';
import type { Reservation } from '../framework/reservation.ts';
import { noStorage, type Storage } from '../framework/storage.ts';
import { infoOf, node, pod, sceneWith } from '../testing/objects.ts';
import { nodeVolumeLimits } from './node-volume-limits.ts';
import { volumeBinding } from './volume-binding.ts';
import { volumeRestrictions } from './volume-restrictions.ts';
import { volumeZone } from './volume-zone.ts';

const zoneKey = 'topology.kubernetes.io/zone';
const done = { 'pv.kubernetes.io/bind-completed': 'yes' };

function claim(
  name: string,
  spec: PersistentVolumeClaim['spec'] = {},
  annotations: Record<string, string> = spec.volumeName ? done : {},
): PersistentVolumeClaim {
  const metadata = { name, namespace: 'default', uid: `uid-${name}`, annotations };
  const resources = { requests: { storage: '1Gi' } };
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata,
    spec: { resources, ...spec },
  };
}

const reaches = (zone: string): Partial<PersistentVolume['spec'] & object> => ({
  nodeAffinity: {
    required: {
      nodeSelectorTerms: [{ matchExpressions: [{ key: zoneKey, operator: 'In', values: [zone] }] }],
    },
  },
});
const volume = (
  name: string,
  spec: Partial<PersistentVolume['spec'] & object> = {},
  labels: Record<string, string> = {},
): PersistentVolume => ({
  ...{ apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name, labels } },
  spec: { capacity: { storage: '5Gi' }, ...spec } as PersistentVolume['spec'] & object,
  status: { phase: 'Available' },
});
const storageClass = (name: string, more: Partial<StorageClass> = {}): StorageClass => ({
  metadata: { name },
  provisioner: 'csi.example.com',
  volumeBindingMode: 'WaitForFirstConsumer',
  ...more,
});
const csiNode = (count: number): CSINode => ({
  metadata: { name: 'n' },
  spec: { drivers: [{ name: 'd', nodeID: 'n', allocatable: { count } }] },
});

interface Has {
  readonly claims?: readonly PersistentVolumeClaim[];
  readonly volumes?: readonly PersistentVolume[];
  readonly classes?: readonly StorageClass[];
  readonly more?: Partial<Storage>;
}
const named =
  <T extends { metadata: { name: string } }>(list: readonly T[] | undefined) =>
  (name: string): T | undefined =>
    list?.find(({ metadata }) => metadata.name === name);
const storage = ({ claims, volumes = [], classes, more }: Has): Storage => ({
  ...noStorage,
  claim: named(claims),
  volume: named(volumes),
  volumesOfClass: (name) => volumes.filter(({ spec }) => (spec?.storageClassName ?? '') === name),
  storageClass: named(classes),
  ...more,
});

const using = (name: string, ...claims: readonly string[]): Pod =>
  pod(name, {
    volumes: claims.map((claimName) => ({
      name: claimName,
      persistentVolumeClaim: { claimName },
    })),
  });
const mounting = (name: string, source: Partial<Volume>): Pod =>
  pod(name, { volumes: [{ name: 'v', ...source }] });
const carrying = mounting('p', { ephemeral: { volumeClaimTemplate: { spec: {} } } as object });
const inA = node('n', { labels: { [zoneKey]: 'a' } });

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

const wakes = (plugin: SchedulerPlugin, asks: Pod, event: ClusterEvent): boolean =>
  plugin.wakeOn.some(
    ({ event: type, cures }) =>
      type === event.type && (cures?.(asks, event, nothingAround) ?? true),
  );
const came = (type: 'claim' | 'volume' | 'class' | 'csi-node', now: object, before?: object) =>
  ({ type, now, before }) as ClusterEvent;
const hints: readonly (readonly [string, SchedulerPlugin, Pod, ClusterEvent, boolean])[] = [
  ['its claim', volumeBinding, using('p', 'c'), came('claim', held[0]!, held[0]), true],
  ['its own claim', volumeBinding, carrying, came('claim', claim('p-v')), true],
  ['another claim', volumeBinding, using('p', 'c'), came('claim', claim('x')), false],
  ['a volume', volumeBinding, using('p', 'c'), came('volume', volume('v'), volume('v')), true],
  ['a class as it was', volumeBinding, pod('p'), came('class', lateClass[0]!, lateClass[0]), false],
  ['a class', volumeBinding, pod('p'), came('class', lateClass[0]!), true],
  ['a class for later', volumeZone, pod('p'), came('class', lateClass[0]!), true],
  ['a volume as it was', volumeZone, pod('p'), came('volume', volume('v'), volume('v')), false],
  ['another limit', nodeVolumeLimits, pod('p'), came('csi-node', csiNode(2), csiNode(1)), true],
  ['a lower limit', nodeVolumeLimits, pod('p'), came('csi-node', csiNode(1), csiNode(2)), false],
  [
    'a claim that changed',
    volumeRestrictions,
    using('p', 'c'),
    came('claim', held[0]!, held[0]),
    false,
  ],
  ['its claim came', volumeRestrictions, using('p', 'c'), came('claim', held[0]!), true],
  [
    'its disk is free',
    volumeRestrictions,
    mounting('p', gce(false)),
    { type: 'pod/deleted', pod: mounting('o', gce(false)) },
    true,
  ],
  [
    'another disk is free',
    volumeRestrictions,
    mounting('p', gce(false)),
    { type: 'pod/deleted', pod: mounting('o', rbd('m')) },
    false,
  ],
];
for (const [name, plugin, asks, event, want] of hints)
  test(`${plugin.name} wakes: ${name}`, () => assert.equal(wakes(plugin, asks, event), want));
