import { formatTime } from '@coxswain/api';
import type { Node, NodeCondition } from '@coxswain/api/types/core-v1';

export const readyOf = ({ status }: Node): NodeCondition | undefined =>
  status?.conditions?.find(({ type }) => type === 'Ready');

/** True, False or Unknown; a node that never posted is Unknown. */
export const readiness = (node: Node): string => readyOf(node)?.status ?? 'Unknown';

const watched = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'];

/** The conditions of a node that has fallen silent: Unknown, all that its kubelet keeps. */
export function silentConditions(node: Node, nowMs: number): readonly NodeCondition[] {
  const now = formatTime(nowMs);
  const present = node.status?.conditions ?? [];
  const after = present.map((condition) =>
    watched.includes(condition.type) && condition.status !== 'Unknown'
      ? {
          ...condition,
          status: 'Unknown',
          reason: 'NodeStatusUnknown',
          message: 'Kubelet stopped posting node status.',
          lastTransitionTime: now,
        }
      : condition,
  );
  const absent = watched.filter((type) => !present.some((condition) => condition.type === type));
  const never = absent.map((type) => ({
    type,
    status: 'Unknown',
    reason: 'NodeStatusNeverUpdated',
    message: 'Kubelet never posted node status.',
    lastHeartbeatTime: node.metadata.creationTimestamp,
    lastTransitionTime: now,
  }));
  return [...after, ...never];
}
