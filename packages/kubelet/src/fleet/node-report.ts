import type { Node, NodeCondition, NodeStatus } from '@coxswain/api/types/core-v1';
import { nodeConditions } from '../node/conditions.ts';
import { listedImages } from '../node/status.ts';
import type { RuntimeImage } from '../runtime.ts';
import type { FleetParts } from './fleet.ts';
import { healthOf } from './node-faults.ts';
import { capacityDefault, runtimeVersion } from './node-object.ts';

const reportMs = 300_000;
/** New images alone are worth a report so often. */
const imagesMs = 60_000;

export interface Told {
  readonly atMs: number;
  readonly images: number;
}

/** Nodes whose status says all that there is to say of them. */
const isTold = new WeakSet<Node>();

/** What the kubelet has to tell of its node: the patch of its status, or undefined when that is true and not old. */
export function statusChange(
  node: Node,
  told: Told,
  images: readonly RuntimeImage[],
  nowMs: number,
  parts: Pick<FleetParts, 'kubeletPort' | 'kubeletVersion'>,
): { readonly status: Partial<NodeStatus> } | undefined {
  const quietMs = nowMs - told.atMs;
  const isDue = quietMs >= reportMs || (images.length !== told.images && quietMs >= imagesMs);
  if (!isDue && isTold.has(node)) return undefined;
  const { status = {} } = node;
  const { runtime, pressure } = healthOf(node);
  const before = status.conditions ?? [];
  const conditions = nodeConditions(runtime, pressure, before, nowMs);
  const missing = unsaid(node, parts);
  if (!missing && isSaid(before, conditions)) {
    isTold.add(node);
    if (!isDue) return undefined;
  }
  const all = {
    conditions,
    ...(images.length > 0 && { images: listedImages(images) }),
    ...missing,
  };
  return { status: all };
}

/** What a Node that others made, or an earlier kubelet, does not say or says wrongly. */
function unsaid(
  { metadata: { name, labels }, status = {} }: Node,
  { kubeletPort: Port, kubeletVersion }: Pick<FleetParts, 'kubeletPort' | 'kubeletVersion'>,
): Partial<NodeStatus> | undefined {
  const hasMoved = Port !== undefined && status.daemonEndpoints?.kubeletEndpoint?.Port !== Port;
  const isOurs = status.nodeInfo?.kubeletVersion;
  if (!hasMoved && isOurs) return undefined;
  const capacity = { ...capacityDefault, ...status.capacity };
  const architecture = labels?.['kubernetes.io/arch'] ?? 'amd64';
  return {
    ...(hasMoved && { daemonEndpoints: { kubeletEndpoint: { Port } } }),
    ...(!isOurs && {
      ...{ capacity, allocatable: { ...capacity, ...status.allocatable } },
      addresses: status.addresses ?? [{ type: 'Hostname', address: name }],
      nodeInfo: {
        ...{ machineID: '', systemUUID: '', bootID: '', kernelVersion: 'simulated' },
        ...{ osImage: 'Coxswain simulated node', containerRuntimeVersion: runtimeVersion },
        ...{ kubeletVersion, kubeProxyVersion: '', operatingSystem: 'linux', architecture },
      },
    }),
  };
}

const isSaid = (before: readonly NodeCondition[], wanted: readonly NodeCondition[]): boolean =>
  wanted.every(({ type, status, reason }) =>
    before.some((one) => one.type === type && one.status === status && one.reason === reason),
  );
