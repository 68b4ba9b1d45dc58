import type { Amounts } from '../nodes/amounts.ts';
import type { NodeInfo } from '../nodes/node-info.ts';
import type { PodRequests } from '../nodes/pod-requests.ts';

/** A resource that scores look at, and how much it counts. */
export interface WeighedResource {
  readonly name: string;
  readonly weight: number;
}

/** A point of a broken line from utilization (0 to 100) to score (0 to 10). */
export interface ShapePoint {
  readonly utilization: number;
  readonly score: number;
}

/** How room on a node becomes a score. */
export interface Strategy {
  readonly type: 'LeastAllocated' | 'MostAllocated' | 'RequestedToCapacityRatio';
  readonly resources: readonly WeighedResource[];
  readonly shape?: readonly ShapePoint[];
}

/** Scores of `shape` are of ten, those of plugins of a hundred. */
const scale = 10;

const amountOf = (amounts: Amounts, name: string): number =>
  name === 'cpu'
    ? amounts.milliCpu
    : name === 'memory'
      ? amounts.memory
      : name === 'ephemeral-storage'
        ? amounts.ephemeralStorage
        : (amounts.others.get(name) ?? 0);

/**
 * What a node has of a resource and what would be taken of it with the pod; undefined where the resource does not count:
 * the node has none, or it is an extended one that the pod does not ask for.
 */
function useOf(
  name: string,
  { asked, scored: assumed }: PodRequests,
  { allocatable, requested, scored }: NodeInfo,
): { readonly size: number; readonly used: number } | undefined {
  const size = amountOf(allocatable, name);
  if (size === 0) return undefined;
  if (name === 'cpu') return { size, used: scored.milliCpu + assumed.milliCpu };
  if (name === 'memory') return { size, used: scored.memory + assumed.memory };
  const wanted = amountOf(asked, name);
  if (wanted === 0 && name !== 'ephemeral-storage') return undefined;
  return { size, used: amountOf(requested, name) + wanted };
}

/** The height of a broken line at `at`. */
export function heightAt(shape: readonly ShapePoint[], at: number): number {
  const next = shape.findIndex(({ utilization }) => at <= utilization);
  if (next < 0) return (shape.at(-1)?.score ?? 0) * scale;
  const to = shape[next]!;
  if (next === 0) return to.score * scale;
  const from = shape[next - 1]!;
  const rise = (to.score - from.score) * scale * (at - from.utilization);
  return from.score * scale + Math.trunc(rise / (to.utilization - from.utilization));
}

/** Points from 0 to 100 for a node, by a strategy. */
export function strategyScore(
  { type, resources, shape = [] }: Strategy,
  asks: PodRequests,
  node: NodeInfo,
): number {
  let sum = 0;
  let weights = 0;
  for (const { name, weight } of resources) {
    const use = useOf(name, asks, node);
    if (!use) continue;
    const { size, used } = use;
    let points: number;
    if (type === 'LeastAllocated')
      points = used > size ? 0 : Math.trunc(((size - used) * 100) / size);
    else if (type === 'MostAllocated') points = Math.trunc((Math.min(used, size) * 100) / size);
    else {
      points = heightAt(shape, used > size ? 100 : Math.trunc((used * 100) / size));
      if (points === 0) continue;
    }
    sum += points * weight;
    weights += weight;
  }
  if (weights === 0) return 0;
  return type === 'RequestedToCapacityRatio'
    ? Math.round(sum / weights)
    : Math.trunc(sum / weights);
}

/** 100 when all of `names` are used to the same degree, less the more the degrees differ. */
export function balanceOf(
  names: readonly string[],
  used: (name: string) => number,
  allocatable: Amounts,
): number {
  const shares = names.flatMap((name) => {
    const size = amountOf(allocatable, name);
    return size === 0 ? [] : [Math.min(1, used(name) / size)];
  });
  if (shares.length < 2) return 100;
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  const variance = shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / shares.length;
  const deviation =
    shares.length === 2 ? Math.abs((shares[0]! - shares[1]!) / 2) : Math.sqrt(variance);
  return Math.trunc((1 - deviation) * 100);
}

/** Points for how much nearer the pod would bring the use of these resources to each other: 50 when it changes nothing. */
export function balanceScore(
  resources: readonly WeighedResource[],
  asked: Amounts,
  { allocatable, requested }: NodeInfo,
): number {
  const names = resources
    .map(({ name }) => name)
    .filter(
      (name) => ['cpu', 'memory', 'ephemeral-storage'].includes(name) || amountOf(asked, name) > 0,
    );
  const before = balanceOf(names, (name) => amountOf(requested, name), allocatable);
  const after = balanceOf(
    names,
    (name) => amountOf(requested, name) + amountOf(asked, name),
    allocatable,
  );
  return 50 + Math.trunc((50 + after - before) / 2);
}

/** Whether the pod asks for any of these. */
export const asksAny = (resources: readonly WeighedResource[], asked: Amounts): boolean =>
  resources.some(({ name }) => amountOf(asked, name) > 0);
