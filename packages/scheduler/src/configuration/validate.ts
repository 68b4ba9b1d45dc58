import {
  type Args,
  type PluginEntry,
  type PluginSet,
  points,
  version,
  type Written,
  type WrittenProfile,
} from './kinds.ts';

type Problems = Generator<string, void, undefined>;

const invalid = (path: string, value: unknown, detail: string): string =>
  `${path}: Invalid value: ${JSON.stringify(value)}: ${detail}`;
const required = (path: string, detail = ''): string =>
  `${path}: Required value${detail && `: ${detail}`}`;
const duplicate = (path: string, value: unknown): string =>
  `${path}: Duplicate value: ${JSON.stringify(value)}`;
const unsupported = (path: string, value: unknown, known: readonly string[]): string =>
  `${path}: Unsupported value: ${JSON.stringify(value)}: supported values: ${known.map((each) => JSON.stringify(each)).join(', ')}`;

/** Names that were plugins once. */
const removed: ReadonlySet<string> = new Set([
  ...['AzureDiskLimits', 'CinderLimits', 'EBSLimits', 'GCEPDLimits'],
]);
const wasRemoved = `was invalid in version "v1" (KubeSchedulerConfiguration is version "${version}")`;

/** All that is wrong with a configuration, its defaults applied, in upstream's order and words. */
export function* problemsOf(written: Written): Problems {
  const { leaderElection, parallelism = 16, profiles = [{}] } = written;
  if (leaderElection?.resourceLock && leaderElection.leaderElect !== false)
    if (leaderElection.resourceLock !== 'leases')
      yield invalid(
        'leaderElection.resourceLock',
        leaderElection.resourceLock,
        'resourceLock value must be "leases"',
      );
  if (parallelism <= 0)
    yield invalid('parallelism', parallelism, 'should be an integer value greater than zero');
  const seen = new Set<string | undefined>();
  for (const [at, profile] of profiles.entries()) {
    const path = `profiles[${at}]`;
    const name = profile.schedulerName ?? (profiles.length === 1 ? 'default-scheduler' : '');
    if (!name) yield required(`${path}.schedulerName`);
    yield* percentage(`${path}.percentageOfNodesToScore`, profile.percentageOfNodesToScore);
    yield* profileProblems(path, profile);
    if (seen.has(name)) yield duplicate(`${path}.schedulerName`, {});
    seen.add(name);
  }
  yield* queueSorts(profiles);
  yield* percentage('percentageOfNodesToScore', written.percentageOfNodesToScore);
  const { podInitialBackoffSeconds: first = 1, podMaxBackoffSeconds: max = 10 } = written;
  if (first <= 0) yield invalid('podInitialBackoffSeconds', first, 'must be greater than 0');
  if (max < first)
    yield invalid(
      'podMaxBackoffSeconds',
      max,
      'must be greater than or equal to PodInitialBackoffSeconds',
    );
  yield* extenders(written);
}

function* percentage(path: string, value: number | undefined): Problems {
  if (value !== undefined && (value < 0 || value > 100))
    yield invalid(path, value, 'not in valid range [0-100]');
}

function* queueSorts(profiles: readonly WrittenProfile[]): Problems {
  const of = ({ plugins }: WrittenProfile): string => JSON.stringify(plugins?.queueSort ?? {});
  const count = profiles[0]!.plugins?.queueSort?.enabled?.length ?? 0;
  if (count > 1)
    yield invalid(
      'profiles[0].plugins.queueSort.Enabled',
      count,
      'only one queue sort plugin can be enabled',
    );
  for (const [at, profile] of profiles.entries())
    if (of(profile) !== of(profiles[0]!))
      yield invalid(
        `profiles[${at}].plugins.queueSort`,
        setAsTold(profile.plugins?.queueSort),
        'must be the same for all profiles',
      );
}

/** A set of plugins as upstream's type has it. */
function setAsTold({ enabled, disabled }: PluginSet = {}): object {
  const told = (list: readonly PluginEntry[] | undefined) =>
    list?.map(({ name, weight = 0 }) => ({ Name: name, Weight: weight })) ?? null;
  return { Enabled: told(enabled), Disabled: told(disabled) };
}

function* profileProblems(path: string, { plugins, pluginConfig }: WrittenProfile): Problems {
  for (const point of points)
    for (const [at, { name }] of (plugins?.[point]?.enabled ?? []).entries())
      if (removed.has(name))
        yield invalid(`${path}.plugins.${point}.enabled[${at}]`, name, wasRemoved);
  const seen = new Set<string>();
  for (const [at, { name, args }] of (pluginConfig ?? []).entries()) {
    const place = `${path}.pluginConfig[${at}]`;
    if (seen.has(name)) yield duplicate(place, name);
    seen.add(name);
    if (removed.has(name)) yield invalid(place, name, wasRemoved);
    else if (Object.hasOwn(argRules, name))
      yield* argRules[name as keyof Rules](`${place}.args`, args as never);
  }
}

function* range(
  path: string,
  value: number,
  [from, to]: readonly [number, number],
  detail?: string,
): Problems {
  if (value < from || value > to)
    yield invalid(path, value, detail ?? `not in valid range [${from}, ${to}]`);
}

/** A length of time in upstream's way of writing it, whole hours, minutes and seconds kept apart. */
function durationText(ms: number): string {
  if (ms === 0) return '0s';
  if (ms < 1000) return `${ms}ms`;
  const [hours, minutes] = [Math.trunc(ms / 3_600_000), Math.trunc(ms / 60_000) % 60];
  const seconds = `${(ms % 60_000) / 1000}s`;
  return hours ? `${hours}h${minutes}m${seconds}` : minutes ? `${minutes}m${seconds}` : seconds;
}

type Rules = {
  readonly [K in Exclude<keyof Args, 'NodeResourcesFit'>]-?: (
    path: string,
    args: NonNullable<Args[K]>,
  ) => Problems;
};

const argRules: Rules = {
  *DefaultPreemption(path, args) {
    const { minCandidateNodesPercentage: share = 10, minCandidateNodesAbsolute: count = 100 } =
      args;
    const [sharePath, countPath] = [
      `${path}.minCandidateNodesPercentage`,
      `${path}.minCandidateNodesAbsolute`,
    ];
    yield* range(sharePath, share, [0, 100]);
    if (count < 0) yield invalid(countPath, count, 'not in valid range [0, inf)');
    if (share !== 0 || count !== 0) return;
    yield invalid(sharePath, 0, 'cannot be zero at the same time as minCandidateNodesAbsolute');
    yield invalid(countPath, 0, 'cannot be zero at the same time as minCandidateNodesPercentage');
  },
  *DynamicResources(path, { filterTimeout = 0, bindingTimeout = 1000 }) {
    const told = (ms: number): string => (ms < 0 ? `-${durationText(-ms)}` : durationText(ms));
    if (filterTimeout < 0)
      yield invalid(`${path}.filterTimeout`, told(filterTimeout), 'must be zero or positive');
    if (bindingTimeout < 1000)
      yield invalid(`${path}.bindingTimeout`, told(bindingTimeout), 'must be at least 1 second');
  },
  InterPodAffinity: (path, { hardPodAffinityWeight: weight = 1 }) =>
    range(`${path}.hardPodAffinityWeight`, weight, [0, 100]),
  *NodeAffinity(path, { addedAffinity: affinity = {} }) {
    const requiredTerms =
      affinity.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
    const base = `${path}.addedAffinity`;
    for (const [at, term] of requiredTerms.entries())
      yield* termProblems(
        `${base}.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[${at}]`,
        term,
      );
    const preferred = affinity.preferredDuringSchedulingIgnoredDuringExecution ?? [];
    for (const [at, { preference }] of preferred.entries())
      yield* termProblems(
        `${base}.preferredDuringSchedulingIgnoredDuringExecution[${at}]`,
        preference,
      );
  },
  *NodeResourcesBalancedAllocation(path, { resources = [] }) {
    const seen = new Set<string>();
    for (const [at, { name, weight }] of resources.entries()) {
      if (seen.has(name)) yield duplicate(`${path}.resources[${at}].name`, name);
      seen.add(name);
      if ((weight || 1) !== 1)
        yield invalid(`${path}.resources[${at}].weight`, weight, 'must be 1');
    }
  },
  PodTopologySpread: spreadProblems,
  *VolumeBinding(path, { bindTimeoutSeconds: seconds = 600, shape }) {
    if (seconds < 0)
      yield invalid(
        `${path}.bindTimeoutSeconds`,
        seconds,
        'invalid BindTimeoutSeconds, should not be a negative value',
      );
    if (shape)
      yield invalid(
        `${path}.shape`,
        shape.map(({ utilization, score }) => ({ Utilization: utilization, Score: score })),
        'unexpected field `shape`, remove it or turn on the feature gate StorageCapacityScoring',
      );
  },
};

type Term = {
  readonly matchExpressions?: readonly Requirement[] | undefined;
  readonly matchFields?: readonly Requirement[] | undefined;
};
type Requirement = {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[] | undefined;
};
const selectorOperators = ['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt'];

function* termProblems(path: string, { matchExpressions = [], matchFields = [] }: Term): Problems {
  for (const [at, { key, operator, values = [] }] of matchExpressions.entries()) {
    const place = `${path}.matchExpressions[${at}]`;
    if (!selectorOperators.includes(operator))
      yield unsupported(`${place}.operator`, operator, selectorOperators);
    else if ((operator === 'In' || operator === 'NotIn') && values.length === 0)
      yield `${place}.values: Invalid value: null: for 'in', 'notin' operators, values set can't be empty`;
    else if (!key) yield required(`${place}.key`);
  }
  for (const [at, { operator, values = [] }] of matchFields.entries())
    if ((operator === 'In' || operator === 'NotIn') && values.length !== 1)
      yield required(`${path}.matchFields[${at}].values`, 'must have one element');
}

function* spreadProblems(
  path: string,
  {
    defaultConstraints: list = [],
    defaultingType: type = 'System',
  }: NonNullable<Args['PodTopologySpread']>,
): Problems {
  if (type !== 'System' && type !== 'List')
    yield unsupported(`${path}.defaultingType`, type, ['System', 'List']);
  else if (type === 'System' && list.length > 0)
    yield invalid(`${path}.defaultingType`, type, 'when .defaultConstraints are not empty');
  const seen = new Set<string>();
  for (const [at, { maxSkew, topologyKey, whenUnsatisfiable, labelSelector }] of list.entries()) {
    const place = `${path}.defaultConstraints[${at}]`;
    if (!(maxSkew > 0))
      yield invalid(`${place}.maxSkew`, maxSkew ?? 0, 'not in valid range (0, inf)');
    if (!topologyKey) yield required(`${place}.topologyKey`, 'can not be empty');
    const sorts = ['DoNotSchedule', 'ScheduleAnyway'];
    if (!whenUnsatisfiable) yield required(`${place}.whenUnsatisfiable`, 'can not be empty');
    else if (!sorts.includes(whenUnsatisfiable))
      yield unsupported(`${place}.whenUnsatisfiable`, whenUnsatisfiable, sorts);
    if (labelSelector)
      yield `${place}.labelSelector: Forbidden: constraint must not define a selector, as they deduced for each pod`;
    const id = `{${topologyKey}, ${whenUnsatisfiable}}`;
    if (seen.has(id)) yield duplicate(place, id);
    seen.add(id);
  }
}

function* shapeProblems(
  path: string,
  shape: readonly { readonly utilization: number; readonly score: number }[],
): Problems {
  if (shape.length === 0) return yield required(path, 'at least one point must be specified');
  const unsorted = shape.findIndex(
    ({ utilization }, at) => at > 0 && shape[at - 1]!.utilization >= utilization,
  );
  if (unsorted > 0)
    yield invalid(
      `${path}[${unsorted}].utilization`,
      shape[unsorted]!.utilization,
      'values must be sorted in increasing order',
    );
  for (const [at, { utilization, score }] of shape.entries()) {
    yield* range(`${path}[${at}].utilization`, utilization, [0, 100]);
    yield* range(`${path}[${at}].score`, score, [0, 10]);
  }
}

/** Names without a domain, or of Kubernetes' own, are no extended resources. */
const isExtended = (name: string): boolean =>
  name.includes('/') && !name.includes('kubernetes.io/') && !name.startsWith('requests.');

function* extenders({ extenders: list = [] }: Written): Problems {
  const managed = new Set<string>();
  for (const [at, { prioritizeVerb, weight = 0, managedResources = [] }] of list.entries()) {
    const path = `extenders[${at}]`;
    if (prioritizeVerb && weight <= 0)
      yield invalid(`${path}.weight`, weight, 'must have a positive weight applied to it');
    for (const [index, { name }] of managedResources.entries()) {
      const place = `${path}.managedResources[${index}].name`;
      if (!isExtended(name)) yield invalid(place, name, 'is an invalid extended resource name');
      if (managed.has(name)) yield invalid(place, name, 'duplicate extender managed resource name');
      managed.add(name);
    }
  }
  const binders = list.filter(({ bindVerb }) => bindVerb).length;
  if (binders > 1)
    yield invalid(
      'extenders',
      `found ${binders} extenders implementing bind`,
      'only one extender can implement bind',
    );
}

/** What is wrong with the arguments of NodeResourcesFit; upstream finds it when it makes the plugin. */
export function* fitProblems({
  ignoredResourceGroups = [],
  scoringStrategy,
}: NonNullable<Args['NodeResourcesFit']>): Problems {
  for (const [at, group] of ignoredResourceGroups.entries())
    if (group.includes('/'))
      yield invalid(`ignoredResourceGroups[${at}]`, group, "resource group name can't contain '/'");
  if (!scoringStrategy) return;
  const place = 'scoringStrategy';
  const { type = '', resources = [], requestedToCapacityRatio: ratio } = scoringStrategy;
  const known = ['LeastAllocated', 'MostAllocated', 'RequestedToCapacityRatio'];
  if (!known.includes(type)) yield unsupported(`${place}.type`, type, known);
  for (const [at, { name, weight }] of resources.entries())
    yield* range(
      `${place}.resources[${at}].weight`,
      weight || 1,
      [1, 100],
      `resource weight of ${name} not in valid range (0, 100]`,
    );
  const ratioPath = `${place}.requestedToCapacityRatio`;
  if (type !== 'RequestedToCapacityRatio') {
    if (ratio)
      yield `${ratioPath}: Forbidden: must be nil when type is not RequestedToCapacityRatio`;
  } else if (ratio) yield* shapeProblems(`${ratioPath}.shape`, ratio.shape ?? []);
  else yield required(ratioPath, 'must be specified when type is RequestedToCapacityRatio');
}
