import type { Pod } from '@coxswain/api/types/core-v1';
import type { RuntimeContainer } from '../runtime.ts';
import { latest, type PodRuntime, type Probed } from './observed.ts';
import type { Kill } from './plan.ts';
import { type ContainerSpec, isSidecar, restartsAfter } from './spec.ts';

export interface InitPlan {
  /** App containers may run. */
  readonly isInitialized: boolean;
  /** An init container failed for good: the pod ends. */
  readonly isFailed: boolean;
  readonly start: readonly ContainerSpec[];
  readonly kill: readonly Kill[];
}

/**
 * Init containers one after another; a sidecar lets the next begin once it has started (its startup probe, if any,
 * succeeded) and is kept running ever after. Looks at the last that ever ran, and at the sidecars before it.
 */
export function planInit(pod: Pod, observed: PodRuntime, probed: Probed): InitPlan {
  const all: readonly ContainerSpec[] = pod.spec!.initContainers ?? [];
  const hasBegun = pod.spec!.containers.some(({ name }) => latest(observed, name));
  const lastSeen = hasBegun
    ? all.length - 1
    : all.findLastIndex(({ name }) => latest(observed, name));
  const start: ContainerSpec[] = [];
  const kill: Kill[] = [];
  let isInitialized = hasBegun || all.length === 0;
  if (lastSeen < 0 && all[0]) start.push(all[0]);

  for (const [index, spec] of all.slice(0, lastSeen + 1).entries()) {
    if (!isSidecar(spec) && (hasBegun || index < lastSeen)) continue;
    const container = latest(observed, spec.name);
    const verdict = isSidecar(spec)
      ? judgeSidecar(spec, container, probed)
      : judgeInit(spec, pod, container);
    if (verdict.is === 'failed')
      return { isInitialized: false, isFailed: true, start: [], kill: [] };
    if (verdict.is === 'restart') {
      start.push(spec);
      if (verdict.kill) kill.push(verdict.kill);
    }
    if (verdict.is === 'done' && index === lastSeen && !hasBegun) {
      const next = all[index + 1];
      if (next) start.push(next);
      else isInitialized = true;
    }
  }
  return { isInitialized, isFailed: false, start, kill };
}

type Verdict =
  | { readonly is: 'done' | 'waiting' | 'failed' }
  | { readonly is: 'restart'; readonly kill?: Kill };

function judgeInit(
  spec: ContainerSpec,
  pod: Pod,
  container: RuntimeContainer | undefined,
): Verdict {
  switch (container?.state) {
    case 'running':
      return { is: 'waiting' };
    case 'exited': {
      if (container.exitCode === 0) return { is: 'done' };
      return { is: restartsAfter(spec, pod, container.exitCode ?? 1) ? 'restart' : 'failed' };
    }
    case 'unknown':
      return { is: 'restart', kill: unknownKill(container, 'Init container') };
    default:
      return { is: 'restart' }; // created and never started: the runtime failed halfway
  }
}

function judgeSidecar(
  { name, startupProbe, livenessProbe }: ContainerSpec,
  container: RuntimeContainer | undefined,
  probed: Probed,
): Verdict {
  if (container?.state === 'unknown')
    return { is: 'restart', kill: unknownKill(container, 'Init container') };
  if (container?.state !== 'running') return { is: 'restart' };
  const { startup, liveness } = probed.get(container.id) ?? {};
  const failed =
    startupProbe && startup === false
      ? 'startup'
      : livenessProbe && liveness === false
        ? 'liveness'
        : '';
  if (failed)
    return {
      is: 'restart',
      kill: {
        container,
        reason: failed === 'startup' ? 'StartupProbe' : 'LivenessProbe',
        message: `Init container ${name} failed ${failed} probe`,
      },
    };
  return { is: startupProbe && startup !== true ? 'waiting' : 'done' };
}

export const unknownKill = (container: RuntimeContainer, what: string): Kill => ({
  container,
  reason: 'Unknown',
  message: `${what} is in "unknown" state, try killing it before restart`,
});
