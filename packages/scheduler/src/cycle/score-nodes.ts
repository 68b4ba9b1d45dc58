import type { Pod } from '@coxswain/api/types/core-v1';
import type { Scene, SchedulerPlugin, Scoring } from '../framework/plugin.ts';
import type { NodeInfo } from '../nodes/node-info.ts';
import type { Remembered } from './memory.ts';
import type { ReadyFilter } from './prepare.ts';

const scoreMax = 100;

/** The weighed sum of all plugins' points for each of `nodes`, in their order. */
export function scoreNodes(
  pod: Pod,
  plugins: readonly SchedulerPlugin[],
  nodes: readonly NodeInfo[],
  scene: Scene,
  filters: readonly ReadyFilter[] = [],
  memory?: Remembered,
): Float64Array {
  const sums = new Float64Array(nodes.length);
  const points = new Float64Array(nodes.length);
  const scorings = plugins.flatMap((plugin) => {
    const { name, scoring, likeness } = plugin;
    const known = filters.find((ready) => ready.plugin === plugin)?.state;
    const state = scoring?.prepare(pod, nodes, scene, known);
    return scoring && state !== undefined
      ? [{ name, scoring, state, isOwn: Boolean(likeness) }]
      : [];
  });
  const own = scorings.filter(({ isOwn }) => isOwn);
  const columns = memory?.points(own, nodes);
  for (const each of scorings) {
    const { scoring, state } = each;
    const column = columns?.[own.indexOf(each)];
    for (let at = 0; at < nodes.length; at++)
      points[at] = column ? column[nodes[at]!.slot]! : scoring.score(state, nodes[at]!);
    if (typeof scoring.normalize === 'function') scoring.normalize(points, state);
    else normalize(points, scoring.normalize);
    for (let at = 0; at < nodes.length; at++) sums[at]! += points[at]! * scoring.weight;
  }
  return sums;
}

/** Raw counts to 0..100 by the highest one, whole numbers as upstream's. */
function normalize(
  points: Float64Array,
  how: Extract<Scoring<unknown>['normalize'], string> | undefined,
): void {
  if (!how) return;
  let highest = 0;
  for (let at = 0; at < points.length; at++) if (points[at]! > highest) highest = points[at]!;
  for (let at = 0; at < points.length; at++) {
    const share = highest === 0 ? 0 : Math.trunc((points[at]! * scoreMax) / highest);
    points[at] = how === 'higherIsBetter' ? share : scoreMax - share;
  }
}
