import { parseSelector, type Selector, selectorOf } from '@coxswain/api';
import { fitsRequired, tolerates } from '@coxswain/api/nodes';
import type { Node, Pod, Taint, TopologySpreadConstraint } from '@coxswain/api/types/core-v1';
import type { PodGroup, PodGroups } from '../nodes/pod-groups.ts';

/** A spread constraint as it is counted. */
export interface Spread {
  readonly key: string; // topologyKey
  readonly skewMax: number;
  readonly domainsMin: number;
  readonly selector: Selector;
  /** Whether nodes that the pod cannot go to count. */
  readonly affinity: boolean; // Honor
  readonly taints: boolean; // Honor
}

export const hostnameKey = 'kubernetes.io/hostname';
const zoneKey = 'topology.kubernetes.io/zone';

/** The pod's own constraints of one sort. */
export const spreadsOf = (
  { spec, metadata }: Pod,
  sort: 'DoNotSchedule' | 'ScheduleAnyway',
): readonly Spread[] =>
  (spec.topologySpreadConstraints ?? [])
    .filter(({ whenUnsatisfiable }) => whenUnsatisfiable === sort)
    .map((constraint) => ({
      ...spreadOf(constraint),
      selector: selectorFor(constraint, metadata.labels ?? {}),
    }));

/** Constraints of the configuration, for pods without constraints of their own. */
export const givenSpreads = (
  constraints: readonly TopologySpreadConstraint[],
  sort: 'DoNotSchedule' | 'ScheduleAnyway',
  selector: Selector,
): readonly Spread[] =>
  constraints
    .filter(({ whenUnsatisfiable }) => whenUnsatisfiable === sort)
    .map((constraint) => ({ ...spreadOf(constraint), selector }));

const spreadOf = (constraint: TopologySpreadConstraint): Omit<Spread, 'selector'> => ({
  key: constraint.topologyKey,
  skewMax: constraint.maxSkew,
  domainsMin: constraint.minDomains ?? 1,
  affinity: (constraint.nodeAffinityPolicy ?? 'Honor') === 'Honor',
  taints: constraint.nodeTaintsPolicy === 'Honor',
});

/** What upstream asks for pods without constraints of their own: even over zones, and more or less over nodes. */
export const systemSpreads = (selector: Selector): readonly Spread[] =>
  [
    { key: hostnameKey, skewMax: 3 },
    { key: zoneKey, skewMax: 5 },
  ].map((each) => ({ ...each, domainsMin: 1, selector, affinity: true, taints: false }));

/** `matchLabelKeys` narrow it to pods of the same values: those of one revision, say. */
function selectorFor(
  { labelSelector, matchLabelKeys = [] }: TopologySpreadConstraint,
  labels: Readonly<Record<string, string>>,
): Selector {
  const selector = selectorOf(labelSelector);
  const keys = matchLabelKeys.filter((key) => labels[key] !== undefined);
  if (keys.length === 0 || selector.nothing) return selector;
  const own = parseSelector(keys.map((key) => `${key}=${labels[key]}`).join(','));
  const both = [...own.requirements, ...selector.requirements];
  return {
    requirements: both,
    nothing: false,
    matches: (given) => own.matches(given) && selector.matches(given),
  };
}

/** Whether each of all nodes counts for each of `spreads`, so that nobody has to look. */
export const allCount = (spreads: readonly Spread[], { spec }: Pod, groups: PodGroups): boolean => {
  const isPicky = Boolean(
    spec.nodeSelector ??
    spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution,
  );
  return spreads.every(
    ({ key, affinity, taints }) =>
      !taints && !(affinity && isPicky) && groups.domains(key).nodes === groups.size,
  );
};

export const hasAllKeys = (node: Node, spreads: readonly Spread[]): boolean =>
  spreads.every(({ key }) => node.metadata.labels?.[key] !== undefined);

const isHard = ({ effect }: Taint): boolean => effect === 'NoSchedule' || effect === 'NoExecute';

/** Whether pods on `node` count for `spread`. */
export function counts({ affinity, taints }: Spread, pod: Pod, node: Node): boolean {
  if (affinity && !fitsRequired(pod.spec, node)) return false;
  if (!taints) return true;
  return (node.spec.taints ?? []).every(
    (taint) =>
      !isHard(taint) ||
      (pod.spec.tolerations ?? []).some((toleration) => tolerates(toleration, taint)),
  );
}

/** Pods of `namespace` that are meant and not on their way out, those that are alike together. */
export const meant = (
  groups: PodGroups,
  { selector }: Spread,
  namespace: string | undefined,
): readonly PodGroup[] =>
  // As upstream: an empty selector counts none.
  selector.nothing || selector.requirements.length === 0
    ? []
    : groups.matching(selector, namespace);

export const isCounted = (
  { metadata }: Pod,
  selector: Selector,
  namespace: string | undefined,
): boolean =>
  !metadata.deletionTimestamp &&
  metadata.namespace === namespace &&
  selector.matches(metadata.labels ?? {});
