import { Nodes, Pods } from '@coxswain/api';
import type { Node, Pod, Taint } from '@coxswain/api/types/core-v1';
import { keyOf } from '@coxswain/client';
import type { Controller, Observed, Plan } from '@coxswain/control';
import { same } from '../objects/same.ts';
import { disruptionStatus } from '../pods/disrupt.ts';
import { podsByNode } from '../pods/indexes.ts';
import { stayMs } from './tolerations.ts';

/** Evicts pods from nodes whose NoExecute taints they do not tolerate, or not any longer. */
export const taintEvictionController: Controller<Pod> = {
  name: 'taint-eviction-controller',
  account: 'node-controller',
  reconciles: Pods,
  // Nodes whose taints change wake all that they have.
  keys: (now, before, observed) =>
    !now || noExecute(nodeOf(now, observed)).length > 0 ? [keyOf((now ?? before)!)] : [],
  indexes: { node: podsByNode },
  watches: [
    {
      resource: Nodes,
      keys: (now, before, observed) =>
        same(noExecute(now), noExecute(before))
          ? []
          : observed.by(Pods, 'node', (now ?? before)!.metadata.name).map(keyOf),
    },
  ],
  writes: [
    { resource: Pods, verbs: ['delete'] },
    { resource: Pods, subresource: 'status', verbs: ['patch'] },
  ],
  workers: 8,
  plan: (pod, observed) =>
    pod && !pod.metadata.deletionTimestamp ? plan(pod, observed) : { actions: [] },
};

const noExecute = (node: Node | undefined): readonly Taint[] =>
  (node?.spec?.taints ?? []).filter(({ effect }) => effect === 'NoExecute');

const nodeOf = ({ spec }: Pod, observed: Pick<Observed, 'get'>): Node | undefined =>
  spec?.nodeName ? observed.get(Nodes, spec.nodeName) : undefined;

/** The time of tolerance runs from when the pod was first seen under taints, whatever taints come and go meanwhile. */
function plan(pod: Pod, observed: Observed): Plan {
  const taints = noExecute(nodeOf(pod, observed));
  if (taints.length === 0) return { actions: [] };
  const stay = stayMs(pod, taints);
  if (stay === Infinity) return { actions: [] };
  const leftMs = observed.since('under NoExecute taints') + stay - observed.nowMs;
  const facts = {
    node: pod.spec?.nodeName ?? '',
    taint: taints[0]!.key,
    leftMs: Math.max(0, leftMs),
  };
  if (leftMs > 0)
    return {
      actions: [],
      requeueAfterMs: leftMs,
      why: [{ verdict: 'tolerates for a time', facts }],
    };
  const { name, namespace } = pod.metadata;
  return {
    actions: [
      {
        do: 'event',
        about: pod,
        type: 'Normal',
        reason: 'TaintManagerEviction',
        message: `Marking for deletion Pod ${namespace}/${name}`,
      },
      ...disruptionStatus(
        pod,
        {
          reason: 'DeletionByTaintManager',
          message: 'Taint manager: deleting due to NoExecute taint',
          failed: false,
        },
        observed.nowMs,
      ),
      { do: 'remove', resource: Pods, object: pod },
    ],
    why: [{ verdict: 'evicted by a taint', facts }],
  };
}
