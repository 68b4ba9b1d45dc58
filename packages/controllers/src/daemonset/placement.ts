import { fitsRequired, tolerates } from '@coxswain/api/nodes';
import type { Because } from '@coxswain/control';
import type { DaemonSet } from '@coxswain/api/types/apps-v1';
import type { Node, Pod, PodSpec, Toleration } from '@coxswain/api/types/core-v1';
import { createdMs } from '../objects/time.ts';

/** Whether a daemon pod should be started on a node, and whether one there may stay. */
export interface Placement {
  readonly run: boolean;
  readonly stay: boolean;
}

const exists = (key: string, effect: 'NoSchedule' | 'NoExecute'): Toleration => ({
  key: `node.kubernetes.io/${key}`,
  operator: 'Exists',
  effect,
});

/** What every daemon pod puts up with, so that a node in trouble keeps its daemons. */
export function daemonTolerations(spec: PodSpec | undefined): readonly Toleration[] {
  const added = [
    exists('not-ready', 'NoExecute'),
    exists('unreachable', 'NoExecute'),
    exists('disk-pressure', 'NoSchedule'),
    exists('memory-pressure', 'NoSchedule'),
    exists('pid-pressure', 'NoSchedule'),
    exists('unschedulable', 'NoSchedule'),
    ...(spec?.hostNetwork ? [exists('network-unavailable', 'NoSchedule')] : []),
  ];
  const own = (spec?.tolerations ?? []).filter(
    (each) => !added.some(({ key, effect }) => key === each.key && effect === each.effect),
  );
  return [...own, ...added];
}

export function placementOn(node: Node, ds: DaemonSet): Placement {
  const spec = ds.spec?.template.spec;
  if (spec?.nodeName && spec.nodeName !== node.metadata.name) return { run: false, stay: false };
  if (!fitsRequired(spec, node)) return { run: false, stay: false };
  const tolerations = daemonTolerations(spec);
  const bad = (node.spec?.taints ?? []).filter(
    (taint) => !tolerations.some((each) => tolerates(each, taint)),
  );
  const run = !bad.some(({ effect }) => effect === 'NoSchedule' || effect === 'NoExecute');
  return { run, stay: !bad.some(({ effect }) => effect === 'NoExecute') };
}

/** Nodes that a DaemonSet leaves out, by what is in the way. */
export function leftOut(ds: DaemonSet, nodes: readonly Node[]): readonly Because[] {
  const byCause = new Map<string, string[]>();
  const spec = ds.spec?.template.spec;
  const tolerations = daemonTolerations(spec);
  for (const node of nodes) {
    if (placementOn(node, ds).run) continue;
    const taint = (node.spec?.taints ?? []).find(
      (each) =>
        each.effect !== 'PreferNoSchedule' && !tolerations.some((one) => tolerates(one, each)),
    );
    const cause = fitsRequired(spec, node)
      ? `taint ${taint?.key ?? ''}${taint?.value ? `=${taint.value}` : ''}:${taint?.effect ?? ''}`
      : 'selector';
    byCause.set(cause, [...(byCause.get(cause) ?? []), node.metadata.name]);
  }
  return [...byCause].map(([cause, names]) => ({
    verdict: cause === 'selector' ? 'not selected' : 'not tolerated',
    facts: {
      ...(cause !== 'selector' && { taint: cause.slice('taint '.length) }),
      nodes: names.length,
      example: names[0]!,
    },
  }));
}

/** The node that a daemon pod is on, or is meant for: its affinity names it before the scheduler binds it. */
export function nodeOf({ spec }: Pod): string {
  if (spec?.nodeName) return spec.nodeName;
  const required = spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  for (const { matchFields = [] } of required?.nodeSelectorTerms ?? [])
    for (const { key, operator, values } of matchFields)
      if (key === 'metadata.name' && operator === 'In' && values?.length === 1) return values[0]!;
  return '';
}

/** Bound before unbound, then oldest first. */
export const oldestFirst = (pods: readonly Pod[]): readonly Pod[] =>
  pods.toSorted(
    (a, b) =>
      Number(!a.spec?.nodeName) - Number(!b.spec?.nodeName) ||
      createdMs(a) - createdMs(b) ||
      (a.metadata.name < b.metadata.name ? -1 : 1),
  );

/** Required affinity for exactly one node, in place of what the template requires: that has been looked at. */
export const pinnedTo = (spec: PodSpec, node: string): PodSpec['affinity'] => ({
  ...spec.affinity,
  nodeAffinity: {
    ...spec.affinity?.nodeAffinity,
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [
        { matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] },
      ],
    },
  },
});
