/** The kinds of kubescheduler.config.k8s.io/v1, as data. */
import type { NodeAffinity, TopologySpreadConstraint } from '@coxswain/api/types/core-v1';
import type { ShapePoint, WeighedResource } from '../plugins/resource-scores.ts';
import type { Fields, Shape } from './shape.ts';

/** The one version that is read. */
export const version = 'kubescheduler.config.k8s.io/v1';

const fields = (name: string, of: Readonly<Record<string, Shape>>): Fields => ({
  name,
  fields: of,
});
const list = (of: Shape): Shape => ({ list: of });
const kind = { apiVersion: 'string', kind: 'string' } as const;

/** One of them. */
export type Point =
  | 'preEnqueue'
  | 'queueSort'
  | 'preFilter'
  | 'filter'
  | 'postFilter'
  | 'preScore'
  | 'score'
  | 'reserve'
  | 'permit'
  | 'preBind'
  | 'bind'
  | 'postBind'
  | 'placementGenerate'
  | 'placementScore';

/** The extension points by their names in a profile. */
export const points: readonly Point[] = [
  ...(['preFilter', 'filter', 'postFilter', 'reserve', 'preScore', 'score'] as const),
  ...(['preBind', 'bind', 'postBind', 'permit', 'preEnqueue', 'queueSort'] as const),
  ...(['placementGenerate', 'placementScore'] as const),
];

const plugin = fields('Plugin', { name: 'string', weight: 'int32' });
const pluginSet = fields('PluginSet', { enabled: list(plugin), disabled: list(plugin) });
const profile = fields('KubeSchedulerProfile', {
  schedulerName: 'string',
  percentageOfNodesToScore: 'int32',
  plugins: fields(
    'Plugins',
    Object.fromEntries([...points, 'multiPoint'].map((point) => [point, pluginSet])),
  ),
  pluginConfig: list(fields('PluginConfig', { name: 'string', args: 'any' })),
});

const extender = fields('Extender', {
  urlPrefix: 'string',
  filterVerb: 'string',
  preemptVerb: 'string',
  prioritizeVerb: 'string',
  weight: 'int64',
  bindVerb: 'string',
  enableHTTPS: 'bool',
  tlsConfig: fields('ExtenderTLSConfig', {
    insecure: 'bool',
    ...{ serverName: 'string', certFile: 'string', keyFile: 'string', caFile: 'string' },
    ...{ certData: 'string', keyData: 'string', caData: 'string' },
  }),
  httpTimeout: 'duration',
  nodeCacheCapable: 'bool',
  managedResources: list(
    fields('ExtenderManagedResource', { name: 'string', ignoredByScheduler: 'bool' }),
  ),
  ignorable: 'bool',
});

/** KubeSchedulerConfiguration. */
export const configurationShape: Fields = fields('KubeSchedulerConfiguration', {
  ...kind,
  parallelism: 'int32',
  leaderElection: fields('LeaderElectionConfiguration', {
    leaderElect: 'bool',
    ...{ leaseDuration: 'duration', renewDeadline: 'duration', retryPeriod: 'duration' },
    ...{ resourceLock: 'string', resourceName: 'string', resourceNamespace: 'string' },
  }),
  clientConnection: fields('ClientConnectionConfiguration', {
    ...{ kubeconfig: 'string', acceptContentTypes: 'string', contentType: 'string' },
    ...{ qps: 'any', burst: 'int32' },
  }),
  enableProfiling: 'bool',
  enableContentionProfiling: 'bool',
  percentageOfNodesToScore: 'int32',
  podInitialBackoffSeconds: 'int64',
  podMaxBackoffSeconds: 'int64',
  profiles: list(profile),
  extenders: list(extender),
  delayCacheUntilActive: 'bool',
});

const resources = list(fields('ResourceSpec', { name: 'string', weight: 'int64' }));
const shape = list(fields('UtilizationShapePoint', { utilization: 'int32', score: 'int32' }));
const requirements = list(
  fields('NodeSelectorRequirement', {
    ...{ key: 'string', operator: 'string v1.NodeSelectorOperator', values: list('string') },
  }),
);
const term = fields('NodeSelectorTerm', {
  matchExpressions: requirements,
  matchFields: requirements,
});

/** The arguments of plugins, by their names. */
export const argShapes: Readonly<Record<string, Fields>> = {
  DefaultPreemption: fields('DefaultPreemptionArgs', {
    ...kind,
    minCandidateNodesPercentage: 'int32',
    minCandidateNodesAbsolute: 'int32',
  }),
  DynamicResources: fields('DynamicResourcesArgs', {
    ...kind,
    filterTimeout: 'duration',
    bindingTimeout: 'duration',
  }),
  InterPodAffinity: fields('InterPodAffinityArgs', {
    ...kind,
    hardPodAffinityWeight: 'int32',
    ignorePreferredTermsOfExistingPods: 'bool',
  }),
  NodeAffinity: fields('NodeAffinityArgs', {
    ...kind,
    addedAffinity: fields('NodeAffinity', {
      requiredDuringSchedulingIgnoredDuringExecution: fields('NodeSelector', {
        nodeSelectorTerms: list(term),
      }),
      preferredDuringSchedulingIgnoredDuringExecution: list(
        fields('PreferredSchedulingTerm', { weight: 'int32', preference: term }),
      ),
    }),
  }),
  NodeResourcesBalancedAllocation: fields('NodeResourcesBalancedAllocationArgs', {
    ...kind,
    resources,
  }),
  NodeResourcesFit: fields('NodeResourcesFitArgs', {
    ...kind,
    ignoredResources: list('string'),
    ignoredResourceGroups: list('string'),
    scoringStrategy: fields('ScoringStrategy', {
      type: 'string v1.ScoringStrategyType',
      resources,
      requestedToCapacityRatio: fields('RequestedToCapacityRatioParam', { shape }),
    }),
  }),
  PodTopologySpread: fields('PodTopologySpreadArgs', {
    ...kind,
    defaultConstraints: list(
      fields('TopologySpreadConstraint', {
        maxSkew: 'int32',
        topologyKey: 'string',
        whenUnsatisfiable: 'string v1.UnsatisfiableConstraintAction',
        labelSelector: 'any',
        minDomains: 'int32',
        nodeAffinityPolicy: 'string v1.NodeInclusionPolicy',
        nodeTaintsPolicy: 'string v1.NodeInclusionPolicy',
        matchLabelKeys: list('string'),
      }),
    ),
    defaultingType: 'string v1.PodTopologySpreadConstraintsDefaulting',
  }),
  VolumeBinding: fields('VolumeBindingArgs', { ...kind, bindTimeoutSeconds: 'int64', shape }),
};

/** A plugin in a list of a profile. */
export interface PluginEntry {
  readonly name: string;
  readonly weight?: number;
}

/** Plugins that are switched on and off at one point. */
export interface PluginSet {
  readonly enabled?: readonly PluginEntry[];
  readonly disabled?: readonly PluginEntry[];
}

/** A profile as it is written. */
export interface WrittenProfile {
  readonly schedulerName?: string;
  readonly percentageOfNodesToScore?: number;
  readonly plugins?: Readonly<Partial<Record<Point | 'multiPoint', PluginSet>>>;
  readonly pluginConfig?: readonly { readonly name: string; readonly args?: unknown }[];
}

/** An extender as it is written; times in milliseconds. */
export interface WrittenExtender {
  readonly urlPrefix: string;
  readonly filterVerb?: string;
  readonly preemptVerb?: string;
  readonly prioritizeVerb?: string;
  readonly weight?: number;
  readonly bindVerb?: string;
  readonly enableHTTPS?: boolean;
  readonly tlsConfig?: {
    readonly insecure?: boolean;
    readonly serverName?: string;
    readonly certFile?: string;
    readonly keyFile?: string;
    readonly caFile?: string;
    readonly certData?: string; // base64, as keyData and caData
    readonly keyData?: string;
    readonly caData?: string;
  };
  readonly httpTimeout?: number;
  readonly nodeCacheCapable?: boolean;
  readonly managedResources?: readonly {
    readonly name: string;
    readonly ignoredByScheduler?: boolean;
  }[];
  readonly ignorable?: boolean;
}

/** A KubeSchedulerConfiguration as it is written, its unknown fields aside. */
export interface Written {
  readonly parallelism?: number;
  readonly percentageOfNodesToScore?: number;
  readonly podInitialBackoffSeconds?: number;
  readonly podMaxBackoffSeconds?: number;
  readonly leaderElection?: { readonly leaderElect?: boolean; readonly resourceLock?: string };
  readonly profiles?: readonly WrittenProfile[];
  readonly extenders?: readonly WrittenExtender[];
}

/** The arguments of plugins as they are written. */
export interface Args {
  readonly DefaultPreemption?: {
    readonly minCandidateNodesPercentage?: number;
    readonly minCandidateNodesAbsolute?: number;
  };
  readonly DynamicResources?: {
    readonly filterTimeout?: number; // ms
    readonly bindingTimeout?: number; // ms
  };
  readonly InterPodAffinity?: {
    readonly hardPodAffinityWeight?: number;
    readonly ignorePreferredTermsOfExistingPods?: boolean;
  };
  readonly NodeAffinity?: { readonly addedAffinity?: NodeAffinity };
  readonly NodeResourcesBalancedAllocation?: { readonly resources?: readonly LooseResource[] };
  readonly NodeResourcesFit?: {
    readonly ignoredResources?: readonly string[];
    readonly ignoredResourceGroups?: readonly string[];
    readonly scoringStrategy?: {
      readonly type?: string;
      readonly resources?: readonly LooseResource[];
      readonly requestedToCapacityRatio?: { readonly shape?: readonly ShapePoint[] };
    };
  };
  readonly PodTopologySpread?: {
    readonly defaultConstraints?: readonly TopologySpreadConstraint[];
    readonly defaultingType?: string;
  };
  readonly VolumeBinding?: {
    readonly bindTimeoutSeconds?: number;
    readonly shape?: readonly ShapePoint[];
  };
}

type LooseResource = Pick<WeighedResource, 'name'> & Partial<WeighedResource>;
