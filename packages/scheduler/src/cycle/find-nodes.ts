import type { Pod } from '@coxswain/api/types/core-v1';
import type { NodeInfo } from '../nodes/node-info.ts';
import type { Diagnosis, Rejection } from './diagnosis.ts';
import type { Preparation, ReadyFilter } from './prepare.ts';
import type { Snapshot } from './schedule-pod.ts';

/** Clusters below this size are always searched whole. */
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

export interface Found {
  readonly feasible: readonly NodeInfo[];
  readonly evaluated: number;
  readonly diagnosis: Diagnosis;
}

type Ready = Extract<Preparation, { readonly is: 'ready' }>;

/** The nodes that pass every filter, from where the last search ended, until they are enough. */
export function findNodes(pod: Pod, ready: Ready, snapshot: Snapshot): Found {
  const { list, byName, start } = snapshot;
  const { filters, names, narrowedBy } = ready;
  const rejections = new Map<string, Rejection>();
  const plugins = new Set(narrowedBy);
  const diagnosis = { nodes: list.length, rejections, plugins };
  // A node nominated for the pod is likely the only one that fits, and taken without looking further.
  const nominated = byName.get(pod.status?.nominatedNodeName ?? '');
  if (nominated && !rejectionOf(pod, filters, nominated))
    return { feasible: [nominated], evaluated: 1, diagnosis };
  const nodes = names ? [...names].flatMap((name) => byName.get(name) ?? []) : list;
  const enough = enoughFeasible(nodes.length);
  const feasible: NodeInfo[] = [];
  let evaluated = 0;
  for (let at = start % (nodes.length || 1); evaluated < nodes.length; evaluated++) {
    if (feasible.length >= enough) break;
    const node = nodes[at]!;
    at = at + 1 === nodes.length ? 0 : at + 1;
    const rejection = rejectionOf(pod, filters, node);
    if (rejection) count(rejections, plugins, rejection, node);
    else feasible.push(node);
  }
  const excluded = list.length - nodes.length;
  if (names && excluded > 0) {
    const by = [...narrowedBy].toSorted();
    const reason = `node(s) didn't satisfy plugin(s) [${by.join(' ')}]`;
    rejections.set(reason, { plugin: by.join(' '), nodes: excluded, example: undefined });
  }
  return { feasible, evaluated, diagnosis };
}

interface Rejected {
  readonly by: string;
  readonly reasons: readonly string[];
}

/** Asks the filters in turn; the first rejection is this node's answer. */
function rejectionOf(
  pod: Pod,
  filters: readonly ReadyFilter[],
  node: NodeInfo,
): Rejected | undefined {
  for (const { plugin, state } of filters) {
    const verdict = plugin.filter!(state, node, pod);
    if (verdict.is === 'rejected') return { by: plugin.name, reasons: verdict.reasons };
  }
  return undefined;
}

function count(
  rejections: Map<string, Rejection>,
  plugins: Set<string>,
  { by, reasons }: Rejected,
  { name }: NodeInfo,
): void {
  plugins.add(by);
  for (const reason of reasons) {
    const known = rejections.get(reason);
    if (known) known.nodes++;
    else rejections.set(reason, { plugin: by, nodes: 1, example: name });
  }
}
