import { tolerates } from '@coxswain/api/nodes';
import type { Taint, Toleration } from '@coxswain/api/types/core-v1';
import { fits, rejected, type SchedulerPlugin } from '../framework/plugin.ts';

type Tolerations = readonly Toleration[];

const isHard = ({ effect }: Taint): boolean => effect === 'NoSchedule' || effect === 'NoExecute';
const isTolerated = (taint: Taint, tolerations: Tolerations): boolean =>
  tolerations.some((toleration) => tolerates(toleration, taint));

const untolerated = rejected('node(s) had untolerated taint(s)', false);

/** Keeps pods off nodes whose taints they do not tolerate, and prefers nodes with fewer soft taints. */
export const taintToleration: SchedulerPlugin<Tolerations, Tolerations> = {
  name: 'TaintToleration',
  wakeOn: [
    {
      event: 'node/add',
      cures: (pod, event) =>
        event.type === 'node/add' && suits(pod.spec.tolerations, event.node.spec.taints),
    },
    {
      event: 'node/taints',
      cures: (pod, event) =>
        event.type === 'node/taints' &&
        !suits(pod.spec.tolerations, event.before.spec.taints) &&
        suits(pod.spec.tolerations, event.node.spec.taints),
    },
    {
      event: 'pod/updated',
      cures: (pod, event) =>
        event.type === 'pod/updated' &&
        (pod.spec.tolerations?.length ?? 0) !== (event.before.spec.tolerations?.length ?? 0),
    },
  ],
  likeness: ({ spec: { tolerations } }) => (tolerations ? JSON.stringify(tolerations) : ''),
  prepare: ({ spec }) => ({ is: 'ready', state: spec.tolerations ?? [] }),
  filter: (tolerations, { node }) => (suits(tolerations, node.spec.taints) ? fits : untolerated),
  scoring: {
    weight: 3,
    prepare: ({ spec }) =>
      (spec.tolerations ?? []).filter(({ effect }) => !effect || effect === 'PreferNoSchedule'),
    score: (tolerations, { node }) =>
      (node.spec.taints ?? []).filter(
        (taint) => taint.effect === 'PreferNoSchedule' && !isTolerated(taint, tolerations),
      ).length,
    normalize: 'lowerIsBetter',
  },
};

const suits = (
  tolerations: Tolerations | undefined,
  taints: readonly Taint[] | undefined,
): boolean =>
  !taints || taints.every((taint) => !isHard(taint) || isTolerated(taint, tolerations ?? []));
