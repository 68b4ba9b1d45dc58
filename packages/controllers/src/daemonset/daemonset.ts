import { ControllerRevisions, DaemonSets, Nodes, Pods, selectorOf } from '@coxswain/api';
import type { DaemonSet } from '@coxswain/api/types/apps-v1';
import type { Node, Pod, PodSpec } from '@coxswain/api/types/core-v1';
import { keyOf } from '@coxswain/client';
import type { BackoffRule } from '@coxswain/base';
import type { Action, Controller, Observed, Plan } from '@coxswain/control';
import { claim } from '../objects/claim.ts';
import { claimable, controllerKeys, orphans } from '../objects/owner.ts';
import { same } from '../objects/same.ts';
import { soonest } from '../objects/time.ts';
import { availableAtMs, isAvailable, isReady, isTerminated, isTerminating } from '../pods/state.ts';
import { podFromTemplate } from '../pods/template.ts';
import { createPod, deletePod } from '../pods/write.ts';
import { podsWake } from '../replicaset/replicaset.ts';
import { historyOf, newest, revisionHashKey, surplus } from '../revisions/revisions.ts';
import {
  daemonTolerations,
  leftOut,
  nodeOf,
  oldestFirst,
  pinnedTo,
  placementOn,
} from './placement.ts';
import { isCurrent, limitsOf, roll } from './roll.ts';
import { statusOf, writeStatus } from './status.ts';

/** Pods that one plan creates or deletes at most. */
const burstMax = 250;
/** How long a pod that failed stays, so that a node which refuses each pod is not asked without end. */
const failedPods: BackoffRule = { firstMs: 1000, maxMs: 900_000 };

const deciding = (node: Node | undefined): unknown => [
  node?.metadata.labels,
  node?.spec?.taints,
  node?.spec?.unschedulable,
];

/** Keeps one pod of each DaemonSet on every node that it fits. */
export const daemonSetController: Controller<DaemonSet> = {
  name: 'daemonset-controller',
  account: 'daemon-set-controller',
  reconciles: DaemonSets,
  watches: [
    podsWake(DaemonSets, (ds) => selectorOf(ds.spec?.selector)),
    {
      resource: ControllerRevisions,
      indexes: { orphans },
      keys: (now, before) => controllerKeys(DaemonSets, now, before),
    },
    {
      resource: Nodes,
      keys: (now, before, observed) =>
        now && before && same(deciding(now), deciding(before))
          ? []
          : observed.all(DaemonSets).map(keyOf),
    },
  ],
  writes: [
    { resource: Pods, verbs: ['create', 'delete', 'patch'] },
    { resource: ControllerRevisions, verbs: ['create', 'update', 'patch', 'delete'] },
    { resource: DaemonSets, subresource: 'status', verbs: ['update'] },
  ],
  plan(ds, observed) {
    if (!ds) return { actions: [] };
    if (same(ds.spec?.selector, {})) return selectsAll(ds);
    return plan(ds, observed);
  },
};

function plan(ds: DaemonSet, observed: Observed): Plan {
  const selector = selectorOf(ds.spec?.selector);
  const claimer = { owner: ds, ownerResource: DaemonSets, selector };
  const pods = claim({ ...claimer, resource: Pods }, claimable(observed, Pods, ds));
  const revisions = claim(
    { ...claimer, resource: ControllerRevisions },
    claimable(observed, ControllerRevisions, ds),
  );
  if (ds.metadata.deletionTimestamp) return { actions: [] };
  const claims = [...pods.actions, ...revisions.actions];
  if (claims.length > 0) return { actions: claims };
  const history = historyOf(ds.spec?.template, revisions.claimed);
  const snapshot = newest(history, ds, DaemonSets, ds.spec?.template, ds.status?.collisionCount);
  if (snapshot.length > 0) return { actions: snapshot };
  const hash = history.current?.metadata.labels?.[revisionHashKey] ?? '';
  const nodes = observed.all(Nodes);
  const byNode = groupByNode(pods.claimed);
  const { actions: managed, requeueAfterMs } = manage(ds, nodes, byNode, hash, observed);
  const rolled = managed.length > 0 ? [] : update(ds, nodes, byNode, hash, observed.nowMs);
  const inUse = new Set(
    pods.claimed.map(({ metadata }) => metadata.labels?.[revisionHashKey] ?? ''),
  );
  const status = statusOf(ds, nodes, byNode, hash, observed.nowMs);
  return {
    actions: [
      ...writeStatus(ds, status),
      // Snapshots in use count against the limit, as upstream counts for DaemonSets.
      ...surplus(
        history.old,
        history.old.length - (ds.spec?.revisionHistoryLimit ?? 10),
        ({ metadata }) => inUse.has(metadata.labels?.[revisionHashKey] ?? ''),
      ),
      ...[...managed, ...rolled],
    ],
    requeueAfterMs: soonest(requeueAfterMs, nextAvailable(ds, pods.claimed, observed.nowMs)),
    why: status.desiredNumberScheduled === nodes.length ? [] : leftOut(ds, nodes),
  };
}

function groupByNode(pods: readonly Pod[]): ReadonlyMap<string, readonly Pod[]> {
  const byNode = new Map<string, Pod[]>();
  for (const pod of pods) {
    const some = byNode.get(nodeOf(pod));
    if (some) some.push(pod);
    else byNode.set(nodeOf(pod), [pod]);
  }
  return byNode;
}

/** One pod where one should run, none where none may stay, none for nodes that are gone. */
function manage(
  ds: DaemonSet,
  nodes: readonly Node[],
  byNode: ReadonlyMap<string, readonly Pod[]>,
  hash: string,
  observed: Observed,
): Plan {
  const told: Action[] = [];
  const remove: Pod[] = [];
  const startOn: string[] = [];
  const waitsMs: number[] = [];
  const isDue = (pod: Pod, node: string): boolean => {
    if (pod.status?.phase !== 'Failed') return true;
    const waitMs = observed.holdBackMs(`${ds.status?.observedGeneration} ${node}`, failedPods);
    if (waitMs > 0) waitsMs.push(waitMs);
    return waitMs === 0;
  };
  for (const node of nodes) {
    const { name } = node.metadata;
    const pods = byNode.get(name) ?? [];
    const staying = pods.filter((pod) => !isTerminating(pod));
    const running = staying.filter((pod) => !isTerminated(pod));
    const { run, stay } = placementOn(node, ds);
    if (run && (pods.length === 0 || (running.length === 0 && surges(ds)))) startOn.push(name);
    if (!stay) remove.push(...staying);
    else {
      const ended = staying.filter((pod) => isTerminated(pod) && isDue(pod, name));
      told.push(...ended.map((pod) => endedEvent(ds, pod, name)));
      remove.push(...ended, ...extras(ds, running, hash, observed.nowMs));
    }
  }
  // Never bound, and meant for a node that is not there.
  for (const [name, pods] of byNode)
    if (!observed.get(Nodes, name))
      remove.push(
        ...pods.filter(({ spec, metadata }) => !spec?.nodeName && !metadata.deletionTimestamp),
      );
  return {
    actions: [...told, ...write(ds, remove, startOn, hash)],
    requeueAfterMs: soonest(...waitsMs),
  };
}

const surges = (ds: DaemonSet): boolean => limitsOf(ds, 1).surge > 0;

/** A node keeps one pod; during a surge one of the present template beside a ready older one, until it is available. */
function extras(ds: DaemonSet, pods: readonly Pod[], hash: string, nowMs: number): readonly Pod[] {
  const sorted = oldestFirst(pods);
  if (!surges(ds)) return sorted.slice(1);
  const fresh = sorted.filter((pod) => isCurrent(pod, ds, hash));
  const old = sorted.filter((pod) => !isCurrent(pod, ds, hash));
  const isReplaced =
    fresh[0] &&
    old[0] &&
    (!isReady(old[0]) || isAvailable(fresh[0], ds.spec?.minReadySeconds, nowMs));
  return [...fresh.slice(1), ...old.slice(isReplaced ? 0 : 1)];
}

function endedEvent(ds: DaemonSet, pod: Pod, node: string): Action {
  const { name, namespace } = pod.metadata;
  const failed = pod.status?.phase === 'Failed';
  return {
    do: 'event',
    about: ds,
    type: failed ? 'Warning' : 'Normal',
    reason: failed ? 'FailedDaemonPod' : 'SucceededDaemonPod',
    message: failed
      ? `Found failed daemon pod ${namespace}/${name} on node ${node}, will try to kill it`
      : `Found succeeded daemon pod ${namespace}/${name} on node ${node}, will try to delete it`,
  };
}

function update(
  ds: DaemonSet,
  nodes: readonly Node[],
  byNode: ReadonlyMap<string, readonly Pod[]>,
  hash: string,
  nowMs: number,
): readonly Action[] {
  if (ds.spec?.updateStrategy?.type === 'OnDelete') return [];
  const wanted = nodes.filter((node) => placementOn(node, ds).run);
  const here = new Map(wanted.map(({ metadata: { name } }) => [name, byNode.get(name) ?? []]));
  const { remove, startOn } = roll(ds, here, hash, limitsOf(ds, wanted.length), nowMs);
  return write(ds, remove, startOn, hash);
}

const write = (
  ds: DaemonSet,
  remove: readonly Pod[],
  startOn: readonly string[],
  hash: string,
): readonly Action[] => [
  ...remove.slice(0, burstMax).map((pod) => deletePod(pod, ds)),
  ...startOn.slice(0, burstMax).map((node) => createPod(podOn(ds, node, hash), ds)),
];

function podOn(ds: DaemonSet, node: string, hash: string): Pod {
  const pod = podFromTemplate(ds.spec?.template, ds, DaemonSets);
  const generation = ds.metadata.annotations?.['deprecated.daemonset.template.generation'];
  const labels = {
    ...pod.metadata.labels,
    ...(generation && { 'pod-template-generation': generation }),
    [revisionHashKey]: hash,
  };
  const spec: PodSpec = {
    ...pod.spec!,
    tolerations: daemonTolerations(pod.spec),
    affinity: pinnedTo(pod.spec!, node),
  };
  return { ...pod, metadata: { ...pod.metadata, labels }, spec };
}

function nextAvailable(ds: DaemonSet, pods: readonly Pod[], nowMs: number): number | undefined {
  const seconds = ds.spec?.minReadySeconds ?? 0;
  if (seconds === 0) return undefined;
  const waits = pods.map((pod) => (availableAtMs(pod, seconds) ?? Infinity) - nowMs);
  return soonest(...waits.filter((wait) => wait > 0));
}

function selectsAll(ds: DaemonSet): Plan {
  const message = 'This daemon set is selecting all pods. A non-empty selector is required.';
  return {
    actions: [{ do: 'event', about: ds, type: 'Warning', reason: 'SelectingAll', message }],
  };
}
