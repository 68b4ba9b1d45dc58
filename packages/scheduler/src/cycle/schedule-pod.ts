import type { Pod } from '@coxswain/api/types/core-v1';
import type { Prepared, SchedulerPlugin } from '../framework/plugin.ts';
import type { NodeInfo } from '../nodes/node-info.ts';
import type { Diagnosis } from './diagnosis.ts';
import { scoreNodes } from './score-nodes.ts';

/** What a cycle decided. */
export type Decision =
  | {
      readonly is: 'placed';
      readonly node: string;
      readonly evaluated: number;
      readonly feasible: number;
    }
  | { readonly is: 'unplaced'; readonly diagnosis: Diagnosis };

/** The nodes as they stand, and where the search for feasible ones begins. */
export interface Snapshot {
  readonly list: readonly NodeInfo[];
  readonly byName: ReadonlyMap<string, NodeInfo>;
  readonly start: number;
}

/** Clusters up to this size are always searched whole. */
const searchWholeMax = 100;
const shareMin = 5;

/**
 * How many feasible nodes are enough to choose from: all of a small cluster, a falling share of a large one
 * (upstream: 50 % less one for each 125 nodes, at least 5 %, at least 100).
 */
export function enoughFeasible(nodes: number): number {
  if (nodes < searchWholeMax) return nodes;
  const share = Math.max(shareMin, 50 - Math.trunc(nodes / 125));
  return Math.max(searchWholeMax, Math.trunc((nodes * share) / 100));
}

/**
 * Finds a node for `pod`. A pure function of its arguments and of what it draws from `random`: the same ones always
 * give the same node. `next` is where the following pod's search begins.
 */
export function schedulePod(
  pod: Pod,
  plugins: readonly SchedulerPlugin[],
  snapshot: Snapshot,
  random: () => number,
): { readonly decision: Decision; readonly next: number } {
  const { list, start } = snapshot;
  const prepared = prepare(pod, plugins, snapshot);
  if ('refused' in prepared) {
    const diagnosis = { nodes: list.length, reasons: new Map<string, number>(), ...prepared };
    return { decision: { is: 'unplaced', diagnosis }, next: start };
  }
  const { feasible, evaluated, diagnosis } = search(pod, prepared, snapshot);
  const next = list.length === 0 ? 0 : (start + evaluated) % list.length;
  if (feasible.length === 0) return { decision: { is: 'unplaced', diagnosis }, next };
  const node =
    feasible.length === 1
      ? feasible[0]!
      : best(feasible, scoreNodes(pod, plugins, feasible), random);
  return {
    decision: { is: 'placed', node: node.name, evaluated, feasible: feasible.length },
    next,
  };
}

interface Ready {
  readonly plugin: SchedulerPlugin;
  readonly state: unknown;
}

function prepare(
  pod: Pod,
  plugins: readonly SchedulerPlugin[],
  { byName }: Snapshot,
):
  | { readonly filters: readonly Ready[]; readonly nodes: ReadonlySet<string> | undefined }
  | (Pick<Diagnosis, 'plugins'> & { readonly refused: string }) {
  const filters: Ready[] = [];
  let nodes: ReadonlySet<string> | undefined;
  for (const plugin of plugins) {
    const found: Prepared<unknown> = plugin.prepare?.(pod, byName) ?? {
      is: 'ready',
      state: undefined,
    };
    if (found.is === 'rejected') return { refused: found.reason, plugins: new Set([plugin.name]) };
    if (found.is === 'skip') continue;
    if (plugin.filter) filters.push({ plugin, state: found.state });
    if (found.nodes) nodes = nodes?.intersection(found.nodes) ?? found.nodes;
  }
  return { filters, nodes };
}

function search(
  pod: Pod,
  {
    filters,
    nodes,
  }: { readonly filters: readonly Ready[]; readonly nodes: ReadonlySet<string> | undefined },
  { list, byName, start }: Snapshot,
): { readonly feasible: NodeInfo[]; readonly evaluated: number; readonly diagnosis: Diagnosis } {
  const candidates = nodes ? [...nodes].flatMap((name) => byName.get(name) ?? []) : list;
  const enough = enoughFeasible(candidates.length);
  const reasons = new Map<string, number>();
  const by = new Set<string>();
  const feasible: NodeInfo[] = [];
  let evaluated = 0;
  for (; evaluated < candidates.length && feasible.length < enough; evaluated++) {
    const node = candidates[nodes ? evaluated : (start + evaluated) % candidates.length]!;
    if (passes(pod, filters, node, reasons, by)) feasible.push(node);
  }
  if (nodes && candidates.length < list.length && feasible.length === 0) {
    const excluded = "node(s) didn't satisfy plugin(s) [NodeAffinity]";
    reasons.set(excluded, (reasons.get(excluded) ?? 0) + list.length - candidates.length);
    by.add('NodeAffinity');
  }
  return {
    feasible,
    evaluated: nodes ? 0 : evaluated,
    diagnosis: { nodes: list.length, reasons, plugins: by },
  };
}

/** Asks the filters in turn; the first rejection is this node's answer. */
function passes(
  pod: Pod,
  filters: readonly Ready[],
  node: NodeInfo,
  reasons: Map<string, number>,
  by: Set<string>,
): boolean {
  for (const { plugin, state } of filters) {
    const verdict = plugin.filter!(state, node, pod);
    if (verdict.is === 'fits') continue;
    by.add(plugin.name);
    for (const reason of verdict.reasons) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    return false;
  }
  return true;
}

/** One of the nodes with the highest score, each with the same chance. */
function best(nodes: readonly NodeInfo[], scores: Float64Array, random: () => number): NodeInfo {
  let chosen = 0;
  let equals = 1;
  for (let at = 1; at < nodes.length; at++) {
    if (scores[at]! > scores[chosen]!) {
      chosen = at;
      equals = 1;
    } else if (scores[at] === scores[chosen] && Math.floor(random() * ++equals) === 0) chosen = at;
  }
  return nodes[chosen]!;
}
