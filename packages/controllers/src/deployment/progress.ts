import type {
  Deployment,
  DeploymentCondition,
  DeploymentStatus,
} from '@coxswain/api/types/apps-v1';
import type { Plan } from '@coxswain/control';
import { same } from '../objects/same.ts';
import { timeMs } from '../objects/time.ts';
import { condition, progressing, withCondition, without } from './conditions.ts';
import type { View } from './sets.ts';
import { isComplete, statusOf, writeStatus } from './status.ts';

const noDeadline = 2_147_483_647;

/** Progress is judged against a deadline. */
export const hasDeadline = (d: Deployment): boolean =>
  (d.spec?.progressDeadlineSeconds ?? noDeadline) !== noDeadline;

/** The status during a rollout: whether it moves, has ended, or is stuck; and when to look again. */
export function rolloutStatus(view: View, nowMs: number): Plan {
  const { d } = view;
  const counted = statusOf(view, nowMs);
  const conditions = withFailure(view, withProgress(view, counted, nowMs));
  const status = { ...counted, conditions };
  const actions = writeStatus(d, status);
  return {
    actions,
    requeueAfterMs: actions.length > 0 ? undefined : stuckAfterMs(d, status, nowMs),
  };
}

function withProgress(
  { d, newest }: View,
  status: DeploymentStatus,
  nowMs: number,
): readonly DeploymentCondition[] {
  const { conditions } = status;
  if (!hasDeadline(d)) return without(conditions, 'Progressing');
  const current = progressing(d.status?.conditions);
  const done =
    status.replicas === status.updatedReplicas && current?.reason === 'NewReplicaSetAvailable';
  if (done) return conditions ?? [];
  const who = newest ? `ReplicaSet "${newest.metadata.name}"` : `Deployment "${d.metadata.name}"`;
  const told = (value: 'True' | 'False', reason: string, words: string): DeploymentCondition =>
    condition('Progressing', value, reason, `${who} ${words}`, nowMs);
  if (isComplete(d, status))
    return withCondition(
      conditions,
      told('True', 'NewReplicaSetAvailable', 'has successfully progressed.'),
    );
  if (moves(d, status)) {
    // The same reason again, but a later lastUpdateTime: the deadline counts from the last move.
    const next = told('True', 'ReplicaSetUpdated', 'is progressing.');
    const lastTransitionTime =
      current?.status === 'True' ? current.lastTransitionTime : next.lastTransitionTime;
    return [...without(conditions, 'Progressing'), { ...next, lastTransitionTime }];
  }
  return timedOut(d, current, nowMs)
    ? withCondition(
        conditions,
        told('False', 'ProgressDeadlineExceeded', 'has timed out progressing.'),
      )
    : (conditions ?? []);
}

function moves({ status: before }: Deployment, now: DeploymentStatus): boolean {
  const old = (status: DeploymentStatus | undefined): number =>
    (status?.replicas ?? 0) - (status?.updatedReplicas ?? 0);
  return (
    (now.updatedReplicas ?? 0) > (before?.updatedReplicas ?? 0) ||
    old(now) < old(before) ||
    (now.readyReplicas ?? 0) > (before?.readyReplicas ?? 0) ||
    (now.availableReplicas ?? 0) > (before?.availableReplicas ?? 0)
  );
}

function timedOut(d: Deployment, current: DeploymentCondition | undefined, nowMs: number): boolean {
  if (!current || current.reason === 'NewReplicaSetAvailable') return false;
  if (current.reason === 'ProgressDeadlineExceeded') return true;
  return deadlineMs(d, current) < nowMs;
}

const deadlineMs = (d: Deployment, { lastUpdateTime }: DeploymentCondition): number =>
  (timeMs(lastUpdateTime) ?? 0) + (d.spec?.progressDeadlineSeconds ?? 0) * 1000;

/** A failure of the newest ReplicaSet, else of any. */
function withFailure(
  { all, newest, d }: View,
  conditions: readonly DeploymentCondition[],
): readonly DeploymentCondition[] {
  const failures = [newest, ...all].flatMap((rs) =>
    (rs?.status?.conditions ?? []).filter(({ type }) => type === 'ReplicaFailure'),
  );
  const [failure] = failures;
  const others = without(conditions, 'ReplicaFailure');
  if (!failure) return others;
  const { type, status, reason, message, lastTransitionTime } = failure;
  const next = {
    type,
    status,
    reason,
    message,
    lastTransitionTime,
    lastUpdateTime: lastTransitionTime,
  };
  const present = d.status?.conditions?.find((each) => same(each, next));
  return present ? conditions : withCondition(conditions, next);
}

/** A second past the deadline, where one is running. */
function stuckAfterMs(d: Deployment, status: DeploymentStatus, nowMs: number): number | undefined {
  const current = progressing(status.conditions);
  if (!hasDeadline(d) || !current) return undefined;
  if (isComplete(d, status) || current.reason === 'ProgressDeadlineExceeded') return undefined;
  return Math.max(0, deadlineMs(d, current) - nowMs) + 1000;
}
