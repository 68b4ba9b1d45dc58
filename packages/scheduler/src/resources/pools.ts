import { matchesTerm } from '@coxswain/api/nodes';
import type { Node, NodeSelector } from '@coxswain/api/types/core-v1';
import type { Counter, Device, ResourceSlice } from '@coxswain/api/types/resource-v1';

/** A device by its driver, pool and name: what it is known by in the whole cluster. */
export const deviceId = (driver: string, pool: string, device: string): string =>
  `${driver}/${pool}/${device}`;

/** A device where it is offered. */
export interface Offer {
  readonly id: string;
  readonly device: Device;
  readonly slice: ResourceSlice;
  readonly pool: Pool;
}

export type CounterSets = ReadonlyMap<string, Readonly<Record<string, Counter>>>;

/** A driver's pool as one node sees it. */
export interface Pool {
  /** `driver/name`. */
  readonly id: string;
  /** Incomplete: slices are still to come. Invalid: what it says of itself cannot be. Nothing is taken from either. */
  readonly state: 'complete' | 'incomplete' | 'invalid';
  /** Of slices for the node, in the order in which they are tried. */
  readonly offers: readonly Offer[];
  /** Devices for other nodes alone: they may use up shared counters. */
  readonly elsewhere: readonly ResourceSlice[];
  readonly counters: CounterSets;
}

/** Slices by the nodes that they are for. */
export interface SliceIndex {
  readonly byNode: ReadonlyMap<string, readonly ResourceSlice[]>;
  /** For several nodes, or with counters. */
  readonly shared: readonly ResourceSlice[];
  readonly byPool: ReadonlyMap<string, readonly ResourceSlice[]>;
  /** What was found for nodes already. */
  readonly known: WeakMap<Node, readonly Pool[]>;
}

const poolOf = ({ spec }: ResourceSlice): string => `${spec.driver}/${spec.pool.name}`;
const hasCounters = ({ spec }: ResourceSlice): boolean => (spec.sharedCounters?.length ?? 0) > 0;

/** Ready to be asked about nodes. */
export function indexSlices(slices: readonly ResourceSlice[]): SliceIndex {
  const isShared = (slice: ResourceSlice): boolean => !slice.spec.nodeName || hasCounters(slice);
  const local = slices.filter((slice) => !isShared(slice));
  return {
    byNode: Map.groupBy(local, ({ spec }) => spec.nodeName!),
    shared: slices.filter(isShared),
    byPool: Map.groupBy(slices, poolOf),
    known: new WeakMap(),
  };
}

/** Whether a node is among those that a slice or a device is for. */
export function isFor(node: Node, { nodeName, allNodes, nodeSelector }: NodesOf): boolean {
  if (nodeName) return node.metadata.name === nodeName;
  if (allNodes) return true;
  return nodeSelector?.nodeSelectorTerms.some((term) => matchesTerm(term, node)) ?? false;
}

interface NodesOf {
  readonly nodeName?: string | undefined;
  readonly allNodes?: boolean | undefined;
  readonly nodeSelector?: NodeSelector | undefined;
}

/** All pools with something for the node, in the order in which they are tried. */
export function poolsFor(node: Node, index: SliceIndex): readonly Pool[] {
  const known = index.known.get(node);
  if (known) return known;
  const pools = gather(node, index);
  index.known.set(node, pools);
  return pools;
}

function gather(node: Node, { byNode, shared, byPool }: SliceIndex): readonly Pool[] {
  const newest = new Map<string, ResourceSlice[]>();
  for (const slice of [...(byNode.get(node.metadata.name) ?? []), ...shared]) {
    if (!isRelevant(slice, node)) continue;
    const id = poolOf(slice);
    const before = newest.get(id);
    const ahead = before ? generation(slice) - generation(before[0]!) : 1;
    if (ahead > 0) newest.set(id, [slice]);
    else if (ahead === 0) before!.push(slice);
  }
  const pools = [...newest].flatMap(([id, slices]) => poolFrom(id, slices, byPool.get(id)!) ?? []);
  pools.sort((a, b) => compareText(a.sort, b.sort));
  // Those whose devices have to be made ready first come last.
  const late = ({ offers }: Pool): boolean =>
    offers.some(({ device }) => device.bindingConditions !== undefined);
  const all = pools.map(({ pool }) => pool);
  return [...all.filter((pool) => !late(pool)), ...all.filter(late)];
}

const generation = ({ spec }: ResourceSlice): number => spec.pool.generation;
const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function isRelevant(slice: ResourceSlice, node: Node): boolean {
  const { nodeName, allNodes, nodeSelector, perDeviceNodeSelection, devices } = slice.spec;
  if (hasCounters(slice)) return true;
  if (nodeName || allNodes || nodeSelector) return isFor(node, slice.spec);
  return (perDeviceNodeSelection && devices?.some((device) => isFor(node, device))) ?? false;
}

interface Sorted {
  readonly sort: string;
  readonly pool: Pool;
}

/** Undefined: a newer generation, with nothing for this node, is on its way. */
function poolFrom(
  id: string,
  slices: readonly ResourceSlice[],
  everywhere: readonly ResourceSlice[],
): Sorted | undefined {
  const [first] = slices;
  const { driver, pool } = first!.spec;
  const sort = `${driver}\0${pool.name}`;
  const nothing = { id, offers: [], elsewhere: [], counters: new Map() };
  let all = slices;
  if (slices.length !== pool.resourceSliceCount) {
    if (everywhere.some((slice) => generation(slice) > pool.generation)) return undefined;
    all = everywhere.filter((slice) => generation(slice) === pool.generation);
    if (all.length !== pool.resourceSliceCount)
      return { sort, pool: { ...nothing, state: 'incomplete' } };
  }
  const here = slices.toSorted((a, b) => compareText(a.metadata.name, b.metadata.name));
  const withDevices = here.filter((slice) => !hasCounters(slice));
  const counters = countersOf(here.filter(hasCounters));
  const elsewhere = all.filter((slice) => !slices.includes(slice));
  const isValid =
    counters !== undefined &&
    namesDiffer(withDevices) &&
    [...here, ...elsewhere].every((slice) => consumesWhatIs(slice, counters));
  if (!isValid) return { sort, pool: { ...nothing, state: 'invalid' } };
  const offers: Offer[] = [];
  const made: Pool = { id, state: 'complete', offers, elsewhere, counters };
  for (const slice of withDevices)
    for (const device of slice.spec.devices ?? [])
      offers.push({ id: deviceId(driver, pool.name, device.name), device, slice, pool: made });
  return { sort, pool: made };
}

/** Undefined when a set is there twice. */
function countersOf(slices: readonly ResourceSlice[]): CounterSets | undefined {
  const sets = slices.flatMap(({ spec }) => spec.sharedCounters ?? []);
  const counters = new Map(sets.map((set) => [set.name, set.counters]));
  return counters.size === sets.length ? counters : undefined;
}

function namesDiffer(slices: readonly ResourceSlice[]): boolean {
  const names = slices.flatMap(({ spec }) => (spec.devices ?? []).map(({ name }) => name));
  return new Set(names).size === names.length;
}

const consumesWhatIs = ({ spec }: ResourceSlice, sets: CounterSets): boolean =>
  (spec.devices ?? []).every(({ consumesCounters = [] }) =>
    consumesCounters.every(({ counterSet, counters }) => {
      const known = sets.get(counterSet);
      return known && Object.keys(counters).every((name) => Object.hasOwn(known, name));
    }),
  );
