import { formatTime } from '@coxswain/api';
import type { Pod, PodStatus } from '@coxswain/api/types/core-v1';
import { podConditions } from './conditions.ts';
import { containerStatuses, hasStarted, type StatusSources } from './container-status.ts';
import { podIpsOf, sandboxNeed } from './observed.ts';
import { podPhase } from './phase.ts';
import { qosClass } from './qos.ts';
import { isHostNetwork, isTerminalPhase } from './spec.ts';

export interface PodVerdict {
  readonly phase?: 'Failed';
  readonly reason: string;
  readonly message: string;
  /** The node never took it: nothing is known of its containers. */
  readonly isRefusal?: boolean;
}

export interface StatusInputs extends StatusSources {
  readonly hostIps: readonly string[];
  readonly nowMs: number;
  /** Nothing of the pod will be started any more. */
  readonly isTerminal: boolean;
  /** Why the node ended the pod or never took it: overrides phase, reason and message. */
  readonly verdict?: PodVerdict | undefined;
}

/** The pod's whole status as the API shall show it. `pod.status` is what was last told; phases never go back from an end. */
export function podStatus(pod: Pod, inputs: StatusInputs): PodStatus {
  const { observed, hostIps, nowMs, verdict } = inputs;
  const old = pod.status ?? {};
  if (verdict?.isRefusal && !old.containerStatuses) return refusedStatus(pod, verdict, nowMs);
  const statuses = containerStatuses(pod, inputs);
  const init = statuses.initContainerStatuses ?? [];
  const apps = statuses.containerStatuses ?? [];
  const seen = podPhase(pod, [...init, ...apps], inputs.isTerminal, hasStarted(pod, observed));
  // What never came to an end of its own has failed: whoever counts the pod waits for one.
  const found = inputs.isTerminal && !isTerminalPhase(seen) ? 'Failed' : seen;
  const phase = isTerminalPhase(old.phase) ? old.phase! : (verdict?.phase ?? found);
  const kept = phase === old.phase ? { reason: old.reason, message: old.message } : {};
  const { reason, message } = verdict?.phase && !isTerminalPhase(old.phase) ? verdict : kept;
  const isReady = sandboxNeed(observed, isHostNetwork(pod)) === undefined;
  const ips = ipsOf(pod, inputs);
  return {
    ...(pod.metadata.generation && { observedGeneration: pod.metadata.generation }),
    phase,
    conditions: podConditions(pod, phase, init, apps, isReady, nowMs),
    ...(message && { message }),
    ...(reason && { reason }),
    ...(hostIps[0] && { hostIP: hostIps[0], hostIPs: hostIps.map((ip) => ({ ip })) }),
    ...(ips[0] && { podIP: ips[0], podIPs: ips.map((ip) => ({ ip })) }),
    startTime: old.startTime ?? formatTime(nowMs),
    ...statuses,
    qosClass: old.qosClass ?? qosClass(pod),
  };
}

/** Conditions stay as they are. */
function refusedStatus(pod: Pod, { reason, message }: PodVerdict, nowMs: number): PodStatus {
  const { conditions, startTime, qosClass: known } = pod.status ?? {};
  return {
    ...(pod.metadata.generation && { observedGeneration: pod.metadata.generation }),
    ...{ phase: 'Failed', ...(conditions && { conditions }), message, reason },
    startTime: startTime ?? formatTime(nowMs),
    qosClass: known ?? qosClass(pod),
  };
}

/** A pod that has ended keeps the addresses it had, as the API shows them of finished pods. */
function ipsOf(pod: Pod, { observed, hostIps }: StatusInputs): readonly string[] {
  const ips = podIpsOf(observed);
  if (ips.length > 0) return ips;
  const old = pod.status?.podIPs?.map(({ ip }) => ip) ?? [];
  return old.length === 0 && isHostNetwork(pod) ? hostIps : old;
}
