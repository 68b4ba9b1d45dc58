import {
  ControllerRevisions,
  PersistentVolumeClaims,
  Pods,
  selectorOf,
  StatefulSets,
} from '@coxswain/api';
import type { ControllerRevision, StatefulSet } from '@coxswain/api/types/apps-v1';
import type { Pod } from '@coxswain/api/types/core-v1';
import type { Controller, Observed, Plan } from '@coxswain/control';
import { claim } from '../objects/claim.ts';
import { claimable, controllerKeys, orphans } from '../objects/owner.ts';
import { soonest } from '../objects/time.ts';
import { availableAtMs } from '../pods/state.ts';
import { podsWake } from '../replicaset/replicaset.ts';
import {
  type History,
  historyHashKey,
  historyOf,
  newest,
  surplus,
  templateOf,
} from '../revisions/revisions.ts';
import { ordinalOf, replicasOf, revisionOf, startOf } from './pods.ts';
import { statusOf, writeStatus } from './status.ts';
import { steps, type View } from './steps.ts';
import { whyOf } from './why.ts';

/** Keeps the pods of each StatefulSet, each with its own name, place and claims. */
export const statefulSetController: Controller<StatefulSet> = {
  name: 'statefulset-controller',
  reconciles: StatefulSets,
  watches: [
    podsWake(StatefulSets, (set) => selectorOf(set.spec?.selector)),
    {
      resource: ControllerRevisions,
      indexes: { orphans },
      keys: (now, before) => controllerKeys(StatefulSets, now, before),
    },
    // A claim that is gone may be one that the next pod of its name waits for.
    {
      resource: PersistentVolumeClaims,
      keys: (now, before, observed) => (now || !before ? [] : setsOf(before.metadata, observed)),
    },
  ],
  writes: [
    { resource: Pods, verbs: ['create', 'update', 'patch', 'delete'] },
    { resource: PersistentVolumeClaims, verbs: ['create', 'update'] },
    { resource: ControllerRevisions, verbs: ['create', 'update', 'patch', 'delete'] },
    { resource: StatefulSets, subresource: 'status', verbs: ['update'] },
  ],
  plan: (set, observed) => (set ? plan(set, observed) : { actions: [] }),
};

const setsOf = (
  { name, namespace }: { readonly name: string; readonly namespace?: string | undefined },
  observed: Pick<Observed, 'all'>,
): readonly string[] =>
  observed
    .all(StatefulSets, namespace)
    .filter(({ metadata }) => name.includes(`-${metadata.name}-`))
    .map(({ metadata }) => `${namespace}/${metadata.name}`);

function plan(set: StatefulSet, observed: Observed): Plan {
  const selector = selectorOf(set.spec?.selector);
  const claimer = { owner: set, ownerResource: StatefulSets, selector };
  const members = claimable(observed, Pods, set).filter((pod) => ordinalOf(set, pod) !== undefined);
  const pods = claim({ ...claimer, resource: Pods }, members);
  const history = claim(
    { ...claimer, resource: ControllerRevisions },
    claimable(observed, ControllerRevisions, set),
  );
  const claims = [...pods.actions, ...history.actions];
  if (claims.length > 0) return { actions: claims };
  const { template } = set.spec!;
  const revisions = historyOf(template, history.claimed);
  const { collisionCount } = set.status ?? {};
  const snapshot = newest(revisions, set, StatefulSets, template, collisionCount, historyHashKey);
  if (snapshot.length > 0) return { actions: snapshot };
  const view = viewOf(set, pods.claimed, revisions);
  const { nowMs } = observed;
  const moves = set.metadata.deletionTimestamp ? [] : steps(view, observed);
  const status = statusOf(set, pods.claimed, view.revisions, nowMs);
  return {
    actions: [...moves, ...writeStatus(set, status), ...unused(view, pods.claimed, revisions)],
    requeueAfterMs: nextAvailable(set, pods.claimed, nowMs),
    why: whyOf(view, nowMs),
  };
}

function viewOf(set: StatefulSet, pods: readonly Pod[], history: History): View {
  const updated = history.current!;
  const before = [...history.old, updated].find(
    ({ metadata }) => metadata.name === set.status?.currentRevision,
  );
  const current: ControllerRevision = before ?? updated;
  const first = startOf(set);
  const end = first + replicasOf(set);
  const byOrdinal = new Map(pods.map((pod) => [ordinalOf(set, pod)!, pod]));
  return {
    set,
    places: Array.from({ length: replicasOf(set) }, (_, at) => {
      const ordinal = first + at;
      return { ordinal, pod: byOrdinal.get(ordinal) };
    }),
    condemned: [...byOrdinal]
      .filter(([ordinal]) => ordinal < first || ordinal >= end)
      .map(([ordinal, pod]) => ({ ordinal, pod }))
      .toSorted((a, b) => b.ordinal - a.ordinal),
    revisions: { current: current.metadata.name, update: updated.metadata.name },
    currentTemplate: templateOf(current),
  };
}

/** Snapshots above the limit that neither the set nor any pod is of. */
function unused({ set, revisions }: View, pods: readonly Pod[], { old }: History): Plan['actions'] {
  const live = new Set([revisions.current, revisions.update, ...pods.map(revisionOf)]);
  const inUse = ({ metadata }: ControllerRevision): boolean => live.has(metadata.name);
  const idle = old.filter((revision) => !inUse(revision)).length;
  return surplus(old, idle - (set.spec?.revisionHistoryLimit ?? 10), inUse);
}

function nextAvailable(set: StatefulSet, pods: readonly Pod[], nowMs: number): number | undefined {
  const seconds = set.spec?.minReadySeconds ?? 0;
  if (seconds === 0) return undefined;
  const waits = pods.map((pod) => (availableAtMs(pod, seconds) ?? Infinity) - nowMs);
  return soonest(...waits.filter((wait) => wait > 0));
}
