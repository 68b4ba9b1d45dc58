import {
  type PluginEntry,
  type PluginSet,
  type Point,
  points,
  type WrittenProfile,
} from './kinds.ts';
import { ConfigurationError } from './shape.ts';

/** The points that each plugin has something to do at, in the order of the default profile. */
export const pointsOf: Readonly<Record<string, readonly Point[]>> = {
  SchedulingGates: ['preEnqueue'],
  PrioritySort: ['queueSort'],
  NodeUnschedulable: ['filter'],
  NodeName: ['filter'],
  TaintToleration: ['filter', 'preScore', 'score'],
  NodeAffinity: ['preFilter', 'filter', 'preScore', 'score'],
  NodePorts: ['preFilter', 'filter'],
  NodeResourcesFit: ['preFilter', 'filter', 'preScore', 'score'],
  VolumeRestrictions: ['preFilter', 'filter'],
  NodeVolumeLimits: ['preFilter', 'filter'],
  VolumeBinding: ['preFilter', 'filter', 'preScore', 'score', 'reserve', 'preBind'],
  VolumeZone: ['preFilter', 'filter'],
  PodTopologySpread: ['preFilter', 'filter', 'preScore', 'score'],
  InterPodAffinity: ['preFilter', 'filter', 'preScore', 'score'],
  DynamicResources: [
    'preEnqueue',
    'preFilter',
    'filter',
    'postFilter',
    'score',
    'reserve',
    'preBind',
  ],
  DefaultPreemption: ['preEnqueue', 'postFilter'],
  NodeResourcesBalancedAllocation: ['preScore', 'score'],
  ImageLocality: ['score'],
  DefaultBinder: ['bind'],
  NodeDeclaredFeatures: ['preFilter', 'filter'],
};

/** Weights of the default profile where they are not 1. */
const weights: Readonly<Record<string, number>> = {
  ...{ TaintToleration: 3, NodeAffinity: 2 },
  ...{ PodTopologySpread: 2, InterPodAffinity: 2, DynamicResources: 2 },
};

const defaults: readonly PluginEntry[] = Object.keys(pointsOf).map((name) => ({
  name,
  weight: weights[name] ?? 0,
}));

/** Plugins by their names, in their order, with their weights; 0: not said. */
export type Enabled = ReadonlyMap<string, number>;

/** What a profile switches on at each point, the default profile being what it starts from. */
export function mergePlugins({ plugins = {} }: WrittenProfile): Readonly<Record<Point, Enabled>> {
  const multi = overDefaults(plugins.multiPoint);
  return Object.fromEntries(
    points.map((point) => [point, at(point, plugins[point] ?? {}, multi)]),
  ) as Record<Point, Enabled>;
}

/** The default plugins, those reconfigured in their places, others after them. */
function overDefaults({ enabled = [], disabled = [] }: PluginSet = {}): readonly PluginEntry[] {
  const off = new Set(disabled.map(({ name }) => name));
  const kept = off.has('*') ? [] : defaults.filter(({ name }) => !off.has(name));
  const replaced = new Map(enabled.map((entry) => [entry.name, entry]));
  const known = new Set(kept.map(({ name }) => name));
  const placed = new Set<PluginEntry>();
  const merged = kept.map((entry) => {
    const mine = replaced.get(entry.name);
    if (!mine) return entry;
    placed.add(mine);
    return mine;
  });
  return [...merged, ...enabled.filter((entry) => !known.has(entry.name) || !placed.has(entry))];
}

/** Those named at the point and for all points first, then those for all points, then the others named here. */
function at(
  point: Point,
  { enabled = [], disabled = [] }: PluginSet,
  multi: readonly PluginEntry[],
): Enabled {
  const kind = `${point[0]!.toUpperCase()}${point.slice(1)}Plugin`;
  const own = new Map<string, number>();
  for (const { name, weight = 0 } of enabled) {
    const its = pointsOf[name];
    if (!its) throw new ConfigurationError(`${kind} "${name}" does not exist`);
    if (!its.includes(point))
      throw new ConfigurationError(`plugin "${name}" does not extend ${kind} plugin`);
    if (own.has(name))
      throw new ConfigurationError(`plugin "${name}" already registered as "${kind}"`);
    own.set(name, weight);
  }
  const off = new Set(disabled.map(({ name }) => name));
  const ofAll = new Map<string, number>();
  if (!off.has('*'))
    for (const { name, weight = 0 } of multi) {
      const its = pointsOf[name];
      if (!its) throw new ConfigurationError(`${kind} "${name}" does not exist`);
      if (!its.includes(point) || off.has(name)) continue;
      if (ofAll.has(name))
        throw new ConfigurationError(`plugin "${name}" already registered as "${kind}"`);
      ofAll.set(name, weight);
    }
  const first = [...own].filter(([name]) => ofAll.has(name));
  return new Map([...first, ...[...ofAll].filter(([name]) => !own.has(name)), ...own]);
}
