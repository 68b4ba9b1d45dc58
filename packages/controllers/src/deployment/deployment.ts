import { Deployments, Pods, ReplicaSets, selectorOf } from '@coxswain/api';
import type { Deployment } from '@coxswain/api/types/apps-v1';
import { keyOf } from '@coxswain/client';
import type { Action, Controller, Observed, Plan } from '@coxswain/control';
import { claim } from '../objects/claim.ts';
import { claimable, controllerKeys, controllerOf, orphans } from '../objects/owner.ts';
import { same } from '../objects/same.ts';
import { isTerminated } from '../pods/state.ts';
import { condition, progressing, withCondition } from './conditions.ts';
import { hasDeadline, rolloutStatus } from './progress.ts';
import { newSetAnnotations, revisionKey } from './revision.ts';
import { rollback, rollbackTarget } from './rollback.ts';
import { cleanUp, isScaling, roll, scale } from './scale.ts';
import { isRunning, newSet, resize, sameTemplate, type View, viewOf } from './sets.ts';
import { isRolling, replicasOf } from './size.ts';
import { isComplete, statusOf, writeStatus } from './status.ts';
import { whyOf } from './why.ts';

/** Rolls a Deployment's template out over ReplicaSets, one for each template. */
export const deploymentController: Controller<Deployment> = {
  name: 'deployment-controller',
  reconciles: Deployments,
  watches: [
    {
      resource: ReplicaSets,
      indexes: { orphans },
      keys(now, before, observed) {
        const keys = new Set(controllerKeys(Deployments, now, before));
        if (now && !controllerOf(now))
          for (const d of observed.all(Deployments, now.metadata.namespace))
            if (selectorOf(d.spec?.selector).matches(now.metadata.labels)) keys.add(keyOf(d));
        return keys;
      },
    },
    {
      resource: Pods,
      // A Recreate rollout waits for the last old pod to be gone.
      keys(now, before, observed) {
        const rs = !now && before && controllerOf(before);
        if (!rs || rs.kind !== 'ReplicaSet') return [];
        const owner = observed.get(ReplicaSets, rs.name, before.metadata.namespace);
        return controllerKeys(Deployments, owner);
      },
    },
  ],
  writes: [
    { resource: ReplicaSets, verbs: ['create', 'update', 'patch', 'delete'] },
    { resource: Deployments, verbs: ['update'] },
    { resource: Deployments, subresource: 'status', verbs: ['update'] },
  ],
  plan(d, observed) {
    const made = plan(d, observed);
    return d ? { ...made, why: whyOf(d) } : made;
  },
};

function plan(d: Deployment | undefined, observed: Observed): Plan {
  if (!d) return { actions: [] };
  const { nowMs } = observed;
  if (same(d.spec?.selector, {})) return selectsAll(d);
  const selector = selectorOf(d.spec?.selector);
  const claimer = { owner: d, ownerResource: Deployments, resource: ReplicaSets, selector };
  const { claimed, actions: claims } = claim(claimer, claimable(observed, ReplicaSets, d));
  if (claims.length > 0) return { actions: claims };
  const view = viewOf(d, claimed);
  if (d.metadata.deletionTimestamp)
    return first(syncNewest(view, nowMs), () => ({
      actions: writeStatus(d, statusOf(view, nowMs)),
    }));
  const paused = pausedCondition(d, nowMs);
  if (paused.length > 0) return { actions: paused };
  if (d.spec?.paused) return syncSize(view, nowMs);
  const target = rollbackTarget(d);
  if (target !== undefined) return { actions: rollback(view, target) };
  if (isScaling(view)) return syncSize(view, nowMs);
  return isRolling(d) ? planRolling(view, observed) : planRecreate(view, observed);
}

/** The first step that has something to do; the next plan, on what it leaves, takes the next. */
const first = (actions: readonly Action[], otherwise: () => Plan): Plan =>
  actions.length > 0 ? { actions } : otherwise();

function planRolling(view: View, observed: Observed): Plan {
  const prepared = view.newest ? syncNewest(view, observed.nowMs) : createNewest(view, observed);
  return first(prepared, () => scaleThenStatus(view, roll(view), observed.nowMs));
}

function planRecreate(view: View, observed: Observed): Plan {
  const { d, old, newest } = view;
  return first(syncNewest(view, observed.nowMs), () => {
    const down = old.filter(isRunning).flatMap((rs) => resize(d, rs, 0));
    if (down.length > 0) return scaleThenStatus(view, down, observed.nowMs);
    if (old.some((rs) => observed.owned(Pods, rs).some((pod) => !isTerminated(pod))))
      return rolloutStatus(view, observed.nowMs);
    if (!newest) return { actions: createNewest(view, observed) };
    return scaleThenStatus(view, resize(d, newest, replicasOf(d)), observed.nowMs);
  });
}

/** Scaling comes with the status of before; only a complete rollout lets old ReplicaSets go. */
function scaleThenStatus(view: View, scaling: readonly Action[], nowMs: number): Plan {
  const { actions, requeueAfterMs } = rolloutStatus(view, nowMs);
  const { d } = view;
  const cleaning = scaling.length === 0 && isComplete(d, d.status) ? cleanUp(view) : [];
  return { actions: [...scaling, ...cleaning, ...actions], requeueAfterMs };
}

/** What a paused Deployment, or one whose size changed, does: no rollout, only sizes. */
function syncSize(view: View, nowMs: number): Plan {
  const { d } = view;
  return first(syncNewest(view, nowMs), () => {
    const mayClean = d.spec?.paused && rollbackTarget(d) === undefined;
    const cleaning = mayClean ? cleanUp(view) : [];
    return {
      actions: [...scale(view), ...cleaning, ...writeStatus(d, statusOf(view, nowMs))],
    };
  });
}

/** Keeps annotations and revision of the newest ReplicaSet and of the Deployment in step. */
function syncNewest({ d, newest, revision }: View, nowMs: number): readonly Action[] {
  if (!newest) return [];
  const annotations = newSetAnnotations(d, newest.metadata.annotations, revision);
  const minReadySeconds = d.spec?.minReadySeconds ?? 0;
  if (
    !same(annotations, newest.metadata.annotations) ||
    (newest.spec?.minReadySeconds ?? 0) !== minReadySeconds
  ) {
    const metadata = { ...newest.metadata, annotations };
    const object = { ...newest, metadata, spec: { ...newest.spec!, minReadySeconds } };
    return [{ do: 'update', resource: ReplicaSets, object }];
  }
  const found = condition(
    'Progressing',
    'True',
    'FoundNewReplicaSet',
    `Found new replica set "${newest.metadata.name}"`,
    nowMs,
  );
  const first = hasDeadline(d) && !progressing(d.status?.conditions);
  const conditions = first ? withCondition(d.status?.conditions, found) : d.status?.conditions;
  const own = { ...d.metadata.annotations, [revisionKey]: annotations[revisionKey] ?? '' };
  return writeStatus(d, { ...d.status, conditions } as NonNullable<Deployment['status']>, own);
}

function createNewest(view: View, observed: Observed): readonly Action[] {
  const { d } = view;
  const { nowMs, failure } = observed;
  const object = newSet(view);
  const { name, namespace } = object.metadata;
  const taken = observed.get(ReplicaSets, name, namespace);
  if (
    taken &&
    !(
      controllerOf(taken)?.uid === d.metadata.uid &&
      sameTemplate(taken.spec?.template, d.spec?.template)
    )
  ) {
    // Another template has this hash: the next plan hashes with a salt.
    const collisionCount = (d.status?.collisionCount ?? 0) + 1;
    return writeStatus(d, { ...d.status, collisionCount } as NonNullable<Deployment['status']>);
  }
  const told = (value: 'True' | 'False', reason: string, message: string): readonly Action[] =>
    hasDeadline(d)
      ? writeStatus(d, {
          ...d.status,
          conditions: withCondition(
            d.status?.conditions,
            condition('Progressing', value, reason, message, nowMs),
          ),
        } as NonNullable<Deployment['status']>)
      : [];
  const failed = failure
    ? told(
        'False',
        'ReplicaSetCreateError',
        `Failed to create new replica set "${name}": ${failure.message}`,
      )
    : [];
  const size = replicasOf(object);
  const create: Action = {
    do: 'create',
    resource: ReplicaSets,
    object,
    ...(size > 0 && {
      announce: {
        about: d,
        done: () => ({
          type: 'Normal',
          reason: 'ScalingReplicaSet',
          message: `Scaled up replica set ${name} from 0 to ${size}`,
        }),
      },
    }),
  };
  const created = told('True', 'NewReplicaSetCreated', `Created new replica set "${name}"`);
  return failed.length > 0 ? [...failed, create] : [create, ...created];
}

/** So that time spent paused does not count against the deadline. */
function pausedCondition(d: Deployment, nowMs: number): readonly Action[] {
  const current = progressing(d.status?.conditions);
  if (!hasDeadline(d) || current?.reason === 'ProgressDeadlineExceeded') return [];
  const known = current?.reason === 'DeploymentPaused';
  if ((d.spec?.paused ?? false) === known) return [];
  const next = d.spec?.paused
    ? condition('Progressing', 'Unknown', 'DeploymentPaused', 'Deployment is paused', nowMs)
    : condition('Progressing', 'Unknown', 'DeploymentResumed', 'Deployment is resumed', nowMs);
  const conditions = withCondition(d.status?.conditions, next);
  return writeStatus(d, { ...d.status, conditions } as NonNullable<Deployment['status']>);
}

function selectsAll(d: Deployment): Plan {
  const { generation = 0 } = d.metadata;
  const message = 'This deployment is selecting all pods. A non-empty selector is required.';
  const told: Action = { do: 'event', about: d, type: 'Warning', reason: 'SelectingAll', message };
  const seen = (d.status?.observedGeneration ?? 0) >= generation;
  const status = { ...d.status, observedGeneration: generation } as NonNullable<
    Deployment['status']
  >;
  return { actions: [told, ...(seen ? [] : writeStatus(d, status))] };
}
