import type { Pod } from '@coxswain/api/types/core-v1';
import type { Choice, Scene, SchedulerPlugin, Scoring } from '../framework/plugin.ts';
import type { Remembered, Scored } from './memory.ts';
import type { ReadyFilter } from './prepare.ts';

const scoreMax = 100;

/** A plugin that has a preference for a pod, with what it prepared. */
export interface ReadyScoring {
  readonly name: string;
  readonly scoring: Scoring<any>;
  readonly state: unknown;
}

/** The weighed sum of all plugins' points for each of the nodes, in their order. */
export function scoreNodes(
  pod: Pod,
  plugins: readonly SchedulerPlugin[],
  choice: Choice,
  scene: Scene,
  filters: readonly ReadyFilter[] = [],
  memory?: Remembered,
): Float64Array {
  const { nodes } = choice;
  const sums = new Float64Array(nodes.length);
  const points = new Float64Array(nodes.length);
  const own: ReadyScoring[] = [];
  const others: ReadyScoring[] = [];
  for (const plugin of plugins) {
    const { scoring } = plugin;
    if (!scoring) continue;
    const known = filters.find((ready) => ready.plugin === plugin)?.state;
    const state = scoring.prepare(pod, choice, scene, known);
    if (state === undefined) continue;
    const isOwn =
      memory && plugin.likeness && scoring.score && typeof scoring.normalize !== 'function';
    (isOwn ? own : others).push({ name: plugin.name, scoring, state });
  }
  if (own.length > 0) addRemembered(sums, points, choice, memory!.score(own, choice));
  for (const { scoring, state } of others) {
    if (scoring.scoreAll) scoring.scoreAll(state, choice, points);
    else for (let at = 0; at < points.length; at++) points[at] = scoring.score!(state, nodes[at]!);
    addNormalized(sums, points, scoring, state);
  }
  return sums;
}

function addRemembered(
  sums: Float64Array,
  points: Float64Array,
  { slots }: Choice,
  { weighed, relative }: Scored,
): void {
  for (let at = 0; at < sums.length; at++) sums[at] = weighed[slots[at]!]!;
  for (const { column, most, scoring } of relative) {
    // Where no node ever had a point, all have the same: nothing, or the best there is.
    if (most === 0 && scoring.normalize === 'higherIsBetter') continue;
    if (most === 0) points.fill(0);
    else for (let at = 0; at < points.length; at++) points[at] = column[slots[at]!]!;
    addNormalized(sums, points, scoring, undefined);
  }
}

function addNormalized(
  sums: Float64Array,
  points: Float64Array,
  { normalize, weight }: Scoring<any>,
  state: unknown,
): void {
  if (typeof normalize === 'function') normalize(points, state);
  else if (normalize) normalizeByHighest(points, normalize);
  for (let at = 0; at < sums.length; at++) sums[at]! += points[at]! * weight;
}

/** Raw counts to 0..100 by the highest one, whole numbers as upstream's. */
function normalizeByHighest(
  points: Float64Array,
  how: Extract<Scoring<unknown>['normalize'], string>,
): void {
  let highest = 0;
  for (let at = 0; at < points.length; at++) if (points[at]! > highest) highest = points[at]!;
  for (let at = 0; at < points.length; at++) {
    const share = highest === 0 ? 0 : Math.trunc((points[at]! * scoreMax) / highest);
    points[at] = how === 'higherIsBetter' ? share : scoreMax - share;
  }
}
