import { Namespaces, PriorityClasses, ServiceCIDRs } from '@coxswain/api';
import { type Wanted, wanted } from './policy.ts';

/** What depends on how the cluster was set up. */
export interface SystemSettings {
  /** `--service-cluster-ip-range`: one range, or one of each family. */
  readonly serviceRanges: readonly string[];
}

export const systemNamespaces: readonly Wanted[] = [
  ...['default', 'kube-system', 'kube-public', 'kube-node-lease'],
].map((name) => wanted(Namespaces, { metadata: { name }, spec: {} }));

const priorityClass = (name: string, value: number, description: string): Wanted =>
  wanted(PriorityClasses, { metadata: { name }, value, description });

export const systemPriorityClasses: readonly Wanted[] = [
  priorityClass(
    'system-node-critical',
    2_000_001_000,
    'Used for system critical pods that must not be moved from their current node.',
  ),
  priorityClass(
    'system-cluster-critical',
    2_000_000_000,
    'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
  ),
];

/** The objects beside namespaces and policy that every cluster has from its start. */
export const systemObjects = (settings: SystemSettings): readonly Wanted[] => [
  ...systemPriorityClasses,
  wanted(ServiceCIDRs, {
    metadata: { name: 'kubernetes' },
    spec: { cidrs: settings.serviceRanges },
  }),
];
