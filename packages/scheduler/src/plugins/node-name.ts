import { fits, rejected, type SchedulerPlugin } from '../framework/plugin.ts';

const otherNode = rejected("node(s) didn't match the requested node name", false);

/** Keeps a pod that names its node to that node. */
export const nodeName: SchedulerPlugin<string> = {
  name: 'NodeName',
  wakeOn: [{ event: 'node/add' }],
  likeness: ({ spec }) => spec.nodeName ?? '',
  prepare: ({ spec }) => (spec.nodeName ? { is: 'ready', state: spec.nodeName } : { is: 'skip' }),
  filter: (wanted, node) => (node.name === wanted ? fits : otherNode),
};
