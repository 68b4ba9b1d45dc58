import { formatTime } from '@coxswain/api';
import type { Node, Taint } from '@coxswain/api/types/core-v1';
import { readiness } from './conditions.ts';

export const notReadyKey: string = 'node.kubernetes.io/not-ready';
export const unreachableKey: string = 'node.kubernetes.io/unreachable';

/** Which condition, in which state, keeps new pods away by which taint. */
const byCondition: readonly (readonly [type: string, status: string, key: string])[] = [
  ['Ready', 'False', notReadyKey],
  ['Ready', 'Unknown', unreachableKey],
  ['MemoryPressure', 'True', 'node.kubernetes.io/memory-pressure'],
  ['DiskPressure', 'True', 'node.kubernetes.io/disk-pressure'],
  ['NetworkUnavailable', 'True', 'node.kubernetes.io/network-unavailable'],
  ['PIDPressure', 'True', 'node.kubernetes.io/pid-pressure'],
];
const unschedulableKey = 'node.kubernetes.io/unschedulable';
const ownKeys = new Set([...byCondition.map(([, , key]) => key), unschedulableKey]);

const taintsOf = ({ spec }: Node): readonly Taint[] => spec?.taints ?? [];

/** The taints with exactly those NoSchedule ones that the conditions ask for; undefined when that is so. */
export function schedulingTaints(node: Node, nowMs: number): readonly Taint[] | undefined {
  const conditions = node.status?.conditions ?? [];
  const wanted = new Set(
    byCondition
      .filter(([type, status]) =>
        conditions.some((each) => each.type === type && each.status === status),
      )
      .map(([, , key]) => key),
  );
  if (node.spec?.unschedulable) wanted.add(unschedulableKey);
  const isOurs = ({ key, effect }: Taint): boolean => effect === 'NoSchedule' && ownKeys.has(key);
  const kept = taintsOf(node).filter((taint) => !isOurs(taint) || wanted.has(taint.key));
  const present = new Set(kept.filter(isOurs).map(({ key }) => key));
  const added = [...wanted].filter((key) => !present.has(key));
  if (added.length === 0 && kept.length === taintsOf(node).length) return undefined;
  const timeAdded = formatTime(nowMs);
  return [...kept, ...added.map((key) => ({ key, effect: 'NoSchedule', timeAdded }))];
}

const isEvicting = ({ key, effect }: Taint): boolean =>
  effect === 'NoExecute' && (key === notReadyKey || key === unreachableKey);

export const evictingTaint = (node: Node): Taint | undefined => taintsOf(node).find(isEvicting);

/** The NoExecute taint that the node's state asks for; undefined for a ready node. */
export function wantedEvictingKey(node: Node): string | undefined {
  const state = readiness(node);
  return state === 'True' ? undefined : state === 'False' ? notReadyKey : unreachableKey;
}

/** The node's taints with this NoExecute taint alone of the two; undefined takes both away. */
export function withEvictingTaint(
  node: Node,
  key: string | undefined,
  nowMs: number,
): readonly Taint[] {
  const others = taintsOf(node).filter((taint) => !isEvicting(taint));
  return key ? [...others, { key, effect: 'NoExecute', timeAdded: formatTime(nowMs) }] : others;
}
