import type { Pod } from '@coxswain/api/types/core-v1';
import type { RuntimeContainer } from '../runtime.ts';
import { planInit, unknownKill } from './init-plan.ts';
import { containerHash, hashAnnotation } from './labels.ts';
import { isAlive, latest, type PodRuntime, type Probed, sandboxNeed } from './observed.ts';
import { type RestartWaits, durationText, waitUntilMs } from './restart-wait.ts';
import {
  type ContainerKind,
  type ContainerSpec,
  describePod,
  findContainer,
  isHostNetwork,
  isSidecar,
  restartsAfter,
  restartsOnFailure,
} from './spec.ts';

export interface Kill {
  readonly container: RuntimeContainer;
  readonly reason: 'StartupProbe' | 'LivenessProbe' | 'Unknown' | 'Changed';
  /** What the event says. */
  readonly message: string;
}

export interface Start {
  readonly kind: ContainerKind;
  readonly spec: ContainerSpec;
  readonly attempt: number;
  /** The run before it ended then: what its back-off counts from. */
  readonly endedAtMs?: number;
}

/** A container that may not start yet. */
export interface Waiting {
  readonly name: string;
  readonly untilMs: number;
  readonly message: string;
}

/** What to do for a pod that should run, in this order: end the pod or single containers, make a sandbox, start containers. */
export interface PodPlan {
  readonly killPod: boolean;
  readonly kill: readonly Kill[];
  readonly createSandbox?: { readonly attempt: number; readonly isChange: boolean };
  readonly start: readonly Start[];
  readonly waiting: readonly Waiting[];
}

/** Pure: upstream's computePodActions. `restarts` gives the restart count that the API last saw of a container. */
export function planPod(
  pod: Pod,
  observed: PodRuntime,
  probed: Probed,
  waits: RestartWaits,
  nowMs: number,
): PodPlan {
  const need = sandboxNeed(observed, isHostNetwork(pod));
  const wanted = need ? planSandbox(pod, observed, need) : planContainers(pod, observed, probed);
  const start: Start[] = [];
  const waiting: Waiting[] = [];
  for (const spec of wanted.start) {
    const before = observed.containers.find(
      ({ name, state }) => name === spec.name && state === 'exited',
    );
    const endedAtMs = before?.finishedAtMs;
    const untilMs =
      endedAtMs === undefined ? undefined : waitUntilMs(waits.get(spec.name), endedAtMs, nowMs);
    if (untilMs !== undefined) {
      waiting.push({ name: spec.name, untilMs, message: backOffText(pod, spec, waits) });
      if (!isSidecar(spec) && isInitOf(pod, spec)) break;
      continue;
    }
    start.push({
      kind: findContainer(pod, spec.name)![0],
      spec,
      attempt: nextAttempt(pod, observed, spec.name),
      ...(endedAtMs !== undefined && { endedAtMs }),
    });
  }
  return { ...wanted, start, waiting };
}

type Wanted = Omit<PodPlan, 'start' | 'waiting'> & { readonly start: readonly ContainerSpec[] };

const isInitOf = (pod: Pod, spec: ContainerSpec): boolean =>
  pod.spec!.initContainers?.includes(spec) === true;

const backOffText = (pod: Pod, { name }: ContainerSpec, waits: RestartWaits): string =>
  `back-off ${durationText(waits.get(name)!.delayMs)} restarting failed container=${name} pod=${describePod(pod)}`;

/** One more than any run that the runtime or the API knows of. */
function nextAttempt(pod: Pod, observed: PodRuntime, name: string): number {
  const { initContainerStatuses, containerStatuses, ephemeralContainerStatuses } = pod.status ?? {};
  const runs = observed.containers.filter((one) => one.name === name);
  const known = [
    ...(initContainerStatuses ?? []),
    ...(containerStatuses ?? []),
    ...(ephemeralContainerStatuses ?? []),
  ].find((status) => status.name === name);
  const hasRun = known?.containerID !== undefined || known?.lastState?.terminated !== undefined;
  return (
    Math.max(-1, ...runs.map(({ attempt }) => attempt), known && hasRun ? known.restartCount : -1) +
    1
  );
}

/** A new sandbox starts the pod from the beginning, unless everything in it is over for good. */
function planSandbox(
  pod: Pod,
  observed: PodRuntime,
  need: { readonly attempt: number; readonly isChange: boolean },
): Wanted {
  const over: Wanted = { killPod: true, kill: [], start: [] };
  const hasRun = need.attempt !== 0 && observed.containers.length > 0;
  if (!restartsOnFailure(pod) && hasRun) return over;
  const policy = pod.spec!.restartPolicy;
  const apps = pod.spec!.containers.filter((spec) => {
    const run = latest(observed, spec.name);
    return !(policy === 'OnFailure' && run?.state === 'exited' && run.exitCode === 0);
  });
  if (apps.length === 0) return over;
  const first = pod.spec!.initContainers?.[0];
  return { killPod: true, createSandbox: need, kill: [], start: first ? [first] : apps };
}

function planContainers(pod: Pod, observed: PodRuntime, probed: Probed): Wanted {
  const start: ContainerSpec[] = (pod.spec!.ephemeralContainers ?? []).filter(
    ({ name }) => !latest(observed, name),
  );
  const init = planInit(pod, observed, probed);
  if (init.isFailed) return { killPod: true, kill: [], start: [] };
  if (!init.isInitialized)
    return { killPod: false, kill: init.kill, start: [...start, ...init.start] };

  const kill: Kill[] = [];
  const apps: ContainerSpec[] = [];
  let kept = 0;
  for (const spec of pod.spec!.containers) {
    const container = latest(observed, spec.name);
    if (container?.state !== 'running') {
      if (!startsAgain(pod, spec, container)) continue;
      apps.push(spec);
      if (container?.state === 'unknown') kill.push(unknownKill(container, 'Container'));
      continue;
    }
    const cause = causeToKill(pod, spec, container, probed);
    if (!cause) kept++;
    else {
      kill.push(cause.kill);
      if (cause.restarts) apps.push(spec);
    }
  }
  // Sidecars alone keep no pod alive.
  if (kept === 0 && apps.length === 0 && kill.length === 0)
    return { killPod: true, kill: [], start: [] };
  return {
    killPod: false,
    kill: [...init.kill, ...kill],
    start: [...start, ...init.start, ...apps],
  };
}

function startsAgain(
  pod: Pod,
  spec: ContainerSpec,
  container: RuntimeContainer | undefined,
): boolean {
  if (!container || isAlive(container) || container.state === 'created') return true;
  return restartsAfter(spec, pod, container.exitCode ?? 1);
}

function causeToKill(
  pod: Pod,
  spec: ContainerSpec,
  container: RuntimeContainer,
  probed: Probed,
): { readonly kill: Kill; readonly restarts: boolean } | undefined {
  const { startup, liveness } = probed.get(container.id) ?? {};
  const hash = container.annotations[hashAnnotation];
  if (hash !== undefined && hash !== containerHash(spec)) {
    const message = `Container ${spec.name} definition changed, will be restarted`;
    return { kill: { container, reason: 'Changed', message }, restarts: true };
  }
  const failed = liveness === false ? 'liveness' : startup === false ? 'startup' : undefined;
  if (!failed) return undefined;
  const restarts = restartsAfter(spec, pod, 137);
  const message = `Container ${spec.name} failed ${failed} probe${restarts ? ', will be restarted' : ''}`;
  const reason = failed === 'liveness' ? 'LivenessProbe' : 'StartupProbe';
  return { kill: { container, reason, message }, restarts };
}
