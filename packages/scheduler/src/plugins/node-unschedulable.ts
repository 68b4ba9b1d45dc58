import { fits, rejected, type SchedulerPlugin } from '../framework/plugin.ts';
import { tolerates } from './taints.ts';

const taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

/** Keeps pods off cordoned nodes, but for those that tolerate the taint which says so. */
export const nodeUnschedulable: SchedulerPlugin<boolean> = {
  name: 'NodeUnschedulable',
  wakeOn: [
    { event: 'node/add' },
    {
      event: 'node/taints',
      cures: (_, event) =>
        event.type === 'node/taints' &&
        event.before.spec.unschedulable === true &&
        !event.node.spec.unschedulable,
    },
    { event: 'pod/updated' },
  ],
  prepare: ({ spec }) => ({
    is: 'ready',
    state: (spec.tolerations ?? []).some((toleration) => tolerates(toleration, taint)),
  }),
  filter: (tolerated, { node }) =>
    !node.spec.unschedulable || tolerated ? fits : rejected('node(s) were unschedulable', false),
};
