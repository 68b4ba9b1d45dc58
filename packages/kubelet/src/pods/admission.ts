import { fitsRequired, tolerates } from '@coxswain/api/nodes';
import { milliValue, wholeValue } from '@coxswain/api';
import type { Node, Pod, ResourceList, Taint } from '@coxswain/api/types/core-v1';
import type { Occupancy } from './occupancy.ts';
import { podRequests, type Requests } from './resources.ts';

/** Why the node does not take the pod. */
export interface Rejection {
  readonly reason: string;
  readonly message: string;
}

/** Undefined: the node takes the pod beside what `taken` says. Upstream's checks, in its order; the first that fails speaks. */
export function rejectPod(
  pod: Pod,
  node: Node,
  allocatable: ResourceList,
  taken: Occupancy,
): Rejection | undefined {
  if (pod.spec!.os && pod.spec!.os.name !== 'linux')
    return {
      reason: 'PodOSNotSupported',
      message: "Failed to admit pod as the OS field doesn't match node OS",
    };
  const short = lacking(podRequests(pod), allocatable, taken);
  if (short) return short;
  if (!fitsRequired(pod.spec, node))
    return predicate('NodeAffinity', "node(s) didn't match Pod's node affinity/selector");
  if (pod.spec!.nodeName && pod.spec!.nodeName !== node.metadata.name)
    return predicate('NodeName', "node(s) didn't match the requested node name");
  if (taken.clashes(pod))
    return predicate('NodePorts', "node(s) didn't have free ports for the requested pod ports");
  if (
    (node.spec?.taints ?? []).some(
      (taint) => taint.effect === 'NoExecute' && !isTolerated(pod, taint),
    )
  )
    return predicate('TaintToleration', "node(s) had taints that the pod didn't tolerate");
  return undefined;
}

const predicate = (reason: string, text: string): Rejection => ({
  reason,
  message: `Predicate ${reason} failed: ${text}`,
});

const storage = 'ephemeral-storage';

function lacking(
  wanted: Requests,
  allocatable: ResourceList,
  { pods, milliCpu, memoryBytes, storageBytes, others }: Occupancy,
): Rejection | undefined {
  const whole = (name: string): number => wholeValue(allocatable[name] ?? '0');
  const extended = Object.keys(wanted.others).filter((name) => name in allocatable);
  const checks: readonly (readonly [string, number, number, number])[] = [
    ['pods', 1, pods, whole('pods')],
    ['cpu', wanted.milliCpu, milliCpu, milliValue(allocatable['cpu'] ?? '0')],
    ['memory', wanted.memoryBytes, memoryBytes, whole('memory')],
    [storage, wanted.storageBytes, storageBytes, whole(storage)],
    ...extended.map(
      (name) => [name, wanted.others[name]!, others[name] ?? 0, whole(name)] as const,
    ),
  ];
  for (const [name, requested, taken, capacity] of checks)
    if (requested > 0 && requested > capacity - taken)
      return {
        reason: `OutOf${name}`,
        message: `Node didn't have enough resource: ${name}, requested: ${requested}, used: ${taken}, capacity: ${capacity}`,
      };
  return undefined;
}

const isTolerated = (pod: Pod, taint: Taint): boolean =>
  (pod.spec!.tolerations ?? []).some((toleration) => tolerates(toleration, taint));
