import { DaemonSets } from '@coxswain/api';
import type { DaemonSet, DaemonSetStatus } from '@coxswain/api/types/apps-v1';
import type { Node, Pod } from '@coxswain/api/types/core-v1';
import type { Action } from '@coxswain/control';
import { same } from '../objects/same.ts';
import { isAvailable, isReady } from '../pods/state.ts';
import { oldestFirst, placementOn } from './placement.ts';
import { isCurrent } from './roll.ts';

/** Counts nodes, each by its oldest daemon pod. */
export function statusOf(
  ds: DaemonSet,
  nodes: readonly Node[],
  byNode: ReadonlyMap<string, readonly Pod[]>,
  hash: string,
  nowMs: number,
): DaemonSetStatus {
  const counted = { desired: 0, current: 0, misscheduled: 0, ready: 0, available: 0, updated: 0 };
  for (const node of nodes) {
    const pods = byNode.get(node.metadata.name) ?? [];
    if (!placementOn(node, ds).run) {
      if (pods.length > 0) counted.misscheduled++;
      continue;
    }
    counted.desired++;
    const [oldest] = oldestFirst(pods);
    if (!oldest) continue;
    counted.current++;
    if (isReady(oldest)) counted.ready++;
    if (isAvailable(oldest, ds.spec?.minReadySeconds, nowMs)) counted.available++;
    if (isCurrent(oldest, ds, hash)) counted.updated++;
  }
  return {
    ...ds.status,
    desiredNumberScheduled: counted.desired,
    currentNumberScheduled: counted.current,
    numberMisscheduled: counted.misscheduled,
    numberReady: counted.ready,
    updatedNumberScheduled: counted.updated,
    numberAvailable: counted.available,
    numberUnavailable: counted.desired - counted.available,
    observedGeneration: ds.metadata.generation,
  };
}

const zeros = { updatedNumberScheduled: 0, numberAvailable: 0, numberUnavailable: 0 };

export function writeStatus(ds: DaemonSet, status: DaemonSetStatus): readonly Action[] {
  if (ds.status && same({ ...zeros, ...ds.status }, status)) return [];
  const object = { ...ds, status };
  return [{ do: 'update', resource: DaemonSets, object, subresource: 'status' }];
}
