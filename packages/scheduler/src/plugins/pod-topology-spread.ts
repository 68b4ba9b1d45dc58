import type { Selector } from '@coxswain/api';
import type { Pod, TopologySpreadConstraint } from '@coxswain/api/types/core-v1';
import type { ClusterEvent } from '../framework/event.ts';
import {
  type Choice,
  fits,
  type Prepared,
  rejected,
  type Scene,
  type SchedulerPlugin,
  type Surroundings,
} from '../framework/plugin.ts';
import type { Domains } from '../nodes/domains.ts';
import type { NodeInfo } from '../nodes/node-info.ts';
import type { PodGroup, PodGroups } from '../nodes/pod-groups.ts';
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
        const id = domains.of(info);
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
      const id = domains.of(info);
      if (id >= 0 && isCounting(info)) nodes[id]!++;
    }
    return { spread, domains, pods, nodes, least: leastOf(spread, pods, nodes) };
  });
}

/** Constraints for pods without any; undefined: upstream's own. */
type Given = readonly TopologySpreadConstraint[] | undefined;

/** One preference, with the pods that it counts: those in each domain, or for host names those of these groups on each node. */
interface Weighed {
  readonly spread: Spread;
  readonly domains: Domains;
  readonly pods: Int32Array | readonly PodGroup[];
  /** Grows with the number of domains, so that wide topologies do not drown narrow ones. */
  readonly weight: number;
}

interface Evenness {
  readonly weighed: readonly Weighed[];
  /** Nodes that lack a topology that is asked for: worth nothing. */
  readonly ignored: ReadonlySet<NodeInfo>;
  /** The nodes whose points are normalized, in their order. */
  readonly nodes: readonly NodeInfo[];
  readonly groups: PodGroups;
}

function evennessOf(pod: Pod, choice: Choice, scene: Scene, given: Given): Evenness | undefined {
  const { nodes } = choice;
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
    needsAll && !all ? nodes.filter(({ node }) => !hasAllKeys(node, spreads)) : [],
  );
  const weighed = spreads.map((spread): Weighed => {
    const domains = groups.domains(spread.key);
    const found = meant(groups, spread, pod.metadata.namespace);
    const weightOf = (size: number): number => Math.log(size + 2);
    if (spread.key === hostnameKey)
      return { spread, domains, pods: found, weight: weightOf(nodes.length - ignored.size) };
    const isCounting = ({ node }: NodeInfo): boolean =>
      (!needsAll || hasAllKeys(node, spreads)) && counts(spread, pod, node);
    const pods = podsIn(found, domains, all ? undefined : isCounting);
    return { spread, domains, pods, weight: weightOf(domainsAmong(choice, ignored, domains)) };
  });
  return { weighed, ignored, nodes, groups };
}

/** In how many domains these nodes are; those in none make one together. */
function domainsAmong(
  { nodes, slots }: Choice,
  ignored: ReadonlySet<NodeInfo>,
  domains: Domains,
): number {
  const seen = new Uint8Array(domains.sizes.length + 1);
  const { bySlot, count: most } = domains;
  let count = 0;
  for (let at = 0; at < nodes.length && count <= most; at++) {
    if (ignored.size > 0 && ignored.has(nodes[at]!)) continue;
    const slot = slots[at]!;
    const id = (slot < 0 ? domains.of(nodes[at]!) : bySlot[slot]!) + 1;
    if (seen[id] === 0) count++;
    seen[id] = 1;
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

/** Adds to `points` what each node counts for by one preference: less is better. */
function addCounts(
  { spread: { skewMax }, domains, pods, weight }: Weighed,
  { nodes, slots }: Choice,
  groups: PodGroups,
  points: Float64Array,
): void {
  const { bySlot } = domains;
  const inDomains = pods instanceof Int32Array ? pods : undefined;
  const found = inDomains ? [] : (pods as readonly PodGroup[]);
  const onNodes = inDomains ? undefined : groups.bySlot(found, nodes.length);
  for (let at = 0; at < slots.length; at++) {
    const slot = slots[at]!;
    const id = slot < 0 ? domains.of(nodes[at]!) : bySlot[slot]!;
    if (id < 0) continue;
    const count = inDomains
      ? inDomains[id]!
      : onNodes && slot >= 0
        ? onNodes[slot]!
        : podsOn(found, nodes[at]!);
    points[at]! += count * weight + (skewMax - 1);
  }
}

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
      const id = domains.of(info);
      if (id < 0 || nodes[id] === 0 || !counts(spread, pod, info.node)) return each;
      if (!isCounted(other, spread.selector, pod.metadata.namespace)) return each;
      const pods = each.pods.slice();
      pods[id]! += times;
      return { ...each, pods, least: leastOf(spread, pods, nodes) };
    }),
  filter(state, info, pod) {
    for (const { spread, domains, pods, least } of state) {
      const id = domains.of(info);
      if (id < 0) return unlabelled;
      const itself = spread.selector.matches(pod.metadata.labels ?? {}) ? 1 : 0;
      if (pods[id]! + itself - least > spread.skewMax) return uneven;
    }
    return fits;
  },
  scoring: {
    weight: 2,
    prepare: (pod, feasible, scene) => evennessOf(pod, feasible, scene, given),
    scoreAll({ weighed, groups }, choice, points) {
      points.fill(0);
      for (const each of weighed) addCounts(each, choice, groups, points);
      for (let at = 0; at < points.length; at++) points[at] = Math.round(points[at]!);
    },
    normalize(points, { ignored, nodes }) {
      const isIgnored = (at: number): boolean => ignored.size > 0 && ignored.has(nodes[at]!);
      let lowest = Infinity;
      let highest = 0;
      for (let at = 0; at < points.length; at++) {
        if (isIgnored(at)) continue;
        if (points[at]! < lowest) lowest = points[at]!;
        if (points[at]! > highest) highest = points[at]!;
      }
      for (let at = 0; at < points.length; at++)
        points[at] = isIgnored(at)
          ? 0
          : highest === 0
            ? 100
            : Math.trunc((100 * (highest + lowest - points[at]!)) / highest);
    },
  },
});

/** As in the default profile. */
export const podTopologySpread: SchedulerPlugin = podTopologySpreadWith(undefined);
