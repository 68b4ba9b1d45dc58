import { defaultCandidates } from '../cycle/preempt.ts';
import type { SchedulerPlugin } from '../framework/plugin.ts';
import { type Configuration, defaultName, type Profile } from '../framework/profile.ts';
import { balancedAllocation, balancedAllocationOver } from '../plugins/balanced-allocation.ts';
import { dynamicResourcesWith } from '../plugins/dynamic-resources.ts';
import { defaultPlugins } from '../plugins/index.ts';
import { interPodAffinityWith } from '../plugins/inter-pod-affinity.ts';
import { nodeAffinityWith } from '../plugins/node-affinity.ts';
import { nodeResourcesFitWith } from '../plugins/node-resources-fit.ts';
import { podTopologySpreadWith } from '../plugins/pod-topology-spread.ts';
import type { Strategy, WeighedResource } from '../plugins/resource-scores.ts';
import { bindTimeoutSeconds, volumeBindingWith } from '../plugins/volume-binding.ts';
import type { Args, Point, Written, WrittenProfile } from './kinds.ts';
import { type Enabled, mergePlugins } from './merge-plugins.ts';
import { ConfigurationError } from './shape.ts';
import { fitProblems } from './validate.ts';

/** Without a file: one profile, all defaults. */
export const defaultConfiguration: Configuration = {
  profiles: [
    {
      schedulerName: defaultName,
      plugins: defaultPlugins,
      preemption: defaultCandidates,
      percentage: 0,
    },
  ],
  firstBackoffMs: 1_000,
  maxBackoffMs: 10_000,
  extenders: [],
};

/** What `written` means. Throws ConfigurationError for plugins that are not there or not enough. */
export function configurationOf(written: Written): Configuration {
  const { profiles = [{}], percentageOfNodesToScore: percentage = 0 } = written;
  const ignored = (written.extenders ?? []).flatMap(({ managedResources = [] }) =>
    managedResources.filter((each) => each.ignoredByScheduler).map(({ name }) => name),
  );
  return {
    profiles: profiles.map((profile) => profileOf(profile, percentage, ignored)),
    firstBackoffMs: (written.podInitialBackoffSeconds ?? 1) * 1000,
    maxBackoffMs: (written.podMaxBackoffSeconds ?? 10) * 1000,
    extenders: written.extenders ?? [],
  };
}

function profileOf(
  written: WrittenProfile,
  percentage: number,
  ignored: readonly string[],
): Profile {
  const { schedulerName = defaultName, pluginConfig = [] } = written;
  const failed = (why: string, cause?: unknown): ConfigurationError =>
    new ConfigurationError(
      `initializing profiles: creating profile for scheduler name ${schedulerName}: ${why}`,
      { cause },
    );
  let enabled: Readonly<Record<Point, Enabled>>;
  try {
    enabled = mergePlugins(written);
  } catch (error) {
    throw failed((error as Error).message, error);
  }
  const named = `for profile with scheduler name "${schedulerName}"`;
  if (enabled.queueSort.size !== 1)
    throw failed(`only one queue sort plugin required ${named}, but got ${enabled.queueSort.size}`);
  if (enabled.bind.size === 0) throw failed(`at least one bind plugin is needed ${named}`);
  const args = Object.fromEntries(pluginConfig.map(({ name, args: its }) => [name, its])) as Args;
  const problems = [...fitProblems(args.NodeResourcesFit ?? {})];
  if (problems.length > 0)
    throw failed(
      `initializing plugin "NodeResourcesFit": ${problems.length === 1 ? problems[0] : `[${problems.join(', ')}]`}`,
    );
  const { minCandidateNodesPercentage, minCandidateNodesAbsolute } = args.DefaultPreemption ?? {};
  return {
    schedulerName,
    plugins: pluginsOf(enabled, args, ignored),
    preemption: enabled.postFilter.has('DefaultPreemption')
      ? {
          percentage: minCandidateNodesPercentage ?? defaultCandidates.percentage,
          absolute: minCandidateNodesAbsolute ?? defaultCandidates.absolute,
        }
      : undefined,
    percentage: written.percentageOfNodesToScore ?? percentage,
  };
}

/** The plugins in the order of their filters, each with what is switched on of it. */
function pluginsOf(
  enabled: Readonly<Record<Point, Enabled>>,
  args: Args,
  ignored: readonly string[],
): readonly SchedulerPlugin[] {
  const order = [
    ...[...enabled.preEnqueue.keys()].filter((name) => !enabled.filter.has(name)),
    ...enabled.filter.keys(),
    ...enabled.preFilter.keys(),
  ];
  const names = new Set([...order, ...enabled.score.keys(), ...enabled.reserve.keys()]);
  return [...names].flatMap((name): SchedulerPlugin[] => {
    const plugin = configured(name, args, ignored);
    if (!plugin) return [];
    const { admit, prepare, shift, filter, scoring, reserve, makeRoom, ...rest } = plugin;
    const weight = enabled.score.get(name) || defaultWeight(scoring?.weight, name, enabled.score);
    const filters = enabled.filter.has(name);
    return [
      {
        ...rest,
        ...(admit && enabled.preEnqueue.has(name) && { admit }),
        ...(prepare && (filters || enabled.preFilter.has(name)) && { prepare }),
        ...(filter && filters && { filter, ...(shift && { shift }) }),
        ...(scoring && enabled.score.has(name) && { scoring: { ...scoring, weight } }),
        ...(reserve && enabled.reserve.has(name) && { reserve }),
        ...(makeRoom && enabled.postFilter.has(name) && { makeRoom }),
      },
    ];
  });
}

/** A plugin that is named without a weight counts once. */
const defaultWeight = (own: number | undefined, name: string, score: Enabled): number =>
  score.get(name) === undefined ? (own ?? 1) : 1;

const weighed = (
  resources: readonly { readonly name: string; readonly weight?: number }[] | undefined,
): readonly WeighedResource[] | undefined =>
  resources?.length
    ? resources.map(({ name, weight }) => ({ name, weight: weight || 1 }))
    : undefined;

const cpuAndMemory: readonly WeighedResource[] = [
  { name: 'cpu', weight: 1 },
  { name: 'memory', weight: 1 },
];

/** A plugin with its arguments; undefined for those that are no part of the cycle. */
function configured(
  name: string,
  args: Args,
  ignored: readonly string[],
): SchedulerPlugin | undefined {
  switch (name) {
    case 'NodeAffinity':
      return nodeAffinityWith(args.NodeAffinity?.addedAffinity);
    case 'InterPodAffinity':
      return interPodAffinityWith({
        hardPodAffinityWeight: args.InterPodAffinity?.hardPodAffinityWeight ?? 1,
        ignorePreferredTermsOfExistingPods:
          args.InterPodAffinity?.ignorePreferredTermsOfExistingPods ?? false,
      });
    case 'PodTopologySpread': {
      const { defaultingType, defaultConstraints = [] } = args.PodTopologySpread ?? {};
      return podTopologySpreadWith(defaultingType === 'List' ? defaultConstraints : undefined);
    }
    case 'VolumeBinding':
      return volumeBindingWith(args.VolumeBinding?.bindTimeoutSeconds ?? bindTimeoutSeconds);
    case 'DynamicResources': {
      const { filterTimeout = 10_000, bindingTimeout = 600_000 } = args.DynamicResources ?? {};
      return dynamicResourcesWith({
        filterTimeoutMs: filterTimeout,
        bindingTimeoutMs: bindingTimeout,
      });
    }
    case 'NodeResourcesFit':
      return fit(args.NodeResourcesFit ?? {}, ignored);
    case 'NodeResourcesBalancedAllocation': {
      const resources = weighed(args.NodeResourcesBalancedAllocation?.resources);
      return resources ? balancedAllocationOver(resources) : balancedAllocation;
    }
    default:
      return defaultPlugins.find((plugin) => plugin.name === name);
  }
}

function fit(
  args: NonNullable<Args['NodeResourcesFit']>,
  ignored: readonly string[],
): SchedulerPlugin {
  const { ignoredResources = [], ignoredResourceGroups = [], scoringStrategy } = args;
  const strategy = scoringStrategy && {
    type: scoringStrategy.type as Strategy['type'],
    resources: weighed(scoringStrategy.resources) ?? cpuAndMemory,
    shape: scoringStrategy.requestedToCapacityRatio?.shape ?? [],
  };
  return nodeResourcesFitWith({
    ignoredResources: [...ignoredResources, ...ignored],
    ignoredResourceGroups,
    strategy,
  });
}
