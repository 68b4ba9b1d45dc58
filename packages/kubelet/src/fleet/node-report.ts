import type { Node, NodeCondition, NodeStatus } from '@coxswain/api/types/core-v1';
import { runtimeVersion, wellConditions } from './node-object.ts';
import type { FleetParts } from './fleet.ts';

const reportMs = 300_000;

/** What the kubelet has to tell of its node: the patch of its status, or undefined when that is true and not old. */
export function statusChange(
  { status = {} }: Node,
  reportedMs: number,
  nowMs: number,
  { kubeletPort, kubeletVersion }: Pick<FleetParts, 'kubeletPort' | 'kubeletVersion'>,
): { readonly status: Partial<NodeStatus> } | undefined {
  const before = status.conditions ?? [];
  const conditions = wellConditions(before, nowMs);
  const port = status.daemonEndpoints?.kubeletEndpoint?.Port;
  const hasMoved = kubeletPort !== undefined && port !== kubeletPort;
  const isDue = !(nowMs - reportedMs < reportMs); // also when nothing was ever reported
  if (!isDue && !hasMoved && isSaid(before, conditions)) return undefined;
  return {
    status: {
      conditions,
      ...(hasMoved && { daemonEndpoints: { kubeletEndpoint: { Port: kubeletPort } } }),
      ...(!status.nodeInfo?.kubeletVersion && {
        nodeInfo: {
          ...{ machineID: '', systemUUID: '', bootID: '', kernelVersion: 'simulated' },
          ...{ osImage: 'Coxswain simulated node', containerRuntimeVersion: runtimeVersion },
          ...{ kubeletVersion, kubeProxyVersion: '', operatingSystem: 'linux' },
          architecture: 'amd64',
        },
      }),
    },
  };
}

const isSaid = (before: readonly NodeCondition[], wanted: readonly NodeCondition[]): boolean =>
  wanted.every(({ type, status, reason }) =>
    before.some((one) => one.type === type && one.status === status && one.reason === reason),
  );
