import type { Affinity, Pod, PodAffinityTerm, ResourceList } from '../generated/core-v1.ts';
import { addLists } from './lists.ts';
import { type QuotaEvaluator, scopeHolds } from './evaluator.ts';
import { isPodLevel, podAmounts } from './pod-amounts.ts';

const measured: ReadonlySet<string> = new Set([
  ...['count/pods', 'pods', 'cpu', 'memory', 'ephemeral-storage'],
  ...['requests.cpu', 'requests.memory', 'requests.ephemeral-storage'],
  ...['limits.cpu', 'limits.memory', 'limits.ephemeral-storage'],
]);
/** What every container must name when a quota restricts it. */
const mustName: ReadonlySet<string> = new Set([
  ...['cpu', 'memory', 'requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory'],
]);
const classPrefix = 'deviceclass.resource.kubernetes.io/';

const isNative = (name: string): boolean => !name.includes('/') || name.includes('kubernetes.io/');

/** `requests.example.com/gpu`, and what stands for a device class. */
export const isExtendedRequest = (name: string): boolean =>
  name.startsWith('requests.') && (!isNative(name) || name.startsWith(`requests.${classPrefix}`));

/** Resources that are no part of Kubernetes: devices, licences. */
export const isExtended = (name: string): boolean =>
  !isNative(name) && !name.startsWith('requests.');

/** A pod whose end is set from its start. */
export const isTerminating = ({ spec }: Pod): boolean => (spec.activeDeadlineSeconds ?? -1) >= 0;

/** Whether the pod still takes what it asked for: it has not ended, and its grace period is not over. */
export function takesResources({ metadata, status }: Pod, nowMs: number): boolean {
  if (status?.phase === 'Failed' || status?.phase === 'Succeeded') return false;
  const { deletionTimestamp, deletionGracePeriodSeconds } = metadata;
  if (!deletionTimestamp || deletionGracePeriodSeconds === undefined) return true;
  return nowMs <= Date.parse(deletionTimestamp) + deletionGracePeriodSeconds * 1000;
}

/** Pods, in all the names that a quota may give to what they ask for. */
export const podQuota: QuotaEvaluator<Pod> = {
  group: '',
  resource: 'pods',
  charges({ operation, subresource, object, before }) {
    if (subresource === 'resize') return operation === 'UPDATE';
    if (subresource !== '') return false;
    if (operation === 'CREATE') return true;
    return operation === 'UPDATE' && isTerminating(object as Pod) !== isTerminating(before as Pod);
  },
  measures: (name) =>
    measured.has(name) ||
    name.startsWith('hugepages-') ||
    name.startsWith('requests.hugepages-') ||
    isExtendedRequest(name),
  usage: podUsage,
  inScope(scope, pod) {
    const { priorityClassName } = pod.spec;
    switch (scope.scopeName) {
      case 'Terminating':
        return isTerminating(pod);
      case 'NotTerminating':
        return !isTerminating(pod);
      case 'BestEffort':
        return pod.status?.qosClass === 'BestEffort';
      case 'NotBestEffort':
        return pod.status?.qosClass !== 'BestEffort';
      case 'PriorityClass':
        return scopeHolds(scope, priorityClassName ? [priorityClassName] : []);
      case 'CrossNamespacePodAffinity':
        return reachesOut(pod.spec.affinity);
      default:
        return false;
    }
  },
  lacks(names, { spec }) {
    const { requests, limits } = spec.resources ?? {};
    if ([...Object.keys(requests ?? {}), ...Object.keys(limits ?? {})].some(isPodLevel))
      return undefined;
    const missing = names
      .filter((name) => mustName.has(name))
      .toSorted()
      .map((name) => {
        const silent = [...(spec.containers ?? []), ...(spec.initContainers ?? [])]
          .filter(
            ({ resources }) =>
              namedUsage(resources?.requests, resources?.limits)[name] === undefined,
          )
          .map((container) => container.name);
        return { name, silent: [...new Set(silent)].toSorted() };
      })
      .filter(({ silent }) => silent.length > 0);
    return missing.length
      ? `must specify ${missing.map(({ name, silent }) => `${name} for: ${silent.join(',')}`).join('; ')}`
      : undefined;
  },
};

/** What the pod takes of quotas at `nowMs`. */
export function podUsage(pod: Pod, { nowMs }: { readonly nowMs: number }): ResourceList {
  const counted = { 'count/pods': '1' };
  if (!takesResources(pod, nowMs)) return counted;
  const named = namedUsage(podAmounts(pod, 'requests'), podAmounts(pod, 'limits'));
  return addLists(addLists(counted, { pods: '1' }), named);
}

/** Requests and limits under the names that quotas have for them. */
function namedUsage(requests: ResourceList = {}, limits: ResourceList = {}): ResourceList {
  const usage: Record<string, string> = {};
  for (const name of ['cpu', 'memory', 'ephemeral-storage']) {
    if (requests[name] !== undefined) usage[name] = usage[`requests.${name}`] = requests[name];
    if (limits[name] !== undefined) usage[`limits.${name}`] = limits[name];
  }
  for (const name in requests)
    if (name.startsWith('hugepages-')) usage[name] = usage[`requests.${name}`] = requests[name]!;
    else if (isExtended(name) || name.startsWith(classPrefix))
      usage[`requests.${name}`] = requests[name]!;
  return usage;
}

/** Whether a term looks at pods of other namespaces. */
function reachesOut(affinity: Affinity | undefined): boolean {
  const terms = [affinity?.podAffinity, affinity?.podAntiAffinity].flatMap(
    (each): readonly PodAffinityTerm[] => [
      ...(each?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
      ...(each?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(
        ({ podAffinityTerm }) => podAffinityTerm,
      ),
    ],
  );
  return terms.some(
    ({ namespaces, namespaceSelector }) =>
      (namespaces?.length ?? 0) > 0 || namespaceSelector !== undefined,
  );
}
