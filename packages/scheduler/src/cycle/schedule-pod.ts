import type { Pod } from '@coxswain/api/types/core-v1';
import type { SchedulerPlugin } from '../framework/plugin.ts';
import type { NodeInfo } from '../nodes/node-info.ts';
import type { Diagnosis } from './diagnosis.ts';
import { findNodes } from './find-nodes.ts';
import { prepare } from './prepare.ts';
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
  const { list, byName, start } = snapshot;
  if (list.length === 0)
    return unplaced({ nodes: 0, rejections: new Map(), plugins: new Set() }, 0);
  const ready = prepare(pod, plugins, byName);
  if (ready.is === 'refused')
    return unplaced({ nodes: list.length, rejections: new Map(), ...ready }, start);
  const { feasible, evaluated, diagnosis } = findNodes(pod, ready, snapshot);
  const next = (start + evaluated) % list.length;
  if (feasible.length === 0) return unplaced(diagnosis, next);
  const [only] = feasible;
  const node =
    feasible.length === 1 ? only! : best(feasible, scoreNodes(pod, plugins, feasible), random);
  return {
    decision: { is: 'placed', node: node.name, evaluated, feasible: feasible.length },
    next,
  };
}

const unplaced = (
  diagnosis: Diagnosis,
  next: number,
): { readonly decision: Decision; readonly next: number } => ({
  decision: { is: 'unplaced', diagnosis },
  next,
});

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
