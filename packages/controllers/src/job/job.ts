import { Jobs, Pods, selectorOf } from '@coxswain/api';
import type { Job } from '@coxswain/api/types/batch-v1';
import type { Pod } from '@coxswain/api/types/core-v1';
import type { Action, Controller, Observed, Plan } from '@coxswain/control';
import { claim } from '../objects/claim.ts';
import { claimable, controllerOf } from '../objects/owner.ts';
import { soonest } from '../objects/time.ts';
import { deletePod } from '../pods/write.ts';
import { podsWake } from '../replicaset/replicaset.ts';
import { tally as count, type Tally } from './count.ts';
import { isTracked, trackedFor, trackingFinalizer, untrack } from './pods.ts';
import { scaleJob, type Scaling } from './scale.ts';
import {
  announced,
  countedStatus,
  endEvent,
  finished,
  isFinished,
  suspension,
  writeStatus,
} from './status.ts';
import { deadlineMs, type Ending, endingOf, isSuspended } from './verdict.ts';

const ownName = 'kubernetes.io/job-controller';

const wake = podsWake(Jobs, (job) => selectorOf(job.spec?.selector));

/** Runs pods of each Job until enough have succeeded, or it has failed; each ended pod is counted exactly once. */
export const jobController: Controller<Job> = {
  name: 'job-controller',
  reconciles: Jobs,
  watches: [
    {
      ...wake,
      indexes: { ...wake.indexes, 'tracked-for-job': trackedFor },
      keys: (now, before, observed) => [
        ...wake.keys!(now, before, observed),
        ...(now ? trackedFor(now) : []),
      ],
    },
  ],
  writes: [
    { resource: Pods, verbs: ['create', 'delete', 'patch'] },
    { resource: Jobs, subresource: 'status', verbs: ['update'] },
  ],
  plan(job, observed, key) {
    if (job && (job.spec?.managedBy ?? ownName) !== ownName) return { actions: [] };
    const abandoned = observed
      .by(Pods, 'tracked-for-job', key)
      .filter((pod) => !job || (controllerOf(pod)?.uid ?? job.metadata.uid) !== job.metadata.uid);
    // Their Job is gone: nobody counts them any more.
    if (!job || abandoned.length > 0) return { actions: abandoned.map(untrack) };
    return plan(job, observed);
  },
};

function plan(job: Job, observed: Observed): Plan {
  const { nowMs } = observed;
  const claimer = {
    owner: job,
    ownerResource: Jobs,
    resource: Pods,
    selector: selectorOf(job.spec?.selector),
    finalizer: trackingFinalizer,
  };
  const { claimed: pods, actions: claims } = claim(claimer, claimable(observed, Pods, job));
  if (claims.length > 0) return { actions: claims };
  // Nothing is counted any more: whatever is still held is let go.
  if (isFinished(job) || job.metadata.deletionTimestamp)
    return { actions: pods.filter(isTracked).map(untrack), why: whyEnded(job) };
  const tally = count(job, pods);
  const ending = endingOf(job, pods, tally, nowMs);
  const release = tally.accounted.map(untrack);
  if (ending) return planEnd(job, ending, tally, release, nowMs);
  const scaling = scaleJob(job, pods, tally, nowMs);
  const counted = countedStatus(job, tally, scaling.active, nowMs);
  const { status, said } = suspension(job, counted, nowMs);
  return {
    actions: [...writeStatus(job, status, said), ...release, ...scaling.actions],
    requeueAfterMs: soonest(scaling.requeueAfterMs, leftMs({ ...job, status }, nowMs)),
    why: whyNot(job, tally, scaling),
  };
}

/** What keeps a Job that has not ended from its end. */
function whyNot(
  job: Job,
  tally: Tally,
  { active, requeueAfterMs }: Scaling,
): NonNullable<Plan['why']> {
  const facts = { active, failed: tally.failed, limit: job.spec?.backoffLimit ?? 6 };
  if (isSuspended(job)) return [{ verdict: 'suspended', facts: {} }];
  if (requeueAfterMs !== undefined && active === 0)
    return [{ verdict: 'backs off', facts: { ...facts, waitMs: requeueAfterMs } }];
  return [{ verdict: 'runs', facts }];
}

const whyEnded = ({ status }: Job): NonNullable<Plan['why']> =>
  (status?.conditions ?? [])
    .filter(({ type, status: is }) => is === 'True' && (type === 'Failed' || type === 'Complete'))
    .map(({ type, reason = '', message = '' }) => ({
      verdict: type === 'Failed' ? 'failed' : 'complete',
      facts: { reason, message, failed: status?.failed ?? 0 },
    }));

const leftMs = (job: Job, nowMs: number): number | undefined => {
  const deadline = deadlineMs(job);
  return deadline === undefined ? undefined : deadline - nowMs;
};

/** First the end is announced and the pods go; then, with all of them counted, the Job ends. */
function planEnd(
  job: Job,
  ending: Ending,
  tally: Tally,
  release: readonly Action[],
  nowMs: number,
): Plan {
  const { uncounted, active, terminating } = tally;
  const going: readonly Pod[] = active;
  const counted = announced(countedStatus(job, tally, 0, nowMs), ending, nowMs);
  const open = uncounted.succeeded.length + uncounted.failed.length + release.length;
  const why = [{ verdict: ending.reason, facts: { active: active.length, terminating } }];
  const last = active.length === 0 && terminating === 0 && open === 0;
  if (!last || !wasAnnounced(job))
    return {
      actions: [
        ...writeStatus(job, counted),
        ...release,
        ...going.map((pod) => deletePod(pod, job)),
      ],
      why,
    };
  return { actions: writeStatus(job, finished(counted, ending, nowMs), endEvent(ending)), why };
}

const wasAnnounced = ({ status }: Job): boolean =>
  status?.conditions?.some(
    ({ type }) => type === 'FailureTarget' || type === 'SuccessCriteriaMet',
  ) ?? false;
