import { Jobs, Pods } from '@coxswain/api';
import type { Job } from '@coxswain/api/types/batch-v1';
import type { Container, Pod } from '@coxswain/api/types/core-v1';
import type { Action } from '@coxswain/control';
import { controllerOf } from '../objects/owner.ts';
import { createdMs, timeMs } from '../objects/time.ts';
import { conditionOf, isTerminating } from '../pods/state.ts';
import { podFromTemplate } from '../pods/template.ts';
import { indexKey } from './indexes.ts';

export const trackingFinalizer: string = 'batch.kubernetes.io/job-tracking';
const jobNameLabel = 'batch.kubernetes.io/job-name';
export const failureCountKey: string = 'batch.kubernetes.io/job-index-failure-count';

export const isTracked = ({ metadata }: Pod): boolean =>
  metadata.finalizers?.includes(trackingFinalizer) ?? false;

/** The key of the Job that a pod is held for, whether that is still there or not. */
export function trackedFor(pod: Pod): readonly string[] {
  if (!isTracked(pod)) return [];
  const { namespace, labels } = pod.metadata;
  const owner = controllerOf(pod);
  const name = owner ? owner.kind === 'Job' && owner.name : labels?.[jobNameLabel];
  return name ? [`${namespace}/${name}`] : [];
}

/** Pods on their way out are replaced only once they have failed. */
export const replacesOnlyFailed = ({ spec }: Job): boolean =>
  spec?.podReplacementPolicy === 'Failed' || spec?.podFailurePolicy !== undefined;

/** It counts as failed: it has failed, or is on its way out and will not be waited for. */
export function hasFailed(job: Job, pod: Pod): boolean {
  if (pod.status?.phase === 'Failed') return true;
  if (replacesOnlyFailed(job)) return false;
  return isTerminating(pod) && pod.status?.phase !== 'Succeeded';
}

/** When the pod ended, as well as can be told. */
export function finishedMs(pod: Pod): number {
  const ends = (pod.status?.containerStatuses ?? []).map(({ state }) =>
    timeMs(state?.terminated?.finishedAt),
  );
  const last = Math.max(...ends.map((end) => end ?? 0), 0);
  const ready = conditionOf(pod, 'Ready');
  return (
    last ||
    (ready?.status === 'False' && timeMs(ready.lastTransitionTime)) ||
    timeMs(pod.metadata.deletionTimestamp) ||
    createdMs(pod)
  );
}

/** A pod for the Job, for `index` where it counts completions by index. */
export function podOf(job: Job, index: number | undefined, failures: number): Pod {
  const pod = podFromTemplate(job.spec?.template, job, Jobs);
  const finalizers = [...(pod.metadata.finalizers ?? []), trackingFinalizer];
  if (index === undefined) return { ...pod, metadata: { ...pod.metadata, finalizers } };
  const withIndex = (container: Container): Container =>
    container.env?.some(({ name }) => name === indexVariable)
      ? container
      : { ...container, env: [...(container.env ?? []), indexEnv] };
  const perIndex = job.spec?.backoffLimitPerIndex !== undefined;
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      generateName: prefixOf(job.metadata.name, index),
      finalizers,
      labels: { ...pod.metadata.labels, [indexKey]: String(index) },
      annotations: {
        ...pod.metadata.annotations,
        [indexKey]: String(index),
        ...(perIndex && { [failureCountKey]: String(failures) }),
      },
    },
    spec: {
      ...pod.spec!,
      hostname: `${job.metadata.name}-${index}`,
      containers: pod.spec!.containers.map(withIndex),
      ...(pod.spec!.initContainers && { initContainers: pod.spec!.initContainers.map(withIndex) }),
    },
  };
}

/** Longest start of a generated name that the server leaves as it is. */
const prefixMax = 58;

/** A long name gives way, so that the index stays. */
export function prefixOf(name: string, index: number): string {
  const end = `-${index}-`;
  return name.slice(0, prefixMax - end.length) + end;
}

const indexVariable = 'JOB_COMPLETION_INDEX';
const indexEnv = {
  name: indexVariable,
  valueFrom: { fieldRef: { fieldPath: `metadata.labels['${indexKey}']` } },
};

/** Lets a counted pod go. */
export const untrack = (pod: Pod): Action => ({
  do: 'patch',
  resource: Pods,
  object: pod,
  type: 'strategic',
  patch: {
    metadata: {
      uid: pod.metadata.uid,
      '$deleteFromPrimitiveList/finalizers': [trackingFinalizer],
    },
  },
});
