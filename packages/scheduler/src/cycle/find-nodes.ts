import type { Pod } from '@coxswain/api/types/core-v1';
import type { Choice } from '../framework/plugin.ts';
import type { NodeInfo } from '../nodes/node-info.ts';
import type { Diagnosis, Rejection } from './diagnosis.ts';
import type { Remembered } from './memory.ts';
import type { Preparation, ReadyFilter } from './prepare.ts';
import type { Snapshot } from './schedule-pod.ts';

/** Clusters below this size are always searched whole. */
const searchWholeMax = 100;
const shareMin = 5;

/**
 * How many feasible nodes are enough to choose from: all of a small cluster, a falling share of a large one
 * (upstream: 50 % less one for each 125 nodes, at least 5 %, at least 100), or `percentage` of it where that is not 0.
 */
export function enoughFeasible(nodes: number, percentage = 0): number {
  if (nodes < searchWholeMax) return nodes;
  const share = percentage || Math.max(shareMin, 50 - Math.trunc(nodes / 125));
  return Math.max(searchWholeMax, Math.trunc((nodes * share) / 100));
}

/** Pods that wait for their victims to leave, by the node that is nominated for them. */
export type Nominated = ReadonlyMap<string, readonly Pod[]>;
export const nobodyNominated: Nominated = new Map();

export interface Found {
  readonly feasible: Choice;
  readonly evaluated: number;
  /** Nodes that other pods are in the way on. */
  readonly curable: readonly NodeInfo[];
  readonly diagnosis: Diagnosis;
}

type Ready = Extract<Preparation, { readonly is: 'ready' }>;

/** The nodes that pass every filter, from where the last search ended, until they are enough. */
export function findNodes(
  pod: Pod,
  ready: Ready,
  snapshot: Snapshot,
  memory: Remembered | undefined,
): Found {
  const { list, byName, start } = snapshot;
  const { filters, names, narrowedBy } = ready;
  const tally = new Tally(narrowedBy);
  const diagnosis = { nodes: list.length, rejections: tally.rejections, plugins: tally.plugins };
  // A node nominated for the pod is likely the only one that fits, and taken without looking further.
  const others = snapshot.nominated ?? nobodyNominated;
  const nominated = byName.get(pod.status?.nominatedNodeName ?? '');
  if (nominated && !rejectionOf(pod, filters, nominated, others))
    return { feasible: choiceOf([nominated]), evaluated: 1, diagnosis, curable: [] };
  const nodes = names ? [...names].flatMap((name) => byName.get(name) ?? []) : list;
  const order = names ? undefined : memory?.order;
  const crowded =
    others.size > 0 && new Set(Array.from(others.keys(), (name) => byName.get(name)?.slot ?? -1));
  const enough = enoughFeasible(nodes.length, snapshot.percentage);
  const feasible: NodeInfo[] = [];
  const slots = new Int32Array(enough);
  const curable: NodeInfo[] = [];
  let evaluated = 0;
  for (let at = start % (nodes.length || 1); evaluated < nodes.length; evaluated++) {
    if (feasible.length >= enough) break;
    const place = at;
    at = at + 1 === nodes.length ? 0 : at + 1;
    let rejection: Rejected | undefined;
    const slot = order ? order[place]! : -1;
    if (slot < 0 || (crowded && crowded.has(slot)))
      rejection = rejectionOf(pod, filters, nodes[place]!, others);
    else {
      const number = memory!.verdict(pod, slot, nodes, place);
      if (number > 0) {
        tally.countKnown(number, nodes[place]!);
        if (memory!.rejections[number]!.curable) curable.push(nodes[place]!);
        continue;
      }
      if (memory!.others.length > 0) rejection = ask(pod, memory!.others, nodes[place]!);
    }
    if (!rejection) {
      slots[feasible.length] = slot < 0 ? nodes[place]!.slot : slot;
      feasible.push(nodes[place]!);
      continue;
    }
    tally.count(rejection, nodes[place]!);
    if (rejection.curable) curable.push(nodes[place]!);
  }
  tally.finish(memory);
  const excluded = list.length - nodes.length;
  if (names && excluded > 0) {
    const by = [...narrowedBy].toSorted();
    const reason = `node(s) didn't satisfy plugin(s) [${by.join(' ')}]`;
    tally.rejections.set(reason, { plugin: by.join(' '), nodes: excluded, example: undefined });
  }
  const choice = { nodes: feasible, slots: slots.subarray(0, feasible.length) };
  return { feasible: choice, evaluated, diagnosis, curable };
}

/** Of these. */
export const choiceOf = (nodes: readonly NodeInfo[]): Choice => ({
  nodes,
  slots: Int32Array.from(nodes, ({ slot }) => slot),
});

/** Adds up what nodes say. */
class Tally {
  readonly rejections = new Map<string, Rejection>();
  readonly plugins: Set<string>;
  /** Of verdicts that have a number: how many nodes say so, and the first of them. */
  readonly #counts: number[] = [];
  readonly #examples: NodeInfo[] = [];

  constructor(narrowedBy: ReadonlySet<string>) {
    this.plugins = new Set(narrowedBy);
  }

  countKnown(number: number, node: NodeInfo): void {
    const count = this.#counts[number] ?? 0;
    if (count === 0) this.#examples[number] = node;
    this.#counts[number] = count + 1;
  }

  count({ by, reasons }: Rejected, { name }: NodeInfo, nodes = 1): void {
    this.plugins.add(by);
    for (const reason of reasons) {
      const known = this.rejections.get(reason);
      if (known) known.nodes += nodes;
      else this.rejections.set(reason, { plugin: by, nodes, example: name });
    }
  }

  finish(memory: Remembered | undefined): void {
    for (const [number, example] of this.#examples.entries())
      if (example) this.count(memory!.rejections[number]!, example, this.#counts[number]);
  }
}

export interface Rejected {
  readonly by: string;
  readonly reasons: readonly string[];
  /** Whether other pods are what is in the way. */
  readonly curable: boolean;
}

/**
 * Asks the filters in turn; the first rejection is this node's answer. A node that is nominated for pods no less important
 * must have room beside them, and without them too, because they may never come.
 */
export function rejectionOf(
  pod: Pod,
  filters: readonly ReadyFilter[],
  node: NodeInfo,
  nominated: Nominated,
): Rejected | undefined {
  const expected = (nominated.size > 0 ? (nominated.get(node.name) ?? []) : []).filter(
    ({ metadata, spec }) =>
      metadata.uid !== pod.metadata.uid && (spec.priority ?? 0) >= (pod.spec.priority ?? 0),
  );
  if (expected.length > 0) {
    const full = node.clone();
    let states = filters;
    for (const other of expected) {
      full.addPod(other);
      states = states.map(({ plugin, state }) => ({
        plugin,
        state: plugin.shift ? plugin.shift(state, other, full, 1, pod) : state,
      }));
    }
    const rejection = ask(pod, states, full);
    if (rejection) return rejection;
  }
  return ask(pod, filters, node);
}

/** The first rejection by `filters`. */
export function ask(
  pod: Pod,
  filters: readonly ReadyFilter[],
  node: NodeInfo,
): Rejected | undefined {
  for (const { plugin, state } of filters) {
    const verdict = plugin.filter!(state, node, pod);
    if (verdict.is === 'rejected')
      return { by: plugin.name, reasons: verdict.reasons, curable: verdict.curable };
  }
  return undefined;
}
