import { tolerates } from '@coxswain/api/nodes';
import type { Pod } from '@coxswain/api/types/core-v1';
import { fits, rejected, type SchedulerPlugin } from '../framework/plugin.ts';

const taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

const cordoned = rejected('node(s) were unschedulable', false);

/** Keeps pods off cordoned nodes, but for those that tolerate the taint which says so. */
export const nodeUnschedulable: SchedulerPlugin<boolean> = {
  name: 'NodeUnschedulable',
  wakeOn: [
    {
      event: 'node/add',
      cures: (_, event) => event.type === 'node/add' && !event.node.spec.unschedulable,
    },
    {
      event: 'node/taints',
      cures: (_, event) =>
        event.type === 'node/taints' &&
        event.before.spec.unschedulable === true &&
        !event.node.spec.unschedulable,
    },
    {
      event: 'pod/updated',
      cures: (pod, event) =>
        event.type === 'pod/updated' && !isTolerated(event.before) && isTolerated(pod),
    },
  ],
  likeness: (pod) => (isTolerated(pod) ? 'tolerated' : ''),
  prepare: (pod) => ({ is: 'ready', state: isTolerated(pod) }),
  filter: (tolerated, { node }) => (!node.spec.unschedulable || tolerated ? fits : cordoned),
};

const isTolerated = ({ spec }: Pod): boolean =>
  (spec.tolerations ?? []).some((toleration) => tolerates(toleration, taint));
