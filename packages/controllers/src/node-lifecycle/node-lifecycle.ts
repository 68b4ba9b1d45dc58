import { formatTime, type KubeObject, Leases, Nodes, Pods } from '@coxswain/api';
import type { Node, Pod } from '@coxswain/api/types/core-v1';
import type { Action, Controller, Observed, Plan } from '@coxswain/control';
import { createdMs } from '../objects/time.ts';
import { podsByNode } from '../pods/indexes.ts';
import { conditionOf } from '../pods/state.ts';
import { readiness, readyOf, silentConditions } from './conditions.ts';
import { schedulingTaints } from './taints.ts';

/** How long a node may be silent: --node-monitor-grace-period. */
const graceMs = 50_000;
/** And how long one that has never posted: --node-startup-grace-period. */
const startupGraceMs = 60_000;
const leaseNamespace = 'kube-node-lease';

/** Nodes that are ready and need nothing but to be heard of in time. */
const isWell = new WeakSet<Node>();

/** Marks nodes whose kubelet has fallen silent, keeps new pods off nodes in trouble, and says so on their pods. */
export const nodeLifecycleController: Controller<Node> = {
  name: 'node-lifecycle-controller',
  account: 'node-controller',
  eventSource: 'node-controller',
  reconciles: Nodes,
  watches: [
    {
      resource: Leases,
      timed: true,
      keys: (now, before, { get }) => {
        const { name, namespace } = (now ?? before)!.metadata;
        if (namespace !== leaseNamespace) return [];
        // A node that is well is looked at when it would have been silent for too long.
        const node = now && before && get(Nodes, name);
        return node && isWell.has(node) ? [] : [name];
      },
    },
    { resource: Pods, indexes: { node: podsByNode } },
  ],
  writes: [
    { resource: Nodes, verbs: ['patch'] },
    { resource: Nodes, subresource: 'status', verbs: ['update'] },
    { resource: Pods, subresource: 'status', verbs: ['update'] },
  ],
  workers: 8,
  plan: (node, observed) => (node ? plan(node, observed) : { actions: [] }),
};

function plan(node: Node, observed: Observed): Plan {
  const { nowMs } = observed;
  const { name } = node.metadata;
  const registered: readonly Action[] =
    observed.since('known') === nowMs
      ? [event(node, 'RegisteredNode', `Node ${name} event: Registered Node ${name} in Controller`)]
      : [];
  const leftMs = silentInMs(node, observed);
  if (leftMs <= 0 && readiness(node) !== 'Unknown') return silent(node, observed, registered);
  if (leftMs <= 0 && !readyOf(node)) return silent(node, observed, registered);
  const mended = isWell.has(node) ? [] : mending(node, observed);
  if (mended.length === 0 && readiness(node) === 'True') isWell.add(node);
  return {
    actions: [...registered, ...mended],
    requeueAfterMs: leftMs > 0 ? leftMs : undefined,
    why: leftMs > 0 ? [] : [{ verdict: 'silent', facts: { graceMs } }],
  };
}

/** Heartbeats count from when they were seen, for a node's clock is not ours. */
function silentInMs(node: Node, observed: Observed): number {
  const renewedMs = observed.seenMs(Leases, node.metadata.name, leaseNamespace);
  const ready = readyOf(node);
  if (!ready && renewedMs === undefined) return createdMs(node) + startupGraceMs - observed.nowMs;
  const posted = ready?.reason?.startsWith('NodeStatus') ? '' : (ready?.lastHeartbeatTime ?? '');
  const postedMs = observed.since(`posted ${posted}`);
  return Math.max(renewedMs ?? 0, postedMs) + graceMs - observed.nowMs;
}

function silent(node: Node, observed: Observed, before: readonly Action[]): Plan {
  const conditions = silentConditions(node, observed.nowMs);
  const object = { ...node, status: { ...node.status, conditions } } as KubeObject;
  const was = readyOf(node)?.status === 'True';
  return {
    actions: [
      ...before,
      { do: 'update', resource: Nodes, object, subresource: 'status' },
      ...(was ? [...notReadyEvent(node), ...podsNotReady(node, observed)] : []),
    ],
    why: [{ verdict: 'silent', facts: { graceMs } }],
  };
}

/** A kubelet that says its node is not ready: its pods are told once. */
function troubled(node: Node, observed: Observed): readonly Action[] {
  if (readiness(node) !== 'False' || observed.since('not ready') !== observed.nowMs) return [];
  return [...notReadyEvent(node), ...podsNotReady(node, observed)];
}

const event = (about: KubeObject, reason: string, message: string): Action => ({
  do: 'event',
  about,
  type: 'Normal',
  reason,
  message,
});

const notReadyEvent = (node: Node): readonly Action[] => [
  event(node, 'NodeNotReady', `Node ${node.metadata.name} status is now: NodeNotReady`),
];

/** Pods of a node that is not ready are not ready, so that Services stop sending to them. */
function podsNotReady(node: Node, observed: Observed): readonly Action[] {
  return observed.by(Pods, 'node', node.metadata.name).flatMap((pod: Pod): readonly Action[] => {
    if (conditionOf(pod, 'Ready')?.status !== 'True') return [];
    const conditions = pod.status?.conditions?.map((each) =>
      each.type === 'Ready'
        ? { ...each, status: 'False', lastTransitionTime: formatTime(observed.nowMs) }
        : each,
    );
    const object = { ...pod, status: { ...pod.status, conditions } } as KubeObject;
    return [
      {
        do: 'event',
        about: pod,
        type: 'Warning',
        reason: 'NodeNotReady',
        message: 'Node is not ready',
      },
      { do: 'update', resource: Pods, object, subresource: 'status' },
    ];
  });
}

/** What brings labels, pods and taints in line with the node's state. */
function mending(node: Node, observed: Observed): readonly Action[] {
  const taints = schedulingTaints(node, observed.nowMs);
  const actions = [...labelActions(node), ...troubled(node, observed)];
  const patch = { spec: { taints } };
  return taints
    ? [...actions, { do: 'patch', resource: Nodes, object: node, type: 'merge', patch }]
    : actions;
}

/** The beta labels of system and machine follow the stable ones. */
function labelActions(node: Node): readonly Action[] {
  const labels = node.metadata.labels ?? {};
  const missing: Record<string, string> = {};
  for (const name of ['os', 'arch']) {
    const value = labels[`kubernetes.io/${name}`];
    if (value && labels[`beta.kubernetes.io/${name}`] !== value)
      missing[`beta.kubernetes.io/${name}`] = value;
  }
  if (Object.keys(missing).length === 0) return [];
  const patch = { metadata: { labels: missing } };
  return [{ do: 'patch', resource: Nodes, object: node, type: 'strategic', patch }];
}
