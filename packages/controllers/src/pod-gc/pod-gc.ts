import { Nodes, Pods } from '@coxswain/api';
import type { Pod } from '@coxswain/api/types/core-v1';
import { keyOf } from '@coxswain/client';
import type { Action, Controller, Observed, Plan } from '@coxswain/control';
import { createdMs } from '../objects/time.ts';
import { disruptionStatus } from '../pods/disrupt.ts';
import { podsByNode } from '../pods/indexes.ts';
import { isTerminated, isTerminating } from '../pods/state.ts';

/** How long a node must be gone before its pods are taken for lost. */
const quarantineMs = 40_000;
const terminatedMaxDefault = 12_500;

const terminated = (pod: Pod): readonly string[] => (isTerminated(pod) ? ['true'] : []);

/** Removes pods that nothing else will: of lost nodes, never scheduled ones on their way out, the oldest ended ones above `terminatedMax`. */
export const podGarbageCollector = (
  terminatedMax: number = terminatedMaxDefault,
): Controller<Pod> => ({
  name: 'pod-garbage-collector-controller',
  account: 'pod-garbage-collector',
  reconciles: Pods,
  keys: (now, before, observed) => (!now || mayGo(now, observed) ? [keyOf((now ?? before)!)] : []),
  indexes: { node: podsByNode, terminated },
  watches: [
    {
      resource: Nodes,
      keys: (now, before, observed) =>
        now && before && !outOfService(now)
          ? []
          : observed.by(Pods, 'node', (now ?? before)!.metadata.name).map(keyOf),
    },
  ],
  writes: [
    { resource: Pods, verbs: ['delete'] },
    { resource: Pods, subresource: 'status', verbs: ['patch'] },
  ],
  plan: (pod, observed) => (pod ? plan(pod, observed, terminatedMax) : { actions: [] }),
});

/** Nearly no news of a pod say that it has to go. */
const mayGo = (pod: Pod, observed: Pick<Observed, 'get'>): boolean =>
  isTerminating(pod) ||
  isTerminated(pod) ||
  (pod.spec?.nodeName !== undefined && !observed.get(Nodes, pod.spec.nodeName));

function plan(pod: Pod, observed: Observed, terminatedMax: number): Plan {
  const nodeName = pod.spec?.nodeName ?? '';
  const node = nodeName ? observed.get(Nodes, nodeName) : undefined;
  if (isTerminating(pod) && !nodeName)
    return taken('it was never scheduled', [...fail(pod), remove(pod)]);
  if (node && isTerminating(pod) && outOfService(node) && !isReadyNode(node))
    return lost(
      pod,
      'its node is out of service',
      observed.nowMs,
      'DeletionByPodGC',
      'PodGC: node is out of service',
    );
  if (nodeName && !node) {
    const waitMs = observed.since(`node ${nodeName} is gone`) + quarantineMs - observed.nowMs;
    if (waitMs > 0) return { actions: [], requeueAfterMs: waitMs };
    return lost(
      pod,
      'its node is gone',
      observed.nowMs,
      'DeletionByPodGC',
      'PodGC: node no longer exists',
    );
  }
  if (terminatedMax > 0 && isTerminated(pod) && isSurplus(pod, observed, terminatedMax))
    return taken('too many pods have ended', [remove(pod)]);
  return { actions: [] };
}

/** Evicted pods go first, then the oldest. */
function isSurplus(pod: Pod, observed: Observed, terminatedMax: number): boolean {
  const all = observed.by(Pods, 'terminated', 'true');
  if (all.length <= terminatedMax) return false;
  const ended = all.filter((each) => !isTerminating(each));
  const surplus = ended.length - terminatedMax;
  if (surplus <= 0) return false;
  const order = ended.toSorted(
    (a, b) =>
      Number(isEvicted(b)) - Number(isEvicted(a)) ||
      createdMs(a) - createdMs(b) ||
      (a.metadata.name < b.metadata.name ? -1 : 1),
  );
  return order.slice(0, surplus).includes(pod);
}

const isEvicted = ({ status }: Pod): boolean =>
  status?.phase === 'Failed' && status.reason === 'Evicted';

type NodeLike = {
  readonly spec?: { readonly taints?: readonly { readonly key: string }[] | undefined } | undefined;
};
const outOfService = ({ spec }: NodeLike): boolean =>
  spec?.taints?.some(({ key }) => key === 'node.kubernetes.io/out-of-service') ?? false;
const isReadyNode = (node: {
  readonly status?:
    | {
        readonly conditions?:
          | readonly { readonly type: string; readonly status: string }[]
          | undefined;
      }
    | undefined;
}): boolean =>
  node.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ??
  false;

/** No kubelet will ever say that it has ended; whoever counts it waits for that. */
const fail = (pod: Pod): readonly Action[] => {
  const patch = { metadata: { uid: pod.metadata.uid }, status: { phase: 'Failed' } };
  const at = { resource: Pods, object: pod, type: 'strategic', subresource: 'status' } as const;
  return isTerminated(pod) ? [] : [{ do: 'patch', ...at, patch }];
};

const remove = (pod: Pod): Action => ({
  do: 'remove',
  resource: Pods,
  object: pod,
  graceSeconds: 0,
});

const taken = (verdict: string, actions: readonly Action[]): Plan => ({
  actions,
  why: [{ verdict, facts: {} }],
});

const lost = (pod: Pod, verdict: string, nowMs: number, reason: string, message: string): Plan =>
  taken(verdict, [...disruptionStatus(pod, { reason, message, failed: true }, nowMs), remove(pod)]);
