import { formatTime } from '@coxswain/api';
import type { DeploymentCondition } from '@coxswain/api/types/apps-v1';

type Conditions = readonly DeploymentCondition[] | undefined;

export const progressing = (conditions: Conditions): DeploymentCondition | undefined =>
  conditions?.find(({ type }) => type === 'Progressing');

export const condition = (
  type: string,
  status: 'True' | 'False' | 'Unknown',
  reason: string,
  message: string,
  nowMs: number,
): DeploymentCondition => {
  const now = formatTime(nowMs);
  return { type, status, lastUpdateTime: now, lastTransitionTime: now, reason, message };
};

export const without = (conditions: Conditions, type: string): readonly DeploymentCondition[] =>
  (conditions ?? []).filter((each) => each.type !== type);

/** Puts `next` in, unless one of its type has the same status and reason; the time of transition moves only with the status. */
export function withCondition(
  conditions: Conditions,
  next: DeploymentCondition,
): readonly DeploymentCondition[] {
  const present = conditions?.find(({ type }) => type === next.type);
  if (present?.status === next.status && present.reason === next.reason) return conditions ?? [];
  const { lastTransitionTime } = present?.status === next.status ? present : next;
  return [...without(conditions, next.type), { ...next, lastTransitionTime }];
}
