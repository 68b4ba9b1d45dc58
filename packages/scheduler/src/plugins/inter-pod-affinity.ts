import type { Pod } from '@coxswain/api/types/core-v1';
import { sameEntries } from '../framework/same-entries.ts';
import {
  fits,
  rejected,
  type Scene,
  type SchedulerPlugin,
  type Scoring,
  type Surroundings,
  type WakeOn,
} from '../framework/plugin.ts';
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

const meansAll = (terms: readonly Term[], pod: Pod, around: Surroundings): boolean =>
  terms.length > 0 && terms.every((term) => means(term, pod, around));

/** Hands on all that `other`, or pods like it, mean to `pod`: which count, and in which topology. */
function relate(
  { terms, around, forbidden, near, far }: Neighbours,
  pod: Pod,
  other: Pod,
  tally: (counts: TopologyCounts, key: string) => void,
): void {
  for (const term of termsOf(other).far) if (means(term, pod, around)) tally(forbidden, term.key);
  if (meansAll(terms.near, other, around)) for (const term of terms.near) tally(near, term.key);
  for (const term of terms.far) if (means(term, other, around)) tally(far, term.key);
}

function neighboursOf(pod: Pod, { around, groups: of }: Scene): Neighbours {
  const terms = termsOf(pod);
  const groups = of();
  const fresh = (): TopologyCounts => new TopologyCounts(groups);
  const found = { terms, around, forbidden: fresh(), near: fresh(), far: fresh() };
  const asksAll = terms.near.length > 0 || terms.far.length > 0;
  for (const group of asksAll ? groups.all : groups.affine)
    relate(found, pod, group.pod, (counts, key) => counts.addGroup(key, group));
  return found;
}

const scoringBy = ({
  hardPodAffinityWeight,
  ignorePreferredTermsOfExistingPods,
}: InterPodAffinityArgs): Scoring<TopologyCounts> => ({
  weight: 2,
  prepare(pod, _feasible, { around, groups: of }) {
    const { preferNear, preferFar } = termsOf(pod);
    const groups = of();
    const counts = new TopologyCounts(groups);
    const asksAll = preferNear.length > 0 || preferFar.length > 0;
    if (!asksAll && ignorePreferredTermsOfExistingPods) return undefined;
    for (const group of asksAll ? groups.all : groups.affine) {
      const tally = (terms: readonly Term[], about: Pod, sign: 1 | -1, weight?: number): void => {
        for (const term of terms)
          if (means(term, about, around))
            counts.addGroup(term.key, group, sign * (weight ?? term.weight));
      };
      const theirs = termsOf(group.pod);
      tally(preferNear, group.pod, 1);
      tally(preferFar, group.pod, -1);
      if (hardPodAffinityWeight > 0) tally(theirs.near, pod, 1, hardPodAffinityWeight);
      tally(theirs.preferNear, pod, 1);
      tally(theirs.preferFar, pod, -1);
    }
    return counts.isEmpty ? undefined : counts;
  },
  scoreAll: (counts, choice, points) => counts.sumForAll(choice, points),
  normalize(points) {
    let lowest = Infinity;
    let highest = -Infinity;
    for (let at = 0; at < points.length; at++) {
      lowest = Math.min(lowest, points[at]!);
      highest = Math.max(highest, points[at]!);
    }
    const span = highest - lowest;
    for (let at = 0; at < points.length; at++)
      points[at] = span > 0 ? Math.trunc((100 * (points[at]! - lowest)) / span) : 0;
  },
});

const wakeOn: readonly WakeOn[] = [
  {
    event: 'node/add',
    cures: (pod, event) =>
      event.type === 'node/add' &&
      // Upstream leaves a pod without terms of its own, one that others do not want, where it is, for five minutes.
      (termsOf(pod).near.length === 0 ||
        termsOf(pod).far.length > 0 ||
        termsOf(pod).near.some(({ key }) => event.node.metadata.labels?.[key] !== undefined)),
  },
  {
    event: 'node/labels',
    cures: (pod, event) => {
      if (event.type !== 'node/labels') return false;
      const [now, before] = [event.node, event.before].map(({ metadata }) => metadata.labels ?? {});
      const moves = ({ key }: Term): boolean => now![key] !== before![key];
      const { near, far } = termsOf(pod);
      return (
        near.some((term) => now![term.key] !== undefined && moves(term)) ||
        far.some((term) => before![term.key] !== undefined && moves(term))
      );
    },
  },
  {
    event: 'pod/deleted',
    cures: (pod, event, around) =>
      event.type === 'pod/deleted' &&
      (meansAll(termsOf(pod).far, event.pod, around) ||
        meansAll(termsOf(event.pod).far, pod, around)),
  },
  {
    event: 'pod/placed',
    cures: (pod, event, around) =>
      event.type === 'pod/placed' && meansAll(termsOf(pod).near, event.pod, around),
  },
  {
    event: 'pod/relabelled',
    cures: (pod, event, around) => {
      if (event.type !== 'pod/relabelled') return false;
      const { near, far } = termsOf(pod);
      const turns = (terms: readonly Term[], to: boolean): boolean =>
        meansAll(terms, event.pod, around) === to && meansAll(terms, event.before, around) !== to;
      return turns(near, true) || turns(far, false);
    },
  },
  {
    event: 'pod/updated',
    cures: (_, event) =>
      event.type === 'pod/updated' &&
      !sameEntries(event.pod.metadata.labels, event.before.metadata.labels),
  },
];

/** Keeps pods near or far from others, as either side requires and prefers. */
export const interPodAffinityWith = (
  args: InterPodAffinityArgs,
): SchedulerPlugin<Neighbours, TopologyCounts> => ({
  name: 'InterPodAffinity',
  wakeOn,
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
    relate(next, pod, other, (counts, key) => counts.addOn(key, info, times));
    return next;
  },
  filter({ terms, around, forbidden, near, far }, info, pod) {
    let isLonely = false;
    for (const { key } of terms.near) {
      const count = near.get(key, info);
      if (count === undefined) return notNear;
      if (count <= 0) isLonely = true;
    }
    // The first of a group that wants to be together may go anywhere.
    if (isLonely && !(near.isEmpty && meansAll(terms.near, pod, around))) return notNear;
    for (const { key } of terms.far) if ((far.get(key, info) ?? 0) > 0) return notFar;
    return forbidden.sumFor(info) > 0 ? unwelcome : fits;
  },
  scoring: scoringBy(args),
});

/** As in the default profile. */
export const interPodAffinity: SchedulerPlugin = interPodAffinityWith({
  hardPodAffinityWeight: 1,
  ignorePreferredTermsOfExistingPods: false,
});
