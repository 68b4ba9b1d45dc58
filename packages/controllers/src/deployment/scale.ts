import { ReplicaSets } from '@coxswain/api';
import type { Deployment, ReplicaSet } from '@coxswain/api/types/apps-v1';
import type { Action } from '@coxswain/control';
import { desiredReplicas, maxReplicas, revisionOf } from './revision.ts';
import { isRunning, olderFirst, resize, type View } from './sets.ts';
import {
  availableOf,
  isRolling,
  maxSurge,
  maxUnavailable,
  newSetSize,
  replicasOf,
  sum,
} from './size.ts';

/** The Deployment's size was changed since its ReplicaSets were last scaled. */
export const isScaling = ({ d, all }: View): boolean =>
  all.filter(isRunning).some((rs) => (desiredReplicas(rs) ?? replicasOf(d)) !== replicasOf(d));

/** Brings the ReplicaSets to the Deployment's size outside of a rollout, in proportion where several run. */
export function scale(view: View): readonly Action[] {
  const { d, newest, old } = view;
  const only = activeOrLatest(view);
  if (only) return replicasOf(only) === replicasOf(d) ? [] : resize(d, only, replicasOf(d));
  if (newest && isSaturated(d, newest))
    return old.filter(isRunning).flatMap((rs) => resize(d, rs, 0));
  return isRolling(d) ? scaleInProportion(view) : [];
}

function activeOrLatest({ all, newest, old }: View): ReplicaSet | undefined {
  const running = all.filter(isRunning);
  if (running.length === 0) return newest ?? old.at(-1);
  return running.length === 1 ? running[0] : undefined;
}

const isSaturated = (d: Deployment, rs: ReplicaSet): boolean =>
  replicasOf(rs) === replicasOf(d) &&
  desiredReplicas(rs) === replicasOf(d) &&
  availableOf(rs) === replicasOf(d);

function scaleInProportion({ d, all }: View): readonly Action[] {
  const allowed = replicasOf(d) > 0 ? replicasOf(d) + maxSurge(d) : 0;
  const running = all.filter(isRunning);
  const toAdd = allowed - sum(running, replicasOf);
  // The largest first; among like ones the newest grows and the oldest shrinks first.
  const order = running.toSorted(
    (a, b) => replicasOf(b) - replicasOf(a) || (toAdd > 0 ? olderFirst(b, a) : olderFirst(a, b)),
  );
  let added = 0;
  const sizes = order.map((rs) => {
    const share = shareOfChange(d, rs, toAdd, added);
    added += share;
    return replicasOf(rs) + share;
  });
  return order.flatMap((rs, at) => {
    const left = at === 0 && toAdd !== 0 ? toAdd - added : 0;
    return resize(d, rs, Math.max(0, sizes[at]! + left));
  });
}

function shareOfChange(d: Deployment, rs: ReplicaSet, toAdd: number, added: number): number {
  if (replicasOf(rs) === 0 || toAdd === 0 || toAdd === added) return 0;
  const fraction = fractionOf(d, rs);
  const allowed = toAdd - added;
  return toAdd > 0 ? Math.min(fraction, allowed) : Math.max(fraction, allowed);
}

function fractionOf(d: Deployment, rs: ReplicaSet): number {
  if (replicasOf(d) === 0) return -replicasOf(rs);
  const before = maxReplicas(rs) || d.status?.replicas;
  if (!before) return 0;
  const size = (replicasOf(rs) * (replicasOf(d) + maxSurge(d))) / before;
  return Math.round(size) - replicasOf(rs);
}

/** One step of a rolling update: the newest grows as far as it may, else the old ones shrink as far as they may. */
export function roll(view: View): readonly Action[] {
  const { d, all, newest } = view;
  if (!newest) return [];
  const size =
    replicasOf(newest) > replicasOf(d) ? replicasOf(d) : newSetSize(d, all, replicasOf(newest));
  if (size !== replicasOf(newest)) return resize(d, newest, size);
  return shrinkOld(view, newest);
}

function shrinkOld({ d, all, old }: View, newest: ReplicaSet): readonly Action[] {
  if (sum(old, replicasOf) === 0) return [];
  const minAvailable = replicasOf(d) - maxUnavailable(d);
  const newUnavailable = replicasOf(newest) - availableOf(newest);
  const max = sum(all, replicasOf) - minAvailable - newUnavailable;
  // One with more pods available than it is to have was told to shrink and has yet to: they count no longer, though it says so still.
  const isBehind = old.some((rs) => availableOf(rs) > replicasOf(rs));
  if (max <= 0 || isBehind) return [];
  const sizes = new Map(old.map((rs) => [rs, replicasOf(rs)]));
  takeDown(old, sizes, max, (rs) => replicasOf(rs) - availableOf(rs)); // those that do not serve
  const spare = sum(all, availableOf) - minAvailable;
  if (spare > 0) takeDown(old, sizes, spare, (rs) => sizes.get(rs)!);
  return old.flatMap((rs) =>
    sizes.get(rs) === replicasOf(rs) ? [] : resize(d, rs, sizes.get(rs)!),
  );
}

/** Takes up to `max` from the oldest on, from each what `mayGo`. */
function takeDown(
  old: readonly ReplicaSet[],
  sizes: Map<ReplicaSet, number>,
  max: number,
  mayGo: (rs: ReplicaSet) => number,
): void {
  let left = max;
  for (const rs of old) {
    const going = Math.max(0, Math.min(left, sizes.get(rs)!, mayGo(rs)));
    sizes.set(rs, sizes.get(rs)! - going);
    left -= going;
  }
}

/** Deletes the oldest of the ReplicaSets that have nothing left, down to the history limit. */
export function cleanUp({ d, old }: View): readonly Action[] {
  const limit = d.spec?.revisionHistoryLimit;
  if (limit === undefined || limit === 2_147_483_647) return [];
  const kept = old.filter(({ metadata }) => !metadata.deletionTimestamp);
  const surplus = kept.length - limit;
  if (surplus <= 0) return [];
  return kept
    .toSorted((a, b) => revisionOf(a) - revisionOf(b) || olderFirst(a, b))
    .slice(0, surplus)
    .filter(
      (rs) =>
        (rs.status?.replicas ?? 0) === 0 &&
        replicasOf(rs) === 0 &&
        (rs.metadata.generation ?? 0) <= (rs.status?.observedGeneration ?? 0),
    )
    .map((rs) => ({ do: 'remove', resource: ReplicaSets, object: rs }));
}
