import { Pods } from '@coxswain/api';
import type { StatefulSet } from '@coxswain/api/types/apps-v1';
import type { Pod, PodTemplateSpec } from '@coxswain/api/types/core-v1';
import type { Action, Announce, Observed } from '@coxswain/control';
import { shareOf } from '../objects/share.ts';
import { isTerminated, isTerminating } from '../pods/state.ts';
import { claimOwners, hasStaleClaim, missingClaims } from './claims.ts';
import {
  identityOf,
  isHealthy,
  isRunningAndReady,
  isServing,
  memberOf,
  podNameOf,
  replicasOf,
  revisionOf,
  startOf,
} from './pods.ts';
import type { Revisions } from './status.ts';

/** A place in the set and the pod that holds it. */
interface Place {
  readonly ordinal: number;
  readonly pod: Pod | undefined;
}

/** A set with its places, those to be given up apart, and what fills them. */
export interface View {
  readonly set: StatefulSet;
  readonly places: readonly Place[]; // lowest first
  readonly condemned: readonly { readonly ordinal: number; readonly pod: Pod }[]; // highest first
  readonly revisions: Revisions;
  readonly currentTemplate: PodTemplateSpec;
}

/** What one place asks for; `exit` ends the plan after it. */
interface Step {
  readonly actions: readonly Action[];
  readonly exit: boolean;
}

/** Fills the places in order, gives the surplus up in reverse order, then replaces pods of other revisions. */
export function steps(view: View, observed: Observed): readonly Action[] {
  const { set, places, condemned } = view;
  const monotonic = set.spec?.podManagementPolicy !== 'Parallel';
  const actions: Action[] = [];
  let exit = false;
  const all = [
    ...places.map((place) => () => fill(view, place, monotonic, observed)),
    ...condemned.map((place) => () => giveUp(view, place, monotonic, observed)),
  ];
  for (const [at, step] of all.entries()) {
    // Nothing is given up before every place is filled.
    if (exit && (monotonic || at >= places.length)) break;
    const next = step();
    actions.push(...next.actions);
    exit ||= next.exit;
  }
  return exit || actions.length > 0 ? actions : update(view, observed.nowMs);
}

function fill(view: View, { ordinal, pod }: Place, monotonic: boolean, observed: Observed): Step {
  const { set } = view;
  if (!pod) {
    if (hasStaleClaim(set, ordinal, observed)) return { actions: [], exit: true };
    const claims = missingClaims(set, ordinal, podNameOf(set, ordinal), observed);
    return { actions: [...claims, create(view, ordinal)], exit: monotonic };
  }
  if (isTerminated(pod))
    return { actions: isTerminating(pod) ? [] : [remove(set, pod)], exit: true };
  const claims =
    pod.status?.phase === 'Pending' ? missingClaims(set, ordinal, pod.metadata.name, observed) : [];
  const waits = isTerminating(pod) || !isServing(pod, set, observed.nowMs);
  if (monotonic && waits) return { actions: claims, exit: true };
  const owners = claimOwners(set, ordinal, pod, false, observed);
  return { actions: [...claims, ...identify(set, ordinal, pod), ...owners], exit: false };
}

function giveUp(
  { set, places, condemned }: View,
  { ordinal, pod }: { readonly ordinal: number; readonly pod: Pod },
  monotonic: boolean,
  observed: Observed,
): Step {
  const owners = claimOwners(set, ordinal, pod, true, observed);
  if (isTerminating(pod)) return { actions: owners, exit: monotonic };
  const firstUnhealthy =
    places.find((place) => !isHealthy(place.pod))?.pod ??
    condemned.findLast((place) => !isHealthy(place.pod))?.pod;
  const waits = !isRunningAndReady(pod) || !isServing(pod, set, observed.nowMs);
  if (monotonic && waits && pod !== firstUnhealthy) return { actions: owners, exit: true };
  return { actions: [...owners, remove(set, pod)], exit: monotonic };
}

/** From the highest ordinal down to the partition, as many pods at once as may be unavailable. */
function update({ set, places, revisions }: View, nowMs: number): readonly Action[] {
  const { type, rollingUpdate } = set.spec?.updateStrategy ?? {};
  if (type === 'OnDelete') return [];
  const lowest = startOf(set) + (rollingUpdate?.partition ?? 0);
  let room = Math.max(1, shareOf(rollingUpdate?.maxUnavailable ?? 1, replicasOf(set), 'down'));
  const actions: Action[] = [];
  for (const { ordinal, pod } of places.toReversed()) {
    if (room === 0 || ordinal < lowest || !pod) break;
    if (revisionOf(pod) !== revisions.update && !isTerminating(pod)) {
      actions.push(remove(set, pod));
      room--;
    } else if (isTerminating(pod) || !isServing(pod, set, nowMs)) room--;
  }
  return actions;
}

/** Below the partition, a pod that was lost comes back as it was. */
function create({ set, revisions, currentTemplate }: View, ordinal: number): Action {
  const { type, rollingUpdate } = set.spec?.updateStrategy ?? {};
  const kept = rollingUpdate ? (rollingUpdate.partition ?? 0) : (set.status?.currentReplicas ?? 0);
  const asBefore = type !== 'OnDelete' && ordinal < startOf(set) + kept;
  const [template, revision] = asBefore
    ? [currentTemplate, revisions.current]
    : [set.spec!.template, revisions.update];
  const object = memberOf(set, ordinal, template, revision);
  const announce = told(set, object.metadata.name, 'create', 'Create');
  return { do: 'create', resource: Pods, object, announce };
}

const remove = (set: StatefulSet, pod: Pod): Action => ({
  do: 'remove',
  resource: Pods,
  object: pod,
  announce: told(set, pod.metadata.name, 'delete', 'Delete'),
});

/** An adopted pod gets the labels of its place. */
function identify(set: StatefulSet, ordinal: number, pod: Pod): readonly Action[] {
  const identity = identityOf(set, ordinal);
  const labels = pod.metadata.labels ?? {};
  if (Object.entries(identity).every(([key, value]) => labels[key] === value)) return [];
  const object = { ...pod, metadata: { ...pod.metadata, labels: { ...labels, ...identity } } };
  const announce = told(set, pod.metadata.name, 'update', 'Update');
  return [{ do: 'update', resource: Pods, object, announce }];
}

const told = (set: StatefulSet, pod: string, verb: string, reason: string): Announce => ({
  about: set,
  done: () => ({
    type: 'Normal',
    reason: `Successful${reason}`,
    message: `${verb} Pod ${pod} in StatefulSet ${set.metadata.name} successful`,
  }),
  failed: (error) => ({
    type: 'Warning',
    reason: `Failed${reason}`,
    message: `${verb} Pod ${pod} in StatefulSet ${set.metadata.name} failed error: ${error.message}`,
  }),
});
