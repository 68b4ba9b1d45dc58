/** What wakes pods that plugins for volumes rejected. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod, Volume } from '@coxswain/api/types/core-v1';
import type { ClusterEvent } from '../framework/event.ts';
import { nothingAround, type SchedulerPlugin } from '../framework/plugin.ts';
import { pod } from '../testing/objects.ts';
import { nodeVolumeLimits } from './node-volume-limits.ts';
import { volumeBinding } from './volume-binding.ts';
import { volumeRestrictions } from './volume-restrictions.ts';
import { volumeZone } from './volume-zone.ts';
import {
  claim,
  volume,
  storageClass,
  csiNode,
  using,
  mounting,
  carrying,
} from '../testing/storage.ts';

const held = [claim('c', { volumeName: 'v' })];
const lateClass = [storageClass('late')];
const gce = (readOnly: boolean): Partial<Volume> => ({
  gcePersistentDisk: { pdName: 'd', readOnly },
});
const rbd = (monitor: string): Partial<Volume> => ({
  rbd: { monitors: [monitor], image: 'i', pool: 'rbd' },
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
