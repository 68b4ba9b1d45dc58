import { Nodes } from '@coxswain/api';
import type { Node, Taint } from '@coxswain/api/types/core-v1';
import type { AdmissionPlugin } from './plugin.ts';
import { isWrite } from './refuse.ts';

const notReady: Taint = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };

/** A new node takes no pods until its lifecycle controller has seen that it is ready. */
export const taintNodesByCondition: AdmissionPlugin = {
  name: 'TaintNodesByCondition',
  handles: (admission) => isWrite(admission, Nodes, ['CREATE']),
  mutate({ object }) {
    const node = object as Node;
    const taints = node.spec?.taints ?? [];
    if (taints.some(({ key, effect }) => key === notReady.key && effect === notReady.effect))
      return node;
    return { ...node, spec: { ...node.spec, taints: [...taints, notReady] } };
  },
};
