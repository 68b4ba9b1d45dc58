import type { Pod } from '@coxswain/api/types/core-v1';
import {
  fits,
  rejected,
  type Scene,
  type SchedulerPlugin,
  type Scoring,
  type Surroundings,
} from '../framework/plugin.ts';
import type { NodeInfo } from '../nodes/node-info.ts';
import { means, type Term, type Terms, termsOf } from './pod-terms.ts';
import { TopologyCounts } from './topology-counts.ts';

/** What a pod's cycle knows of others before it looks at single nodes. */
interface Neighbours {
  readonly terms: Terms;
  readonly around: Surroundings;
  /** Pods that want this one far, by the domain they forbid. */
  readonly forbidden: TopologyCounts;
  /** Pods that this one wants near (all its terms mean them), and those it wants far. */
  readonly near: TopologyCounts;
  readonly far: TopologyCounts;
}

const notNear = rejected("node(s) didn't match pod affinity rules", false);
const notFar = rejected("node(s) didn't match pod anti-affinity rules", true);
const unwelcome = rejected("node(s) didn't satisfy existing pods anti-affinity rules", true);
/** What the configuration may say. */
export interface InterPodAffinityArgs {
  /** Weight of a required affinity of others when this pod's place is scored. */
  readonly hardPodAffinityWeight: number;
  /** Whether what pods with no preference of their own would be to others does not count. */
  readonly ignorePreferredTermsOfExistingPods: boolean;
}

const labelsOf = ({ node }: NodeInfo): Readonly<Record<string, string>> =>
  node.metadata.labels ?? {};
const meansAll = (terms: readonly Term[], pod: Pod, around: Surroundings): boolean =>
  terms.length > 0 && terms.every((term) => means(term, pod, around));

/** Adds `times` of `other`, which is on a node with `labels`, to what `pod` has found out. */
function count(
  { terms, around, forbidden, near, far }: Neighbours,
  pod: Pod,
  other: Pod,
  labels: Readonly<Record<string, string>>,
  times: number,
): void {
  const tally = (counts: TopologyCounts, term: Term): void => {
    const value = labels[term.key];
    if (value !== undefined) counts.add(term.key, value, times);
  };
  for (const term of termsOf(other).far) if (means(term, pod, around)) tally(forbidden, term);
  if (meansAll(terms.near, other, around)) for (const term of terms.near) tally(near, term);
  for (const term of terms.far) if (means(term, other, around)) tally(far, term);
}

function neighboursOf(pod: Pod, { nodes, around, affine }: Scene): Neighbours {
  const terms = termsOf(pod);
  const fresh = (): TopologyCounts => new TopologyCounts();
  const found = { terms, around, forbidden: fresh(), near: fresh(), far: fresh() };
  const asksAll = terms.near.length > 0 || terms.far.length > 0;
  for (const info of asksAll ? nodes.values() : affine) {
    const others = asksAll ? info.pods : info.affinePods.values();
    const labels = labelsOf(info);
    for (const other of others) count(found, pod, other, labels, 1);
  }
  return found;
}

const scoringBy = ({
  hardPodAffinityWeight,
  ignorePreferredTermsOfExistingPods,
}: InterPodAffinityArgs): Scoring<TopologyCounts> => ({
  weight: 2,
  prepare(pod, _feasible, { nodes, around, affine }) {
    const { preferNear, preferFar } = termsOf(pod);
    const counts = new TopologyCounts();
    const asksAll = preferNear.length > 0 || preferFar.length > 0;
    if (!asksAll && ignorePreferredTermsOfExistingPods) return undefined;
    for (const info of asksAll ? nodes.values() : affine) {
      const others = asksAll ? info.pods : info.affinePods.values();
      const labels = labelsOf(info);
      const tally = (terms: readonly Term[], about: Pod, sign: 1 | -1, weight?: number): void => {
        for (const term of terms) {
          const value = labels[term.key];
          if (value !== undefined && means(term, about, around))
            counts.add(term.key, value, sign * (weight ?? term.weight));
        }
      };
      for (const other of others) {
        const theirs = termsOf(other);
        tally(preferNear, other, 1);
        tally(preferFar, other, -1);
        if (hardPodAffinityWeight > 0) tally(theirs.near, pod, 1, hardPodAffinityWeight);
        tally(theirs.preferNear, pod, 1);
        tally(theirs.preferFar, pod, -1);
      }
    }
    return counts.isEmpty ? undefined : counts;
  },
  score: (counts, info) => counts.sumFor(labelsOf(info)),
  normalize(points) {
    const lowest = points.reduce((min, value) => Math.min(min, value), Infinity);
    const span = points.reduce((max, value) => Math.max(max, value), -Infinity) - lowest;
    for (let at = 0; at < points.length; at++)
      points[at] = span > 0 ? Math.trunc((100 * (points[at]! - lowest)) / span) : 0;
  },
});

/** Keeps pods near or far from others, as either side requires and prefers. */
export const interPodAffinityWith = (
  args: InterPodAffinityArgs,
): SchedulerPlugin<Neighbours, TopologyCounts> => ({
  name: 'InterPodAffinity',
  wakeOn: [
    { event: 'node/add' },
    { event: 'node/labels' },
    { event: 'pod/deleted' },
    { event: 'pod/updated' },
    {
      event: 'pod/placed',
      cures: (pod, event) =>
        event.type === 'pod/placed' && termsOf(pod).near.length > 0 && event.pod !== pod,
    },
  ],
  prepare(pod, scene) {
    const state = neighboursOf(pod, scene);
    const { near, far } = state.terms;
    if (near.length === 0 && far.length === 0 && state.forbidden.isEmpty) return { is: 'skip' };
    return { is: 'ready', state };
  },
  shift(state, other, info, times, pod) {
    const next = {
      ...state,
      forbidden: state.forbidden.clone(),
      near: state.near.clone(),
      far: state.far.clone(),
    };
    count(next, pod, other, labelsOf(info), times);
    return next;
  },
  filter({ terms, around, forbidden, near, far }, info, pod) {
    const labels = labelsOf(info);
    let isLonely = false;
    for (const { key } of terms.near) {
      const value = labels[key];
      if (value === undefined) return notNear;
      if (near.get(key, value) <= 0) isLonely = true;
    }
    // The first of a group that wants to be together may go anywhere.
    if (isLonely && !(near.isEmpty && meansAll(terms.near, pod, around))) return notNear;
    for (const { key } of terms.far) {
      const value = labels[key];
      if (value !== undefined && far.get(key, value) > 0) return notFar;
    }
    return !forbidden.isEmpty && forbidden.sumFor(labels) > 0 ? unwelcome : fits;
  },
  scoring: scoringBy(args),
});

/** As in the default profile. */
export const interPodAffinity: SchedulerPlugin = interPodAffinityWith({
  hardPodAffinityWeight: 1,
  ignorePreferredTermsOfExistingPods: false,
});
