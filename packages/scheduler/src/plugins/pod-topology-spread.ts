import type { Selector } from '@coxswain/api';
import type { Pod, TopologySpreadConstraint } from '@coxswain/api/types/core-v1';
import type { ClusterEvent } from '../framework/event.ts';
import {
  fits,
  type Prepared,
  rejected,
  type Scene,
  type SchedulerPlugin,
  type Surroundings,
} from '../framework/plugin.ts';
import type { Domains } from '../nodes/domains.ts';
import type { NodeInfo } from '../nodes/node-info.ts';
import type { PodGroup } from '../nodes/pod-groups.ts';
import {
  allCount,
  counts,
  givenSpreads,
  hasAllKeys,
  hostnameKey,
  isCounted,
  meant,
  type Spread,
  spreadsOf,
  systemSpreads,
} from './spread-constraints.ts';

/** One constraint with the pods in each of its domains, by its number. */
interface Counted {
  readonly spread: Spread;
  readonly domains: Domains;
  readonly pods: Int32Array;
  /** How many nodes of each domain count: none, and it is no domain. */
  readonly nodes: Readonly<ArrayLike<number>>;
  /** Of the emptiest domain; 0 while there are fewer than the constraint wants. */
  readonly least: number;
}

const uneven = rejected("node(s) didn't match pod topology spread constraints", true);
const unlabelled = rejected(
  "node(s) didn't match pod topology spread constraints (missing required label)",
  false,
);

function leastOf(
  { domainsMin }: Spread,
  pods: Int32Array,
  nodes: Readonly<ArrayLike<number>>,
): number {
  let least = Infinity;
  let domains = 0;
  for (let id = 0; id < nodes.length; id++) {
    if (nodes[id] === 0) continue;
    domains++;
    if (pods[id]! < least) least = pods[id]!;
  }
  return domains < domainsMin ? 0 : least;
}

/** Adds up the pods of `groups` by their domains, those on nodes that count. */
function podsIn(
  groups: readonly PodGroup[],
  domains: Domains,
  isCounting?: (info: NodeInfo) => boolean,
): Int32Array {
  const pods = new Int32Array(domains.sizes.length);
  for (const group of groups)
    if (isCounting)
      for (const [info, count] of group.nodes) {
        const id = info.domain(domains);
        if (id >= 0 && isCounting(info)) pods[id]! += count;
      }
    else {
      const some = group.in(domains);
      for (let id = 0; id < pods.length; id++) pods[id]! += some[id]!;
    }
  return pods;
}

function countAll(pod: Pod, spreads: readonly Spread[], scene: Scene): readonly Counted[] {
  const groups = scene.groups();
  const all = allCount(spreads, pod, groups);
  return spreads.map((spread) => {
    const domains = groups.domains(spread.key);
    const found = meant(groups, spread, pod.metadata.namespace);
    const isCounting = ({ node }: NodeInfo): boolean =>
      hasAllKeys(node, spreads) && counts(spread, pod, node);
    const pods = podsIn(found, domains, all ? undefined : isCounting);
    if (all) {
      const nodes = domains.sizes;
      return { spread, domains, pods, nodes, least: leastOf(spread, pods, nodes) };
    }
    const nodes = new Int32Array(domains.sizes.length);
    for (const info of scene.nodes.values()) {
      const id = info.domain(domains);
      if (id >= 0 && isCounting(info)) nodes[id]!++;
    }
    return { spread, domains, pods, nodes, least: leastOf(spread, pods, nodes) };
  });
}

/** Constraints for pods without any; undefined: upstream's own. */
type Given = readonly TopologySpreadConstraint[] | undefined;

interface Evenness {
  readonly spreads: readonly Spread[];
  readonly domains: readonly Domains[];
  /** The pods that each counts: those in each domain, or for host names those of these groups on each node. */
  readonly pods: readonly (Int32Array | readonly PodGroup[])[];
  /** Grows with the number of domains, so that wide topologies do not drown narrow ones. */
  readonly weights: readonly number[];
  /** Nodes that lack a topology that is asked for: worth nothing. */
  readonly ignored: ReadonlySet<NodeInfo>;
  /** The nodes whose points are normalized, in their order. */
  readonly feasible: readonly NodeInfo[];
}

function evennessOf(
  pod: Pod,
  feasible: readonly NodeInfo[],
  scene: Scene,
  given: Given,
): Evenness | undefined {
  const own = (pod.spec.topologySpreadConstraints ?? []).length > 0;
  const siblings = own ? undefined : scene.around.siblingsOf(pod);
  const byDefault = (selector: Selector): readonly Spread[] =>
    given ? givenSpreads(given, 'ScheduleAnyway', selector) : systemSpreads(selector);
  const spreads = own ? spreadsOf(pod, 'ScheduleAnyway') : siblings ? byDefault(siblings) : [];
  const needsAll = own || given !== undefined;
  if (spreads.length === 0) return undefined;
  const groups = scene.groups();
  const all = allCount(spreads, pod, groups);
  const ignored = new Set(
    needsAll && !all ? feasible.filter(({ node }) => !hasAllKeys(node, spreads)) : [],
  );
  const domains = spreads.map(({ key }) => groups.domains(key));
  const pods = spreads.map((spread, at) => {
    const found = meant(groups, spread, pod.metadata.namespace);
    if (spread.key === hostnameKey) return found; // counted node by node
    const isCounting = ({ node }: NodeInfo): boolean =>
      (!needsAll || hasAllKeys(node, spreads)) && counts(spread, pod, node);
    return podsIn(found, domains[at]!, all ? undefined : isCounting);
  });
  const weights = spreads.map(({ key }, at) => {
    const size =
      key === hostnameKey
        ? feasible.length - ignored.size
        : domainsAmong(feasible, ignored, domains[at]!);
    return Math.log(size + 2);
  });
  return { spreads, domains, pods, weights, ignored, feasible };
}

/** In how many domains these nodes are; those in none make one together. */
function domainsAmong(
  nodes: readonly NodeInfo[],
  ignored: ReadonlySet<NodeInfo>,
  domains: Domains,
): number {
  const seen = new Uint8Array(domains.sizes.length + 1);
  let count = 0;
  for (const info of nodes) {
    if (ignored.size > 0 && ignored.has(info)) continue;
    const at = info.domain(domains) + 1;
    if (seen[at] === 0) count++;
    seen[at] = 1;
  }
  return count;
}

/** What a pod must keep to: its own constraints, or those that are given for pods without. */
function hardSpreads(pod: Pod, around: Surroundings, given: Given): readonly Spread[] {
  const own = (pod.spec.topologySpreadConstraints ?? []).length > 0;
  const siblings = own || !given ? undefined : around.siblingsOf(pod);
  return siblings
    ? givenSpreads(given!, 'DoNotSchedule', siblings)
    : spreadsOf(pod, 'DoNotSchedule');
}

function prepareFor(pod: Pod, scene: Scene, given: Given): Prepared<readonly Counted[]> {
  const spreads = hardSpreads(pod, scene.around, given);
  if (spreads.length === 0) return { is: 'skip' };
  return { is: 'ready', state: countAll(pod, spreads, scene) };
}

/** Whether what happened changes how pods are spread that one with these constraints is counted with. */
function changesSpread(pod: Pod, event: ClusterEvent, spreads: readonly Spread[]): boolean {
  const means = ({ selector }: Spread, { metadata }: Pod): boolean =>
    selector.matches(metadata.labels ?? {});
  switch (event.type) {
    case 'pod/placed':
    case 'pod/deleted':
      return (
        event.pod.metadata.namespace === pod.metadata.namespace &&
        spreads.some((spread) => means(spread, event.pod))
      );
    case 'pod/relabelled':
    case 'pod/updated':
      return (
        event.pod.metadata.namespace === pod.metadata.namespace &&
        spreads.some(
          (spread) =>
            means(spread, event.pod) !== means(spread, event.before) ||
            (event.type === 'pod/updated' &&
              spread.taints &&
              event.pod.spec.tolerations?.length !== event.before.spec.tolerations?.length),
        )
      );
    case 'node/add':
    case 'node/deleted':
    case 'node/taints':
      return hasAllKeys(event.node, spreads);
    case 'node/labels': {
      const { node, before } = event;
      const had = hasAllKeys(before, spreads);
      const has = hasAllKeys(node, spreads);
      const moves = ({ key }: Spread): boolean =>
        node.metadata.labels?.[key] !== before.metadata.labels?.[key];
      return had !== has || (has && spreads.some(moves));
    }
    default:
      return false;
  }
}

const heeded = [
  ...(['node/add', 'node/deleted', 'node/labels', 'node/taints'] as const),
  ...(['pod/placed', 'pod/relabelled', 'pod/deleted', 'pod/updated'] as const),
];

function podsOn(groups: readonly PodGroup[], info: NodeInfo): number {
  let count = 0;
  for (const { nodes } of groups) count += nodes.get(info) ?? 0;
  return count;
}

/** Spreads pods evenly over the domains of a topology, as far as they must be, and as far as they would like to be. */
export const podTopologySpreadWith = (
  given: Given,
): SchedulerPlugin<readonly Counted[], Evenness> => ({
  name: 'PodTopologySpread',
  wakeOn: heeded.map((event) => ({
    event,
    cures: (pod, what, around) => changesSpread(pod, what, hardSpreads(pod, around, given)),
  })),
  prepare: (pod, scene) => prepareFor(pod, scene, given),
  shift: (state, other, info, times, pod) =>
    state.map((each) => {
      const { spread, domains, nodes } = each;
      const id = info.domain(domains);
      if (id < 0 || nodes[id] === 0 || !counts(spread, pod, info.node)) return each;
      if (!isCounted(other, spread.selector, pod.metadata.namespace)) return each;
      const pods = each.pods.slice();
      pods[id]! += times;
      return { ...each, pods, least: leastOf(spread, pods, nodes) };
    }),
  filter(state, info, pod) {
    for (const { spread, domains, pods, least } of state) {
      const id = info.domain(domains);
      if (id < 0) return unlabelled;
      const itself = spread.selector.matches(pod.metadata.labels ?? {}) ? 1 : 0;
      if (pods[id]! + itself - least > spread.skewMax) return uneven;
    }
    return fits;
  },
  scoring: {
    weight: 2,
    prepare: (pod, feasible, scene) => evennessOf(pod, feasible, scene, given),
    score({ spreads, domains, pods, weights, ignored }, info) {
      if (ignored.size > 0 && ignored.has(info)) return 0;
      let score = 0;
      for (let at = 0; at < spreads.length; at++) {
        const id = info.domain(domains[at]!);
        if (id < 0) continue;
        const some = pods[at]!;
        const count = some instanceof Int32Array ? some[id]! : podsOn(some, info);
        score += count * weights[at]! + (spreads[at]!.skewMax - 1);
      }
      return Math.round(score);
    },
    normalize(points, { ignored, feasible }) {
      let lowest = Infinity;
      let highest = 0;
      for (let at = 0; at < feasible.length; at++) {
        if (ignored.has(feasible[at]!)) continue;
        lowest = Math.min(lowest, points[at]!);
        highest = Math.max(highest, points[at]!);
      }
      for (let at = 0; at < feasible.length; at++)
        points[at] = ignored.has(feasible[at]!)
          ? 0
          : highest === 0
            ? 100
            : Math.trunc((100 * (highest + lowest - points[at]!)) / highest);
    },
  },
});

/** As in the default profile. */
export const podTopologySpread: SchedulerPlugin = podTopologySpreadWith(undefined);
