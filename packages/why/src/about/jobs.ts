import { CronJobs, formatTime, Jobs, Pods } from '@coxswain/api';
import type { CronJob, Job } from '@coxswain/api/types/batch-v1';
import type { ObjectRef, Reason } from '@coxswain/control';
import {
  type Cause,
  causeOf,
  conditionEvidence,
  conditionOf,
  type Evidence,
  inNamespace,
  kept,
  nameOf,
  refOf,
  specEvidence,
  stepOf,
} from '../cause.ts';
import { durationText } from '../duration.ts';
import { eventEvidence, type Look } from '../look.ts';
import { type Explainer, explainer } from './explainer.ts';
import { explainPod } from './pod.ts';
import { explainPods } from './pods-of.ts';
import { explainRefusal, refusalOf } from './refusal.ts';
import { heldBack } from './terminating.ts';

const podsOf = async (job: Job, look: Look) =>
  (await look.list(Pods, { namespace: job.metadata.namespace })).filter(({ metadata }) =>
    metadata.ownerReferences?.some(({ uid }) => uid === job.metadata.uid),
  );

const endings: Readonly<
  Record<string, 'job-failed-too-often' | 'job-too-long' | 'job-failed-by-policy'>
> = {
  BackoffLimitExceeded: 'job-failed-too-often',
  DeadlineExceeded: 'job-too-long',
  PodFailurePolicy: 'job-failed-by-policy',
  MaxFailedIndexesExceeded: 'job-failed-too-often',
  FailedIndexes: 'job-failed-too-often',
};

/** Why a Job has failed, or does not end. */
async function explainJob(job: Job, look: Look): Promise<readonly Cause[]> {
  if (job.metadata.deletionTimestamp) return heldBack(Jobs, job, look);
  const about = refOf('Job', job);
  const { failed = 0, active = 0, succeeded = 0 } = job.status ?? {};
  const ended = conditionOf(job, 'Failed') ?? conditionOf(job, 'FailureTarget');
  const limit = job.spec?.backoffLimit ?? 6;
  const facts = { failed, active, succeeded, limit, wanted: job.spec?.completions ?? 1 };
  const reasons = look.reasons(about);
  if (ended?.status === 'True') {
    const name = endings[ended.reason ?? ''] ?? 'job-failed';
    const because = await lastFailures(job, look);
    const more = { ...facts, seconds: job.spec?.activeDeadlineSeconds ?? 0 };
    const steps = [
      stepOf(
        'make-job-again',
        {},
        `kubectl get job ${job.metadata.name}${inNamespace(about)} -o yaml | kubectl replace --force -f -`,
      ),
    ];
    return [
      causeOf(name, about, { facts: more, evidence: conditionEvidence(ended), because, steps }),
    ];
  }
  if (conditionOf(job, 'Complete')?.status === 'True') return [];
  if (job.spec?.suspend) return [suspended(about)];
  const backsOff = reasons.find(({ verdict }) => verdict === 'backs off');
  if (backsOff) {
    const left = durationText(Number(backsOff.facts['waitMs']) - (look.nowMs - backsOff.atMs));
    return [
      causeOf('job-backs-off', about, {
        facts: { ...facts, left },
        evidence: [kept(backsOff)],
        because: await lastFailures(job, look),
      }),
    ];
  }
  const refused = refusalOf(about, look);
  if (refused)
    return explainRefusal(
      about,
      job.spec?.template.spec,
      String(refused.facts['message']),
      [kept(refused)],
      look,
    );
  const because = await explainPods(await podsOf(job, look), look);
  return [causeOf('job-runs', about, { facts, evidence: reasons.map(kept), because })];
}

/** How the last pods of a Job ended; they may be gone already. */
async function lastFailures(job: Job, look: Look): Promise<readonly Cause[]> {
  const failed = (await podsOf(job, look)).filter(({ status }) => status?.phase === 'Failed');
  const last = failed.toSorted((a, b) =>
    (a.metadata.creationTimestamp ?? '') < (b.metadata.creationTimestamp ?? '') ? 1 : -1,
  )[0];
  if (last)
    return [
      causeOf('last-failed-pod', refOf('Pod', last), {
        facts: { pod: last.metadata.name, pods: failed.length },
        because: await explainPod(last, look),
      }),
    ];
  return explainPods(await podsOf(job, look), look);
}

/** Nothing is started, because somebody has said so. */
const suspended = (about: ObjectRef): Cause =>
  causeOf('suspended', about, {
    evidence: [specEvidence('spec.suspend', 'true')],
    steps: [
      stepOf(
        'unsuspend',
        {},
        `kubectl patch ${nameOf(about)}${inNamespace(about)} -p '{"spec":{"suspend":false}}'`,
      ),
    ],
  });

/** Why a CronJob starts no Jobs. */
async function explainCronJob(cron: CronJob, look: Look): Promise<readonly Cause[]> {
  if (cron.metadata.deletionTimestamp) return heldBack(CronJobs, cron, look);
  const about = refOf('CronJob', cron);
  const { schedule, suspend, concurrencyPolicy, timeZone = 'UTC' } = cron.spec;
  if (suspend) return [suspended(about)];
  const [reason] = look.reasons(about);
  const events = await look.events(about);
  const said = (name: string) =>
    events
      .filter((event) => event.reason === name)
      .slice(0, 1)
      .map(eventEvidence);
  const evidence = reason ? [kept(reason)] : [];
  const wrong = [...said('UnparseableSchedule'), ...said('UnknownTimeZone')];
  if (reason?.verdict === 'no schedule' || (!reason && wrong.length > 0))
    return [
      causeOf('schedule-unreadable', about, {
        facts: { schedule, timeZone },
        evidence: [...evidence, ...wrong],
        steps: [stepOf('write-schedule')],
      }),
    ];
  const active = cron.status?.active ?? [];
  if (
    reason?.verdict === 'another one runs' ||
    (active.length > 0 && concurrencyPolicy === 'Forbid')
  ) {
    const job = active[0]?.name ?? '';
    const object = await look.get(Jobs, job, cron.metadata.namespace);
    const because = object ? await explainJob(object, look) : [];
    return [
      causeOf('last-run-still-runs', about, {
        facts: { job },
        evidence,
        because,
        steps: [stepOf('allow-many-runs')],
      }),
    ];
  }
  return whenNext(cron, reason, [...evidence, ...said('MissSchedule')], look);
}

/** How the last runs went, and when the next is due. */
async function whenNext(
  cron: CronJob,
  reason: Reason | undefined,
  evidence: readonly Evidence[],
  look: Look,
): Promise<readonly Cause[]> {
  const { schedule, timeZone = 'UTC', startingDeadlineSeconds: seconds = 0 } = cron.spec;
  const jobs = (await look.list(Jobs, { namespace: cron.metadata.namespace })).filter(
    ({ metadata }) => metadata.ownerReferences?.some(({ uid }) => uid === cron.metadata.uid),
  );
  const failures = jobs
    .filter((job) => conditionOf(job, 'Failed')?.status === 'True')
    .toSorted((a, b) => (a.metadata.name < b.metadata.name ? 1 : -1));
  const because = failures[0] ? await explainJob(failures[0], look) : [];
  const next = Number(reason?.facts['nextMs'] ?? 0);
  const facts = {
    schedule,
    timeZone,
    next: next > 0 ? formatTime(next) : '',
    last: cron.status?.lastScheduleTime ?? '',
  };
  const name =
    reason?.verdict === 'start missed'
      ? 'run-missed'
      : because.length > 0
        ? 'runs-fail'
        : next > 0
          ? 'not-due-yet'
          : undefined;
  if (!name) return [];
  const steps = name === 'run-missed' ? [stepOf('raise-starting-deadline', { seconds })] : [];
  return [causeOf(name, refOf('CronJob', cron), { facts, evidence, because, steps })];
}

export const jobExplainers: readonly Explainer[] = [
  explainer({ resource: Jobs, aliases: [], explain: explainJob }),
  explainer({ resource: CronJobs, aliases: ['cj'], explain: explainCronJob }),
];
