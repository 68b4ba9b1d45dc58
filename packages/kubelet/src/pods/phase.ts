import type { ContainerStatus, Pod } from '@coxswain/api/types/core-v1';
import { isSidecar, restartsAfter } from './spec.ts';

export type Phase = 'Pending' | 'Running' | 'Succeeded' | 'Failed';

/**
 * The pod's phase from the statuses of its init and app containers: upstream's getPhase. `isTerminal`: nothing will be
 * restarted any more; `hasBegun`: an app container is or was running, so restarting sidecars do not make the pod Pending again.
 */
export function podPhase(
  pod: Pod,
  statuses: readonly ContainerStatus[],
  isTerminal: boolean,
  hasBegun: boolean,
): Phase {
  const byName = new Map(statuses.map((status) => [status.name, status]));
  const init = countInit(pod, byName);
  const sidecars = countSidecars(pod, byName);
  const apps = countApps(pod, byName);
  if (init.failedForGood > 0) return 'Failed';
  const waiting = sidecars.waiting + apps.waiting;
  const running = sidecars.running + apps.running;
  const unknown = sidecars.unknown + apps.unknown;
  const isInitialising = init.pending > 0 || (sidecars.pending > 0 && !hasBegun);
  if (isInitialising || waiting > 0) return 'Pending';
  if (running > 0 && unknown === 0) return 'Running';
  if (running === 0 && apps.stopped > 0 && unknown === 0) {
    if (!isTerminal && apps.stopped !== apps.stoppedForGood) return 'Running';
    return apps.stopped === apps.succeeded ? 'Succeeded' : 'Failed';
  }
  return 'Pending';
}

type ByName = ReadonlyMap<string, ContainerStatus>;

function countInit(pod: Pod, byName: ByName): { pending: number; failedForGood: number } {
  const count = { pending: 0, failedForGood: 0 };
  for (const container of pod.spec!.initContainers ?? []) {
    if (isSidecar(container)) continue;
    const { state, lastState } = byName.get(container.name) ?? {};
    const ended = state?.terminated ?? (state?.waiting && lastState?.terminated);
    if (!ended) count.pending++;
    else if (ended.exitCode !== 0 && !restartsAfter(container, pod, ended.exitCode))
      count.failedForGood++;
  }
  return count;
}

function countSidecars(
  pod: Pod,
  byName: ByName,
): { pending: number; running: number; waiting: number; unknown: number } {
  const count = { pending: 0, running: 0, waiting: 0, unknown: 0 };
  for (const container of pod.spec!.initContainers ?? []) {
    if (!isSidecar(container)) continue;
    const status = byName.get(container.name);
    if (!status) count.unknown++;
    else if (status.state?.running) {
      if (!status.started) count.pending++;
      count.running++;
    } else if (status.state?.waiting && !status.lastState?.terminated) {
      count.pending++;
      count.waiting++;
    }
  }
  return count;
}

function countApps(
  pod: Pod,
  byName: ByName,
): Record<'running' | 'waiting' | 'unknown' | 'stopped' | 'stoppedForGood' | 'succeeded', number> {
  const count = { running: 0, waiting: 0, unknown: 0, stopped: 0, stoppedForGood: 0, succeeded: 0 };
  for (const container of pod.spec!.containers) {
    const { state, lastState } = byName.get(container.name) ?? {};
    const ended = state?.terminated ?? (state?.waiting && lastState?.terminated);
    if (state?.running) count.running++;
    else if (ended) {
      count.stopped++;
      if (!restartsAfter(container, pod, ended.exitCode)) count.stoppedForGood++;
      // One that waits to start again counts as stopped, not as succeeded.
      if (state?.terminated?.exitCode === 0) count.succeeded++;
    } else if (state?.waiting) count.waiting++;
    else count.unknown++;
  }
  return count;
}
