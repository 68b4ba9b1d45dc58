import type { Selector } from '@coxswain/api';
import type { Pod, TopologySpreadConstraint } from '@coxswain/api/types/core-v1';
import {
  fits,
  type Prepared,
  rejected,
  type Scene,
  type SchedulerPlugin,
} from '../framework/plugin.ts';
import type { NodeInfo } from '../nodes/node-info.ts';
import type { PodsByNode } from '../nodes/pod-groups.ts';
import {
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

/** One constraint with the pods in each of its domains. */
interface Counted {
  readonly spread: Spread;
  readonly domains: ReadonlyMap<string, number>;
  /** Of the emptiest domain; 0 while there are fewer than the constraint wants. */
  readonly least: number;
}

const uneven = rejected("node(s) didn't match pod topology spread constraints", true);
const unlabelled = rejected(
  "node(s) didn't match pod topology spread constraints (missing required label)",
  false,
);

const counted = (spread: Spread, domains: ReadonlyMap<string, number>): Counted => {
  let least = domains.size < spread.domainsMin ? 0 : Infinity;
  for (const count of domains.values()) if (count < least) least = count;
  return { spread, domains, least };
};

function countAll(pod: Pod, spreads: readonly Spread[], scene: Scene): readonly Counted[] {
  const domains = spreads.map(() => new Map<string, number>());
  const found = spreads.map(({ selector }) => meant(scene, selector, pod.metadata.namespace));
  for (const info of scene.nodes.values()) {
    const { node } = info;
    if (!hasAllKeys(node, spreads)) continue;
    for (const [at, spread] of spreads.entries()) {
      if (!counts(spread, pod, node)) continue;
      const value = node.metadata.labels![spread.key]!;
      domains[at]!.set(value, (domains[at]!.get(value) ?? 0) + (found[at]!.get(info) ?? 0));
    }
  }
  return spreads.map((spread, at) => counted(spread, domains[at]!));
}

/** Constraints for pods without any; undefined: upstream's own. */
type Given = readonly TopologySpreadConstraint[] | undefined;

interface Evenness {
  readonly spreads: readonly Spread[];
  /** The pods that each counts, by node. */
  readonly found: readonly PodsByNode[];
  readonly domains: readonly ReadonlyMap<string, number>[];
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
  const ignored = new Set(
    needsAll ? feasible.filter(({ node }) => !hasAllKeys(node, spreads)) : [],
  );
  const domains = spreads.map(() => new Map<string, number>());
  for (let at = 0; at < spreads.length; at++) {
    const { key } = spreads[at]!;
    if (key === hostnameKey) continue;
    const values = domains[at]!;
    for (const info of feasible)
      if (!ignored.has(info)) values.set(info.node.metadata.labels?.[key] ?? '', 0);
  }
  const bySelector = new Map<Selector, PodsByNode>(); // upstream's own constraints share one
  const found = spreads.map(({ selector }) => {
    let pods = bySelector.get(selector);
    if (!pods) bySelector.set(selector, (pods = meant(scene, selector, pod.metadata.namespace)));
    return pods;
  });
  for (const [at, spread] of spreads.entries()) {
    if (spread.key === hostnameKey) continue; // counted node by node
    for (const [{ node }, count] of found[at]!) {
      const value = node.metadata.labels?.[spread.key] ?? '';
      const known = domains[at]!.get(value);
      if (known === undefined || (needsAll && !hasAllKeys(node, spreads))) continue;
      if (counts(spread, pod, node)) domains[at]!.set(value, known + count);
    }
  }
  const sizeOf = ({ key }: Spread, at: number): number =>
    key === hostnameKey ? feasible.length - ignored.size : domains[at]!.size;
  const weights = spreads.map((spread, at) => Math.log(sizeOf(spread, at) + 2));
  return { spreads, found, domains, weights, ignored, feasible };
}

function prepareFor(pod: Pod, scene: Scene, given: Given): Prepared<readonly Counted[]> {
  const own = (pod.spec.topologySpreadConstraints ?? []).length > 0;
  const siblings = own || !given ? undefined : scene.around.siblingsOf(pod);
  const spreads = siblings
    ? givenSpreads(given!, 'DoNotSchedule', siblings)
    : spreadsOf(pod, 'DoNotSchedule');
  if (spreads.length === 0) return { is: 'skip' };
  return { is: 'ready', state: countAll(pod, spreads, scene) };
}

/** Spreads pods evenly over the domains of a topology, as far as they must be, and as far as they would like to be. */
export const podTopologySpreadWith = (
  given: Given,
): SchedulerPlugin<readonly Counted[], Evenness> => ({
  name: 'PodTopologySpread',
  wakeOn: [
    { event: 'node/add' },
    { event: 'node/labels' },
    { event: 'node/taints' },
    { event: 'pod/placed' },
    { event: 'pod/deleted' },
    { event: 'pod/updated' },
  ],
  prepare: (pod, scene) => prepareFor(pod, scene, given),
  shift: (state, other, { node }, times, pod) =>
    state.map((each) => {
      const { spread, domains } = each;
      const value = node.metadata.labels?.[spread.key];
      const known = domains.get(value ?? '');
      if (value === undefined || known === undefined || !counts(spread, pod, node)) return each;
      if (!isCounted(other, spread.selector, pod.metadata.namespace)) return each;
      return counted(spread, new Map(domains).set(value, known + times));
    }),
  filter(state, { node }, pod) {
    for (const { spread, domains, least } of state) {
      const value = node.metadata.labels?.[spread.key];
      if (value === undefined) return unlabelled;
      const itself = spread.selector.matches(pod.metadata.labels ?? {}) ? 1 : 0;
      if ((domains.get(value) ?? 0) + itself - least > spread.skewMax) return uneven;
    }
    return fits;
  },
  scoring: {
    weight: 2,
    prepare: (pod, feasible, scene) => evennessOf(pod, feasible, scene, given),
    score({ spreads, domains, weights, ignored, found }, info) {
      if (ignored.has(info)) return 0;
      let score = 0;
      for (let at = 0; at < spreads.length; at++) {
        const { key, skewMax } = spreads[at]!;
        const value = info.node.metadata.labels?.[key];
        if (value === undefined) continue;
        const count =
          key === hostnameKey ? (found[at]!.get(info) ?? 0) : (domains[at]!.get(value) ?? 0);
        score += count * weights[at]! + (skewMax - 1);
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
