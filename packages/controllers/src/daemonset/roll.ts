import type { DaemonSet } from '@coxswain/api/types/apps-v1';
import type { Pod } from '@coxswain/api/types/core-v1';
import { shareOf } from '../objects/share.ts';
import { isAvailable } from '../pods/state.ts';
import { revisionHashKey } from '../revisions/revisions.ts';

/** Pods to delete, and nodes to start pods on. */
export interface Steps {
  readonly remove: readonly Pod[];
  readonly startOn: readonly string[];
}

export interface Limits {
  readonly surge: number;
  readonly unavailable: number;
}

/** Both round up; where both come to nothing, one node may be without. */
export function limitsOf(ds: DaemonSet, desired: number): Limits {
  const { maxSurge, maxUnavailable } = ds.spec?.updateStrategy?.rollingUpdate ?? {};
  const surge = shareOf(maxSurge ?? 0, desired, 'up');
  const unavailable = shareOf(maxUnavailable ?? 1, desired, 'up');
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable };
}

export const isCurrent = (pod: Pod, ds: DaemonSet, hash: string): boolean => {
  const generation = ds.metadata.annotations?.['deprecated.daemonset.template.generation'];
  const labels = pod.metadata.labels ?? {};
  return (
    labels[revisionHashKey] === hash ||
    (generation !== undefined && labels['pod-template-generation'] === generation)
  );
};

/** The one pod of the present template on a node and the one of an older; undefined when there are more of either. */
function pairOf(
  pods: readonly Pod[],
  ds: DaemonSet,
  hash: string,
): { readonly fresh: Pod | undefined; readonly old: Pod | undefined } | undefined {
  const staying = pods.filter(({ metadata }) => !metadata.deletionTimestamp);
  const fresh = staying.filter((pod) => isCurrent(pod, ds, hash));
  const old = staying.filter((pod) => !isCurrent(pod, ds, hash));
  return fresh.length > 1 || old.length > 1 ? undefined : { fresh: fresh[0], old: old[0] };
}

/** One step of a rolling update over the nodes that should run the daemon. */
export function roll(
  ds: DaemonSet,
  byNode: ReadonlyMap<string, readonly Pod[]>,
  hash: string,
  limits: Limits,
  nowMs: number,
): Steps {
  const available = (pod: Pod): boolean => isAvailable(pod, ds.spec?.minReadySeconds, nowMs);
  const pairs = [...byNode].map(([node, pods]) => ({ node, pair: pairOf(pods, ds, hash) }));
  if (limits.surge > 0) return rollWithSurge(pairs, limits.surge, available);
  let unavailable = 0;
  const broken: Pod[] = []; // nothing is lost with these
  const candidates: Pod[] = [];
  for (const { pair } of pairs) {
    if (!pair || Boolean(pair.fresh) === Boolean(pair.old)) unavailable++;
    else if (pair.fresh) unavailable += available(pair.fresh) ? 0 : 1;
    else if (!available(pair.old!)) {
      broken.push(pair.old!);
      unavailable++;
    } else candidates.push(pair.old!);
  }
  const room = Math.max(0, limits.unavailable - unavailable);
  return { remove: [...broken, ...candidates.slice(0, room)], startOn: [] };
}

function rollWithSurge(
  pairs: readonly { readonly node: string; readonly pair: ReturnType<typeof pairOf> }[],
  max: number,
  available: (pod: Pod) => boolean,
): Steps {
  let surging = 0;
  const remove: Pod[] = [];
  const urgent: string[] = [];
  const candidates: string[] = [];
  for (const { node, pair } of pairs) {
    if (!pair) {
      surging++;
      continue;
    }
    if (!pair.old) continue;
    if (!pair.fresh) (available(pair.old) ? candidates : urgent).push(node);
    else if (available(pair.fresh)) remove.push(pair.old);
    else surging++;
  }
  const room = Math.max(0, max - surging);
  return { remove, startOn: [...urgent, ...candidates.slice(0, room)] };
}
