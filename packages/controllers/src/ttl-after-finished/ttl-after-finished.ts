import { Jobs } from '@coxswain/api';
import type { Job } from '@coxswain/api/types/batch-v1';
import type { Controller } from '@coxswain/control';
import { timeMs } from '../objects/time.ts';

/** Deletes Jobs `ttlSecondsAfterFinished` after their end, with what they own. */
export const ttlAfterFinishedController: Controller<Job> = {
  name: 'ttl-after-finished-controller',
  reconciles: Jobs,
  watches: [],
  writes: [{ resource: Jobs, verbs: ['delete'] }],
  plan(job, { nowMs }) {
    const ttl = job?.spec?.ttlSecondsAfterFinished;
    if (!job || ttl === undefined || job.metadata.deletionTimestamp) return { actions: [] };
    const finishedMs = finishedAtMs(job);
    if (finishedMs === undefined) return { actions: [] };
    const leftMs = finishedMs + ttl * 1000 - nowMs;
    if (leftMs > 0) return { actions: [], requeueAfterMs: leftMs };
    const facts = { ttlSeconds: ttl };
    return {
      actions: [{ do: 'remove', resource: Jobs, object: job, propagation: 'Foreground' }],
      why: [{ verdict: 'its time to live after the end is over', facts }],
    };
  },
};

function finishedAtMs({ status }: Job): number | undefined {
  const end = status?.conditions?.find(
    ({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True',
  );
  return end && timeMs(end.lastTransitionTime);
}
