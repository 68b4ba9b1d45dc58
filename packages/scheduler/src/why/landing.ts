import type { Pod } from '@coxswain/api/types/core-v1';
import { schedulePod } from '../cycle/schedule-pod.ts';
import { copyOf } from './cures.ts';
import { placementOf } from './placement.ts';
import type { Row } from './placement.ts';
import type { SchedulerView } from './view.ts';

/** Where a pod that leaves its node would be placed anew, or what every node says. */
export type Landing =
  | { readonly pod: Pod; readonly node: string }
  | { readonly pod: Pod; readonly rows: readonly Row[]; readonly refused?: string };

/**
 * Where pods would go if `node` were cordoned and they left it one after the other, in their order: the scheduler's cycle on a
 * copy, each pod taking its room before the next. Nothing is touched.
 */
export function landingsOf(
  view: SchedulerView,
  node: string,
  leaving: readonly Pod[],
): readonly Landing[] {
  const start = view.snapshot.list.map((info) => {
    if (info.name !== node) return info;
    const copy = info.clone();
    copy.setNode({ ...info.node, spec: { ...info.node.spec, unschedulable: true } });
    return copy;
  });
  let nodes = start;
  return leaving.map((pod): Landing => {
    const uid = pod.metadata.uid ?? '';
    const { nodeName: _, ...spec } = pod.spec;
    const fresh: Pod = {
      ...pod,
      metadata: { ...pod.metadata, uid: `${uid}-again` },
      spec,
      status: {},
    };
    nodes = nodes.map((info) => {
      if (info.name !== node) return info;
      info.removePod(uid);
      return info;
    });
    const profile = view.profileOf(pod);
    const snapshot = copyOf(view.snapshot, nodes);
    if (!profile) return { pod, rows: [] };
    const { decision } = schedulePod(fresh, profile.plugins, snapshot, () => 0);
    if (decision.is === 'unplaced') {
      const placement = placementOf({ ...view, snapshot }, fresh);
      const refused = placement?.refused?.reason;
      return { pod, rows: placement?.rows ?? [], ...(refused !== undefined && { refused }) };
    }
    const taken: Pod = { ...fresh, spec: { ...fresh.spec, nodeName: decision.node } };
    nodes = nodes.map((info) => {
      if (info.name !== decision.node) return info;
      const copy = info.clone();
      copy.addPod(taken);
      return copy;
    });
    return { pod, node: decision.node };
  });
}
