import type {
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  Taint,
} from '@coxswain/api/types/core-v1';
import { asksLess } from '../nodes/pod-requests.ts';
import { sameEntries } from './same-entries.ts';
import type { DeviceClass, ResourceClaim, ResourceSlice } from '@coxswain/api/types/resource-v1';
import type {
  CSIDriver,
  CSINode,
  CSIStorageCapacity,
  StorageClass,
  VolumeAttachment,
} from '@coxswain/api/types/storage-v1';

/** A change in the cluster that may make room for a pod that found none. */
export type ClusterEvent =
  | { readonly type: 'node/add'; readonly node: Node }
  | { readonly type: 'node/allocatable'; readonly node: Node; readonly before: Node }
  | { readonly type: 'node/labels'; readonly node: Node; readonly before: Node }
  | { readonly type: 'node/features'; readonly node: Node; readonly before: Node }
  | { readonly type: 'node/deleted'; readonly node: Node }
  | { readonly type: 'node/taints'; readonly node: Node; readonly before: Node }
  /** A scheduled pod has gone, or its end was observed: what it held is free. */
  | { readonly type: 'pod/deleted'; readonly pod: Pod }
  /** A pod has come to a node. */
  | { readonly type: 'pod/placed'; readonly pod: Pod }
  /** A scheduled pod has other labels than before. */
  | { readonly type: 'pod/relabelled'; readonly pod: Pod; readonly before: Pod }
  /** A scheduled pod asks for less than before. */
  | { readonly type: 'pod/scaled-down'; readonly pod: Pod; readonly before: Pod }
  /** The waiting pod itself has changed. */
  | { readonly type: 'pod/updated'; readonly pod: Pod; readonly before: Pod }
  | Came<'claim', PersistentVolumeClaim>
  | Came<'volume', PersistentVolume>
  | Came<'class', StorageClass>
  | Came<'csi-node', CSINode>
  | Came<'csi-driver', CSIDriver>
  | Came<'capacity', CSIStorageCapacity>
  | Came<'resource-claim', ResourceClaim>
  | Came<'device-class', DeviceClass>
  | Came<'slice', ResourceSlice>
  | { readonly type: 'attachment/deleted'; readonly attachment: VolumeAttachment };

/** Every type of event. */
export const eventTypes: readonly ClusterEvent['type'][] = [
  ...(['node/add', 'node/allocatable', 'node/labels', 'node/taints', 'node/features'] as const),
  ...([
    'node/deleted',
    'pod/relabelled',
    'pod/deleted',
    'pod/placed',
    'pod/scaled-down',
    'pod/updated',
  ] as const),
  ...(['claim', 'volume', 'class', 'csi-node', 'csi-driver', 'capacity'] as const),
  ...(['attachment/deleted', 'resource-claim', 'device-class', 'slice'] as const),
];

/** An object has come, or changed. */
export interface Came<Type extends string, T> {
  readonly type: Type;
  readonly now: T;
  readonly before: T | undefined;
}

/** What an update of a node means, as events. Unschedulable counts as a taint, as upstream has it. */
export function nodeEvents(node: Node, before: Node): ClusterEvent[] {
  const events: ClusterEvent[] = [];
  if (!sameEntries(node.status?.allocatable, before.status?.allocatable))
    events.push({ type: 'node/allocatable', node, before });
  if (!sameEntries(node.metadata.labels, before.metadata.labels))
    events.push({ type: 'node/labels', node, before });
  if (
    !sameTaints(node.spec.taints, before.spec.taints) ||
    Boolean(node.spec.unschedulable) !== Boolean(before.spec.unschedulable)
  )
    events.push({ type: 'node/taints', node, before });
  if (!sameNames(node.status?.declaredFeatures, before.status?.declaredFeatures))
    events.push({ type: 'node/features', node, before });
  return events;
}

/** What an update of a scheduled pod means, as events. */
export function podEvents(pod: Pod, before: Pod): ClusterEvent[] {
  const events: ClusterEvent[] = [];
  if (!sameEntries(pod.metadata.labels, before.metadata.labels))
    events.push({ type: 'pod/relabelled', pod, before });
  if (asksLess(pod, before)) events.push({ type: 'pod/scaled-down', pod, before });
  return events;
}

const sameNames = (a: readonly string[] = [], b: readonly string[] = []): boolean =>
  a === b || a.join() === b.join();

const sameTaints = (a: readonly Taint[] = [], b: readonly Taint[] = []): boolean =>
  a.length === b.length &&
  a.every((taint, at) => {
    const other = b[at]!;
    return (
      taint.key === other.key &&
      taint.effect === other.effect &&
      (taint.value ?? '') === (other.value ?? '')
    );
  });
