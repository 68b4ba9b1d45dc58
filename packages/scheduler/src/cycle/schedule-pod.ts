import type { Pod } from '@coxswain/api/types/core-v1';
import {
  type ImageCount,
  nothingAround,
  type Scene,
  type SchedulerPlugin,
  type Surroundings,
} from '../framework/plugin.ts';
import type { DeviceReservation } from '../framework/devices.ts';
import type { Reservation } from '../framework/reservation.ts';
import { countImage } from '../nodes/cluster-nodes.ts';
import type { NodeInfo } from '../nodes/node-info.ts';
import { groupsOf, type PodGroups } from '../nodes/pod-groups.ts';
import type { Diagnosis } from './diagnosis.ts';
import { findNodes, type Found, type Nominated } from './find-nodes.ts';
import type { Memory, Remembered } from './memory.ts';
import { prepare, type ReadyFilter } from './prepare.ts';
import { scoreNodes } from './score-nodes.ts';

/** What a plugin takes for a pod beside room on its node. */
export interface Taken {
  readonly plugin: string;
  readonly reservation: Reservation | DeviceReservation;
}

/** What a cycle decided. */
export type Decision =
  | {
      readonly is: 'placed';
      readonly node: string;
      readonly evaluated: number;
      readonly feasible: number;
      /** What plugins take for the pod on that node; absent when nothing. */
      readonly taken?: readonly Taken[];
    }
  | {
      readonly is: 'unplaced';
      readonly diagnosis: Diagnosis;
      /** For preemption: what the filters know, and the nodes where others are in the way. */
      readonly filters: readonly ReadyFilter[];
      readonly curable: readonly NodeInfo[];
      /** What is known of single nodes for such pods, where that is all that counts. */
      readonly memory?: Remembered | undefined;
    };

/** The nodes as they stand, and where the search for feasible ones begins. */
export interface Snapshot {
  readonly list: readonly NodeInfo[];
  readonly byName: ReadonlyMap<string, NodeInfo>;
  readonly start: number;
  readonly around?: Surroundings;
  /** Known already, where somebody keeps count; else every node is looked at. */
  readonly imageOn?: (image: string) => ImageCount;
  readonly groups?: PodGroups;
  readonly nominated?: Nominated;
  /** Of the nodes, those that are enough to choose from; 0 or absent: fewer the larger the cluster. */
  readonly percentage?: number;
  /** What was found out about these nodes before. */
  readonly memory?: Memory;
}

/** A decision, and where the following pod's search begins. */
export interface Turn {
  readonly decision: Decision;
  readonly next: number;
}

/** The nodes that every plugin takes for a pod, and what choosing one of them needs. */
export interface Candidates extends Found {
  readonly scene: Scene;
  readonly filters: readonly ReadyFilter[];
  readonly next: number;
  readonly memory: Remembered | undefined;
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
): Turn {
  const found = findCandidates(pod, plugins, snapshot);
  return 'decision' in found ? found : choose(pod, plugins, found, random);
}

/** The nodes that pass every filter; the decision where there is nothing to look at. */
export function findCandidates(
  pod: Pod,
  plugins: readonly SchedulerPlugin[],
  snapshot: Snapshot,
): Candidates | Turn {
  const { list, start } = snapshot;
  if (list.length === 0)
    return unplaced({ nodes: 0, rejections: new Map(), plugins: new Set() }, 0);
  const scene = sceneOf(snapshot);
  const ready = prepare(pod, plugins, scene);
  if (ready.is === 'refused')
    return unplaced({ nodes: list.length, rejections: new Map(), ...ready }, start);
  const memory = snapshot.memory?.of(pod, plugins, ready.filters, scene);
  const found = findNodes(pod, ready, snapshot, memory);
  const next = (start + found.evaluated) % list.length;
  return { ...found, scene, filters: ready.filters, next, memory };
}

/** What plugins see of `snapshot`. */
export function sceneOf({ list, byName, around, imageOn, groups }: Snapshot): Scene {
  let counted = groups;
  return {
    nodes: byName,
    around: around ?? nothingAround,
    imageOn: imageOn ?? ((image) => countImage(list, image)),
    groups: () => (counted ??= groupsOf(list)),
  };
}

/** One of the candidates with the highest score, `extra` points added for each in their order. */
export function choose(
  pod: Pod,
  plugins: readonly SchedulerPlugin[],
  { feasible, evaluated, diagnosis, curable, scene, filters, next, memory }: Candidates,
  random: () => number,
  extra?: Float64Array,
): Turn {
  const { nodes } = feasible;
  if (nodes.length === 0) return unplaced(diagnosis, next, filters, curable, memory);
  const scores = (): Float64Array => {
    const sums = scoreNodes(pod, plugins, feasible, scene, filters, memory);
    return extra ? sums.map((sum, at) => sum + extra[at]!) : sums;
  };
  const node = nodes.length === 1 ? nodes[0]! : best(nodes, scores(), random);
  const taken = filters.flatMap(({ plugin, state }): Taken[] => {
    const reservation = plugin.reserve?.(state, node, pod);
    return reservation ? [{ plugin: plugin.name, reservation }] : [];
  });
  const placed = { node: node.name, evaluated, feasible: nodes.length };
  return { decision: { is: 'placed', ...placed, ...(taken.length > 0 && { taken }) }, next };
}

const unplaced = (
  diagnosis: Diagnosis,
  next: number,
  filters: readonly ReadyFilter[] = [],
  curable: readonly NodeInfo[] = [],
  memory?: Remembered,
): Turn => ({
  decision: {
    ...{ is: 'unplaced', diagnosis, filters, curable },
    ...(memory?.others.length === 0 && { memory }),
  },
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
