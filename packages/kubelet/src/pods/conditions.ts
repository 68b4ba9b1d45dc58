import { formatTime } from '@coxswain/api';
import type { ContainerStatus, Pod, PodCondition } from '@coxswain/api/types/core-v1';
import { isSidecar } from './spec.ts';

/** The conditions that the kubelet owns; all others of a pod are kept as they are. */
export const ownConditions: ReadonlySet<string> = new Set([
  'PodScheduled',
  'Ready',
  'Initialized',
  'ContainersReady',
  'PodReadyToStartContainers',
  'PodResizePending',
  'PodResizeInProgress',
]);

type Verdict = Pick<PodCondition, 'status' | 'reason' | 'message'>;

const yes: Verdict = { status: 'True' };
const no = (reason: string, message?: string): Verdict => ({
  status: 'False',
  reason,
  ...(message && { message }),
});

/** Pod conditions in upstream's order and words; a condition that stays keeps its time of transition. */
export function podConditions(
  pod: Pod,
  phase: string,
  init: readonly ContainerStatus[],
  apps: readonly ContainerStatus[],
  hasSandbox: boolean,
  nowMs: number,
): readonly PodCondition[] {
  const old = pod.status?.conditions ?? [];
  const foreign = old.filter(({ type }) => !ownConditions.has(type));
  const statuses = new Map([...init, ...apps].map((status) => [status.name, status]));
  const containersReady = judgeContainersReady(pod, phase, statuses);
  const verdicts: readonly (readonly [type: string, verdict: Verdict])[] = [
    ['PodReadyToStartContainers', hasSandbox ? yes : { status: 'False' }],
    ['Initialized', judgeInitialized(pod, phase, statuses)],
    ['Ready', judgeReady(pod, containersReady, foreign)],
    ['ContainersReady', containersReady],
    ['PodScheduled', yes],
  ];
  const own = verdicts.map(([type, verdict]): PodCondition => {
    const before = old.find((one) => one.type === type);
    return {
      type,
      ...(pod.metadata.generation && { observedGeneration: pod.metadata.generation }),
      ...verdict,
      lastProbeTime: null as never,
      lastTransitionTime:
        before?.status === verdict.status && before.lastTransitionTime
          ? before.lastTransitionTime
          : formatTime(nowMs),
    };
  });
  return [...foreign, ...own];
}

const listed = (names: readonly string[]): string => `[${names.join(' ')}]`;

function judgeContainersReady(
  pod: Pod,
  phase: string,
  statuses: ReadonlyMap<string, ContainerStatus>,
): Verdict {
  const relevant = [...(pod.spec!.initContainers ?? []).filter(isSidecar), ...pod.spec!.containers];
  const unknown = relevant.filter(({ name }) => !statuses.has(name)).map(({ name }) => name);
  const unready = relevant
    .filter(({ name }) => statuses.get(name)?.ready === false)
    .map(({ name }) => name);
  if (phase === 'Succeeded' && unknown.length === 0) return no('PodCompleted');
  if (phase === 'Failed') return no('PodFailed');
  const messages = [
    ...(unknown.length > 0 ? [`containers with unknown status: ${listed(unknown)}`] : []),
    ...(unready.length > 0 ? [`containers with unready status: ${listed(unready)}`] : []),
  ];
  return messages.length > 0 ? no('ContainersNotReady', messages.join(', ')) : yes;
}

function judgeReady(
  pod: Pod,
  containersReady: Verdict,
  conditions: readonly PodCondition[],
): Verdict {
  if (containersReady.status !== 'True') return containersReady;
  const messages = (pod.spec!.readinessGates ?? []).flatMap(({ conditionType }) => {
    const condition = conditions.find(({ type }) => type === conditionType);
    if (!condition)
      return [`corresponding condition of pod readiness gate "${conditionType}" does not exist.`];
    return condition.status === 'True'
      ? []
      : [
          `the status of pod readiness gate "${conditionType}" is not "True", but ${condition.status}`,
        ];
  });
  return messages.length > 0 ? no('ReadinessGatesNotReady', messages.join(', ')) : yes;
}

function judgeInitialized(
  pod: Pod,
  phase: string,
  statuses: ReadonlyMap<string, ContainerStatus>,
): Verdict {
  const unknown: string[] = [];
  const incomplete: string[] = [];
  for (const container of pod.spec!.initContainers ?? []) {
    const status = statuses.get(container.name);
    if (!status) unknown.push(container.name);
    else if (isSidecar(container) ? !status.started : !status.ready)
      incomplete.push(container.name);
  }
  if (phase === 'Succeeded' && unknown.length === 0)
    return { status: 'True', reason: 'PodCompleted' };
  // Once an app container has run, restarting sidecars do not take it back.
  const hasBegun = pod.spec!.containers.some(({ name }) => {
    const status = statuses.get(name);
    return (
      status &&
      (status.state?.running ?? status.state?.terminated ?? status.lastState?.terminated) !==
        undefined
    );
  });
  if (hasBegun) return yes;
  const messages = [
    ...(unknown.length > 0 ? [`containers with unknown status: ${listed(unknown)}`] : []),
    ...(incomplete.length > 0 ? [`containers with incomplete status: ${listed(incomplete)}`] : []),
  ];
  return messages.length > 0 ? no('ContainersNotInitialized', messages.join(', ')) : yes;
}
