import type { Deployment, ReplicaSet } from '@coxswain/api/types/apps-v1';
import { shareOf } from '../objects/share.ts';

export const replicasOf = (of: Deployment | ReplicaSet): number => of.spec?.replicas ?? 1;
export const isRolling = (d: Deployment): boolean =>
  (d.spec?.strategy?.type ?? 'RollingUpdate') === 'RollingUpdate';

export const sum = (sets: readonly ReplicaSet[], of: (rs: ReplicaSet) => number): number =>
  sets.reduce((total, rs) => total + of(rs), 0);
export const availableOf = (rs: ReplicaSet): number => rs.status?.availableReplicas ?? 0;

/** Surge rounds up, unavailability down; where both come to nothing, one pod may be unavailable, or nothing would move. */
function fences(d: Deployment): { readonly surge: number; readonly unavailable: number } {
  const { maxSurge, maxUnavailable } = d.spec?.strategy?.rollingUpdate ?? {};
  const surge = shareOf(maxSurge ?? '25%', replicasOf(d), 'up');
  const unavailable = shareOf(maxUnavailable ?? '25%', replicasOf(d), 'down');
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable };
}

export const maxSurge = (d: Deployment): number => (isRolling(d) ? fences(d).surge : 0);

export const maxUnavailable = (d: Deployment): number =>
  isRolling(d) && replicasOf(d) > 0 ? Math.min(fences(d).unavailable, replicasOf(d)) : 0;

/** How large the newest ReplicaSet may be now. */
export function newSetSize(d: Deployment, all: readonly ReplicaSet[], newest: number): number {
  if (!isRolling(d)) return replicasOf(d);
  const room = replicasOf(d) + maxSurge(d) - sum(all, replicasOf);
  return room <= 0 ? newest : newest + Math.min(room, replicasOf(d) - newest);
}
