import type { Node, Pod } from '@coxswain/api/types/core-v1';

/** A change in the cluster that may make room for a pod that found none. */
export type ClusterEvent =
  | { readonly type: 'node/add'; readonly node: Node }
  | { readonly type: 'node/allocatable'; readonly node: Node; readonly before: Node }
  | { readonly type: 'node/labels'; readonly node: Node; readonly before: Node }
  | { readonly type: 'node/taints'; readonly node: Node; readonly before: Node }
  /** A scheduled pod has gone, or its end was observed: what it held is free. */
  | { readonly type: 'pod/deleted'; readonly pod: Pod }
  /** A scheduled pod asks for less than before. */
  | { readonly type: 'pod/scaled-down'; readonly pod: Pod; readonly before: Pod }
  /** The waiting pod itself has changed. */
  | { readonly type: 'pod/updated'; readonly pod: Pod; readonly before: Pod };

/** What an update of a node means, as events. Unschedulable counts as a taint, which upstream keeps beside it. */
export function nodeEvents(node: Node, before: Node): ClusterEvent[] {
  const events: ClusterEvent[] = [];
  if (!same(node.status?.allocatable, before.status?.allocatable))
    events.push({ type: 'node/allocatable', node, before });
  if (!same(node.metadata.labels, before.metadata.labels))
    events.push({ type: 'node/labels', node, before });
  if (
    !same(node.spec.taints, before.spec.taints) ||
    node.spec.unschedulable !== before.spec.unschedulable
  )
    events.push({ type: 'node/taints', node, before });
  return events;
}

const same = (a: unknown, b: unknown): boolean =>
  a === b || JSON.stringify(a) === JSON.stringify(b);
