import { formatTime } from '@coxswain/api';
import type { NodeCondition } from '@coxswain/api/types/core-v1';
import type { RuntimeHealth } from '../runtime.ts';

/** What the node has too little of. */
export interface Pressure {
  readonly memory: boolean;
  readonly disk: boolean;
  readonly pids: boolean;
}

export const noPressure: Pressure = { memory: false, disk: false, pids: false };

type Verdict = readonly [type: string, status: 'True' | 'False', reason: string, message: string];

/** The node's conditions in upstream's order and words. A condition that stays keeps its time of transition. */
export function nodeConditions(
  health: RuntimeHealth | undefined,
  pressure: Pressure,
  before: readonly NodeCondition[],
  nowMs: number,
): readonly NodeCondition[] {
  const now = formatTime(nowMs);
  const verdicts = [memory(pressure), disk(pressure), pids(pressure), ready(health)];
  return verdicts.map(([type, status, reason, message]) => {
    const old = before.find((condition) => condition.type === type);
    const lastTransitionTime = old?.status === status ? old.lastTransitionTime : now;
    return { type, status, lastHeartbeatTime: now, lastTransitionTime, reason, message };
  });
}

const memory = (pressure: Pressure): Verdict =>
  pressure.memory
    ? [
        'MemoryPressure',
        'True',
        'KubeletHasInsufficientMemory',
        'kubelet has insufficient memory available',
      ]
    : [
        'MemoryPressure',
        'False',
        'KubeletHasSufficientMemory',
        'kubelet has sufficient memory available',
      ];

const disk = (pressure: Pressure): Verdict =>
  pressure.disk
    ? ['DiskPressure', 'True', 'KubeletHasDiskPressure', 'kubelet has disk pressure']
    : ['DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'];

const pids = (pressure: Pressure): Verdict =>
  pressure.pids
    ? ['PIDPressure', 'True', 'KubeletHasInsufficientPID', 'kubelet has insufficient PID available']
    : ['PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'];

/** Undefined health: the runtime does not answer. */
function ready(health: RuntimeHealth | undefined): Verdict {
  const problem = !health
    ? 'container runtime is down'
    : !health.isRuntimeReady
      ? `container runtime not ready: ${health.runtimeMessage}`
      : !health.isNetworkReady
        ? `container runtime network not ready: NetworkReady=false reason:${health.networkReason} message:${health.networkMessage}`
        : undefined;
  return problem === undefined
    ? ['Ready', 'True', 'KubeletReady', 'kubelet is posting ready status']
    : ['Ready', 'False', 'KubeletNotReady', problem];
}
