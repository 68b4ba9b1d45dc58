import { selectorOf } from '@coxswain/api';
import type { Pod } from '@coxswain/api/types/core-v1';
import type { PodDisruptionBudget } from '@coxswain/api/types/policy-v1';
import type { NodeInfo } from '../nodes/node-info.ts';
import { type Nominated, type Rejected, rejectionOf } from './find-nodes.ts';
import type { Remembered } from './memory.ts';
import type { ReadyFilter } from './prepare.ts';

/** Who would have to go from which node so that a pod fits. */
export interface Preemption {
  readonly node: string;
  readonly victims: readonly Pod[]; // the most important first
  /** Of the victims, those whose disruption budget forbids it. */
  readonly violations: number;
  /** How much it hurts: the first number that differs tells. */
  readonly rank: readonly number[];
}

/** What came of looking for somebody to take the place of. */
export type Outcome =
  | { readonly is: 'found'; readonly preemption: Preemption }
  /** The rest of the FailedScheduling sentence. `waits`: a node that it hopes for stays its hope. */
  | { readonly is: 'useless'; readonly text: string; readonly waits?: true };

export interface Preempting {
  readonly pod: Pod;
  readonly filters: readonly ReadyFilter[];
  /** Nodes in the cluster, and those of them where other pods are in the way. */
  readonly nodes: number;
  readonly curable: readonly NodeInfo[];
  readonly nominated: Nominated;
  readonly budgets: readonly PodDisruptionBudget[];
  /** The node that was nominated for it before, if it still stands. */
  readonly present: NodeInfo | undefined;
  readonly random: () => number;
  readonly candidates?: CandidateNodes;
  readonly memory?: Remembered | undefined;
}

/** How many nodes are enough to choose victims from. */
export interface CandidateNodes {
  readonly percentage: number; // minCandidateNodesPercentage
  readonly absolute: number; // minCandidateNodesAbsolute
}

/** As in the default profile. */
export const defaultCandidates: CandidateNodes = { percentage: 10, absolute: 100 };
const notHelpful = 'Preemption is not helpful for scheduling';
const noVictims: Rejected = {
  by: 'DefaultPreemption',
  reasons: ['No preemption victims found for incoming pod'],
  curable: false,
};

const priorityOf = ({ spec }: Pod): number => spec.priority ?? 0;

/**
 * Looks for the node where the least important pods would have to go, as few as possible and none that a budget protects
 * if that can be. A pure function of what it is given.
 */
export function preempt(preempting: Preempting): Outcome {
  const found = findPreemptions(preempting);
  return 'text' in found ? found : { is: 'found', preemption: bestOf(found) };
}

/** All that would help, as many as are enough; or why nothing would. */
export function findPreemptions(
  preempting: Preempting,
): readonly Preemption[] | Extract<Outcome, { is: 'useless' }> {
  const { pod, nodes, curable, present, random } = preempting;
  if (pod.spec.preemptionPolicy === 'Never')
    return { is: 'useless', text: 'not eligible due to preemptionPolicy=Never.', waits: true };
  if (present && hasLeavingVictim(pod, present))
    return {
      is: 'useless',
      text: 'not eligible due to a terminating pod on the nominated node.',
      waits: true,
    };
  const { percentage, absolute } = preempting.candidates ?? defaultCandidates;
  const enough = Math.min(
    curable.length,
    Math.max(absolute, Math.trunc((nodes * percentage) / 100)),
  );
  const offset = curable.length === 0 ? 0 : Math.floor(random() * curable.length);
  const candidates: Preemption[] = [];
  const reasons = new Map<string, number>();
  let tried = 0;
  const look = lookFor(preempting);
  for (; tried < curable.length && candidates.length < enough; tried++) {
    const found = look(curable[(offset + tried) % curable.length]!);
    if ('victims' in found) candidates.push(found);
    else for (const each of found.reasons) reasons.set(each, (reasons.get(each) ?? 0) + 1);
  }
  if (candidates.length > 0) return candidates;
  if (nodes > tried) reasons.set(notHelpful, (reasons.get(notHelpful) ?? 0) + nodes - tried);
  const parts = [...reasons].map(([reason, count]) => `${count} ${reason}`).toSorted();
  return { is: 'useless', text: `0/${nodes} nodes are available: ${parts.join(', ')}.` };
}

/** Somebody whose place it takes is leaving already: it waits for that. */
const hasLeavingVictim = (pod: Pod, info: NodeInfo): boolean =>
  [...info.pods].some(
    (other) =>
      priorityOf(other) < priorityOf(pod) &&
      other.metadata.deletionTimestamp !== undefined &&
      (other.status?.conditions ?? []).some(
        ({ type, status, reason }) =>
          type === 'DisruptionTarget' && status === 'True' && reason === 'PreemptionByScheduler',
      ),
  );

/** How victims are looked for on a node: where nothing but the node counts, as they were found for a pod like this one. */
function lookFor(preempting: Preempting): (info: NodeInfo) => Preemption | Rejected {
  const { pod, memory, nominated, budgets } = preempting;
  if (!memory) return (info) => victimsOn(info, preempting);
  const versions = budgets.map(({ metadata }) => `${metadata.uid}/${metadata.resourceVersion}`);
  const why = `${priorityOf(pod)} ${versions.join()}`;
  memory.lookForVictims(why);
  return (info) => {
    if (nominated.size > 0 && nominated.has(info.name)) return victimsOn(info, preempting);
    const known = memory.victimsOn(info);
    if (known) return known;
    const found = victimsOn(info, preempting);
    memory.keepVictims(info, found);
    return found;
  };
}

/** The smallest set of less important pods that has to leave `info`, or why that does not help. */
function victimsOn(
  info: NodeInfo,
  { pod, filters, nominated, budgets }: Preempting,
): Preemption | Rejected {
  const possible = [...info.pods].filter((other) => priorityOf(other) < priorityOf(pod));
  if (possible.length === 0) return noVictims;
  const node = info.clone();
  let states = filters;
  const shift = (other: Pod, times: 1 | -1): void => {
    if (times === 1) node.addPod(other);
    else node.removePod(other.metadata.uid ?? '');
    states = states.map(({ plugin, state }) => ({
      plugin,
      state: plugin.shift ? plugin.shift(state, other, node, times, pod) : state,
    }));
  };
  for (const other of possible) shift(other, -1);
  const rejection = rejectionOf(pod, states, node, nominated);
  if (rejection) return rejection;
  const { protectedOnes, others } = byBudget(possible.toSorted(moreImportantFirst), budgets);
  const victims: Pod[] = [];
  /** Whether it may stay. */
  const reprieve = (other: Pod): boolean => {
    shift(other, 1);
    if (!rejectionOf(pod, states, node, nominated)) return true;
    shift(other, -1);
    victims.push(other);
    return false;
  };
  let violations = 0;
  for (const other of protectedOnes) if (!reprieve(other)) violations++;
  for (const other of others) reprieve(other);
  return preemptionOf(info.name, victims.toSorted(moreImportantFirst), violations);
}

const startedMs = ({ status }: Pod): number =>
  status?.startTime ? Date.parse(status.startTime) : Infinity;

/** Higher priority first, then the one that runs longer. */
const moreImportantFirst = (a: Pod, b: Pod): number =>
  priorityOf(b) - priorityOf(a) || (startedMs(a) < startedMs(b) ? -1 : 1);

/** Splits pods, in their order, into those whose removal breaks a disruption budget, and the others. */
function byBudget(
  pods: readonly Pod[],
  budgets: readonly PodDisruptionBudget[],
): { readonly protectedOnes: readonly Pod[]; readonly others: readonly Pod[] } {
  const left = budgets.map(({ status }) => status?.disruptionsAllowed ?? 0);
  const protectedOnes: Pod[] = [];
  const others: Pod[] = [];
  for (const pod of pods) {
    const { namespace, name, labels = {} } = pod.metadata;
    let isProtected = false;
    for (const [at, budget] of budgets.entries()) {
      const selector = selectorOf(budget.spec?.selector);
      const isMeant =
        budget.metadata.namespace === namespace &&
        Object.keys(labels).length > 0 &&
        selector.requirements.length > 0 &&
        selector.matches(labels);
      if (!isMeant || budget.status?.disruptedPods?.[name] !== undefined) continue;
      left[at]!--;
      if (left[at]! < 0) isProtected = true;
    }
    (isProtected ? protectedOnes : others).push(pod);
  }
  return { protectedOnes, others };
}

/** Points for each of upstream's questions in turn; the lowest wins, and of equals the first. */
const questions: readonly ((victims: readonly Pod[], violations: number) => number)[] = [
  (_, violations) => violations,
  ([first]) => (first ? priorityOf(first) : -Infinity),
  // Made positive, so that more victims of negative priority are not better.
  (victims) => victims.reduce((sum, victim) => sum + priorityOf(victim) + 2 ** 31, 0),
  (victims) => victims.length,
  (victims) => -earliestOfHighest(victims),
];

function earliestOfHighest(victims: readonly Pod[]): number {
  const highest = Math.max(...victims.map(priorityOf));
  return Math.min(
    ...victims
      .filter((victim) => priorityOf(victim) === highest)
      .map((victim) => startedMs(victim)),
  );
}

/** `victims` are ordered, the most important first. */
export const preemptionOf = (
  node: string,
  victims: readonly Pod[],
  violations: number,
): Preemption => ({
  ...{ node, victims, violations },
  rank: questions.map((question) => question(victims, violations)),
});

/** The one that hurts least, of at least one. */
export function bestOf(candidates: readonly Preemption[]): Preemption {
  let best = candidates[0]!;
  for (const candidate of candidates) if (isLess(candidate.rank, best.rank)) best = candidate;
  return best;
}

/** By the first number that differs. */
function isLess(a: readonly number[], b: readonly number[]): boolean {
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return a[at]! < b[at]!;
  return false;
}
