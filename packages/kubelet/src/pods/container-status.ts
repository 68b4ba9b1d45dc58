import { formatTime } from '@coxswain/api';
import type {
  ContainerState,
  ContainerStatus,
  Pod,
  VolumeMountStatus,
} from '@coxswain/api/types/core-v1';
import type { RuntimeContainer } from '../runtime.ts';
import type { PodRuntime, Probed } from './observed.ts';
import { type ContainerKind, type ContainerSpec, containersOf, restartsAfter } from './spec.ts';

/** Why a container is not running, by name: what the last attempt to start it said. */
export type StartFailures = ReadonlyMap<
  string,
  { readonly reason: string; readonly message: string }
>;

export interface StatusSources {
  readonly runtimeName: string;
  readonly observed: PodRuntime;
  readonly probed: Probed;
  readonly failures: StartFailures;
  /** Where to read what a container said when it ended; keyed by container id. */
  readonly terminationMessages: ReadonlyMap<string, string>;
}

export interface ContainerStatuses {
  readonly initContainerStatuses?: readonly ContainerStatus[];
  readonly containerStatuses?: readonly ContainerStatus[];
  readonly ephemeralContainerStatuses?: readonly ContainerStatus[];
}

/** The statuses of all containers, in the order of the spec, from what the runtime has and what was last told. */
export function containerStatuses(pod: Pod, sources: StatusSources): ContainerStatuses {
  const lists = {
    init: [] as ContainerStatus[],
    app: [] as ContainerStatus[],
    ephemeral: [] as ContainerStatus[],
  };
  const old = new Map(
    [
      ...(pod.status?.initContainerStatuses ?? []),
      ...(pod.status?.containerStatuses ?? []),
      ...(pod.status?.ephemeralContainerStatuses ?? []),
    ].map((status) => [status.name, status]),
  );
  for (const [kind, spec] of containersOf(pod)) {
    const list = kind === 'sidecar' ? lists.init : lists[kind];
    list.push(statusOf(kind, spec, pod, old.get(spec.name), sources));
  }
  return {
    ...(lists.init.length > 0 && { initContainerStatuses: lists.init }),
    containerStatuses: lists.app,
    ...(lists.ephemeral.length > 0 && { ephemeralContainerStatuses: lists.ephemeral }),
  };
}

function statusOf(
  kind: ContainerKind,
  spec: ContainerSpec,
  pod: Pod,
  old: ContainerStatus | undefined,
  sources: StatusSources,
): ContainerStatus {
  const runs = sources.observed.containers.filter(({ name }) => name === spec.name);
  const [now, before] = runs;
  const base = now ? fromRuntime(spec, now, before, old, sources) : withoutRuntime(spec, pod, old);
  return judged(kind, spec, waitingFor(kind, spec, pod, base, now, sources), now, sources.probed);
}

function fromRuntime(
  spec: ContainerSpec,
  now: RuntimeContainer,
  before: RuntimeContainer | undefined,
  old: ContainerStatus | undefined,
  sources: StatusSources,
): ContainerStatus {
  const containerID = `${sources.runtimeName}://${now.id}`;
  const told =
    old &&
    (old.containerID === containerID
      ? old.lastState
      : old.state?.terminated
        ? old.state
        : old.lastState);
  const lastState = before ? stateOf(before, sources) : (told ?? {});
  return {
    name: spec.name,
    state: stateOf(now, sources),
    lastState: lastState.terminated ? lastState : {},
    ready: false,
    restartCount: Math.max(now.attempt, old?.containerID === containerID ? old.restartCount : 0),
    image: now.image || spec.image || '',
    imageID: now.imageRef,
    containerID,
    ...mountStatuses(spec),
    ...(spec.resources?.requests && { allocatedResources: spec.resources.requests }),
    ...(spec.resources && { resources: spec.resources }),
    ...(now.user && { user: { linux: { ...now.user } } }),
  };
}

function stateOf(container: RuntimeContainer, sources: StatusSources): ContainerState {
  const startedAt = formatTime(container.startedAtMs ?? 0);
  switch (container.state) {
    case 'running':
      return { running: { startedAt } };
    case 'exited': {
      const message = sources.terminationMessages.get(container.id) || container.message;
      return {
        terminated: {
          exitCode: container.exitCode ?? 0,
          ...(container.reason && { reason: container.reason }),
          ...(message && { message }),
          startedAt,
          finishedAt: formatTime(container.finishedAtMs ?? 0),
          containerID: `${sources.runtimeName}://${container.id}`,
        },
      };
    }
    default:
      return { waiting: {} };
  }
}

/** The runtime has nothing of it: not started yet, or lost. */
function withoutRuntime(
  spec: ContainerSpec,
  pod: Pod,
  old: ContainerStatus | undefined,
): ContainerStatus {
  if (old?.state?.terminated) return old;
  const reason = pod.spec!.initContainers?.length ? 'PodInitializing' : 'ContainerCreating';
  const wasRunning = old?.state?.running !== undefined && !old.lastState?.terminated;
  const lost: ContainerState = {
    terminated: {
      exitCode: 137,
      reason: 'ContainerStatusUnknown',
      message:
        'The container could not be located when the pod was deleted.  The container used to be Running',
    },
  };
  return {
    name: spec.name,
    state: { waiting: { reason } },
    lastState: wasRunning ? lost : (old?.lastState ?? {}),
    ready: false,
    restartCount:
      (old?.restartCount ?? 0) + (wasRunning && !pod.metadata.deletionTimestamp ? 1 : 0),
    image: spec.image ?? '',
    imageID: '',
    ...mountStatuses(spec),
  };
}

/** A container that ended and will start again is shown as waiting, with the end as its last state. */
function waitingFor(
  kind: ContainerKind,
  spec: ContainerSpec,
  pod: Pod,
  status: ContainerStatus,
  now: RuntimeContainer | undefined,
  { failures }: StatusSources,
): ContainerStatus {
  // A pod on its way out starts nothing again, so what ended is shown as it ended.
  if (pod.metadata.deletionTimestamp) return status;
  const ended = status.state?.terminated;
  const isOver =
    now?.state === 'running' || (kind !== 'app' && kind !== 'sidecar' && ended?.exitCode === 0);
  if (isOver || (ended && !restartsAfterEnd(kind, spec, pod, ended.exitCode))) return status;
  const failure = failures.get(spec.name);
  if (!failure) return status;
  const waiting = { reason: failure.reason, ...(failure.message && { message: failure.message }) };
  return {
    ...status,
    state: { waiting },
    ...(ended && { lastState: { terminated: ended } }),
  };
}

const restartsAfterEnd = (
  kind: ContainerKind,
  spec: ContainerSpec,
  pod: Pod,
  exitCode: number,
): boolean => kind === 'sidecar' || (kind !== 'ephemeral' && restartsAfter(spec, pod, exitCode));

/** Ready and started, by probes: an app container or sidecar without a readiness probe is ready while it runs. */
function judged(
  kind: ContainerKind,
  spec: ContainerSpec,
  status: ContainerStatus,
  now: RuntimeContainer | undefined,
  probed: Probed,
): ContainerStatus {
  if (kind === 'ephemeral') return status;
  if (kind === 'init')
    return {
      ...status,
      ready: status.state?.terminated?.exitCode === 0,
      started: status.state?.running !== undefined,
    };
  if (!status.state?.running || !now) return { ...status, started: false };
  const verdicts = probed.get(now.id) ?? {};
  const isStarted = spec.startupProbe ? verdicts.startup === true : true;
  const isReady = isStarted && (spec.readinessProbe ? verdicts.readiness === true : true);
  return { ...status, started: isStarted, ready: isReady };
}

function mountStatuses({
  volumeMounts = [],
}: ContainerSpec): Pick<ContainerStatus, 'volumeMounts'> {
  if (volumeMounts.length === 0) return {};
  return {
    volumeMounts: volumeMounts.map(({ name, mountPath, readOnly }): VolumeMountStatus => ({
      name,
      mountPath,
      ...(readOnly && { readOnly, recursiveReadOnly: 'Disabled' }),
    })),
  };
}

export const hasStarted = (pod: Pod, observed: PodRuntime): boolean => {
  const apps = new Set(pod.spec!.containers.map(({ name }) => name));
  return observed.containers.some(
    ({ name, state }) => apps.has(name) && (state === 'running' || state === 'exited'),
  );
};
