/** Nodes and pods of upstream's scheduler_perf, by case. */
import type { Node, Pod, PodSpec } from '@coxswain/api/types/core-v1';

/** What is placed, on what. */
export interface Load {
  readonly name: string;
  /** Of 5,000 nodes: pods that stand there at first, and pods that are placed; more nodes have the same. */
  readonly before: number;
  readonly measured: number;
  readonly zones?: readonly string[];
  readonly first?: (at: number) => Pod;
  readonly pod: (at: number) => Pod;
  /** Pods a second that the issue asks for, and what upstream's own test asks of itself at the same size. */
  readonly goal?: number;
  readonly upstream?: number;
  /** After so many pods a node comes or goes, and a pod that fits nowhere is tried. */
  readonly churn?: number;
}

const zone = 'topology.kubernetes.io/zone';
const hostname = 'kubernetes.io/hostname';

export const nodeOf = (at: number, zones: readonly string[] = []): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name: `node-${at}`,
    labels: {
      [hostname]: `node-${at}`,
      ...(zones.length > 0 && { [zone]: zones[at % zones.length]! }),
    },
  },
  spec: {},
  status: { allocatable: { cpu: '4', memory: '32Gi', pods: '110' } },
});

/** A pod of scheduler_perf: `cpu` in millis. */
export function podOf(
  name: string,
  {
    namespace = 'sched-1',
    labels = {},
    cpu = 100,
    ...spec
  }: {
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly cpu?: number;
  } & Partial<PodSpec> = {},
): Pod {
  const requests = { cpu: `${cpu}m`, memory: '500Mi' };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, uid: `${namespace}/${name}`, labels },
    spec: {
      containers: [
        {
          name: 'pause',
          image: 'registry.k8s.io/pause:3.10.2',
          resources: { requests, limits: requests },
        },
      ],
      ...spec,
    },
  };
}

const namespaces = ['sched-1', 'sched-0'];
const term = (color: string, topologyKey: string): object => ({
  ...{ labelSelector: { matchLabels: { color } }, topologyKey, namespaces },
});
const wants = (sort: string, color: string, topologyKey: string): Partial<PodSpec> => ({
  affinity: {
    [sort]: { requiredDuringSchedulingIgnoredDuringExecution: [term(color, topologyKey)] },
  },
});
const likes = (sort: string, color: string, topologyKey: string): Partial<PodSpec> => ({
  affinity: {
    [sort]: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight: 1, podAffinityTerm: term(color, topologyKey) },
      ],
    },
  } as object,
});
const spread = (whenUnsatisfiable: string): Partial<PodSpec> => ({
  topologySpreadConstraints: [
    {
      maxSkew: 5,
      topologyKey: zone,
      whenUnsatisfiable,
      labelSelector: { matchLabels: { color: 'blue' } },
    },
  ],
});
const three = ['moon-1', 'moon-2', 'moon-3'];

/** The same sort of pod before and while it is measured, in a namespace each. */
const alike = (labels: Readonly<Record<string, string>>, spec: Partial<PodSpec>) => ({
  first: (at: number) => podOf(`first-${at}`, { namespace: 'sched-0', labels, ...spec }),
  pod: (at: number) => podOf(`pod-${at}`, { labels, ...spec }),
});

export const loads: readonly Load[] = [
  {
    ...{ name: 'basic', before: 1_000, measured: 10_000, goal: 5_000, upstream: 680 },
    ...alike({}, {}),
  },
  {
    ...{ name: 'topology spreading', before: 5_000, measured: 5_000, goal: 3_000, upstream: 460 },
    ...{ zones: three, first: (at) => podOf(`first-${at}`) },
    pod: (at) => podOf(`pod-${at}`, { labels: { color: 'blue' }, ...spread('DoNotSchedule') }),
  },
  {
    ...{ name: 'preferred spreading', before: 5_000, measured: 5_000, upstream: 340 },
    ...{ zones: three, first: (at) => podOf(`first-${at}`) },
    pod: (at) => podOf(`pod-${at}`, { labels: { color: 'blue' }, ...spread('ScheduleAnyway') }),
  },
  {
    ...{ name: 'anti-affinity', before: 1_000, measured: 2_000, goal: 2_000, upstream: 180 },
    ...alike({ color: 'green' }, wants('podAntiAffinity', 'green', hostname)),
  },
  {
    ...{ name: 'preferred anti-affinity', before: 5_000, measured: 5_000, upstream: 190 },
    ...alike({ color: 'yellow' }, likes('podAntiAffinity', 'yellow', hostname)),
  },
  {
    ...{
      name: 'affinity',
      before: 5_000,
      measured: 5_000,
      goal: 2_000,
      upstream: 70,
      zones: ['zone1'],
    },
    ...alike({ color: 'blue' }, wants('podAffinity', 'blue', zone)),
  },
  {
    ...{ name: 'preferred affinity', before: 5_000, measured: 5_000, upstream: 160 },
    ...alike({ color: 'red' }, likes('podAffinity', 'red', hostname)),
  },
  {
    ...{ name: 'preemption', before: 20_000, measured: 5_000, goal: 2_000 },
    first: (at) => podOf(`first-${at}`, { cpu: 900 }),
    pod: (at) => podOf(`pod-${at}`, { cpu: 3_000, priority: 10 }),
  },
  {
    ...{ name: 'mixed churn', before: 0, measured: 10_000, goal: 2_000, upstream: 710, churn: 20 },
    pod: (at) => podOf(`pod-${at}`),
  },
  {
    ...{ name: 'unschedulable', before: 0, measured: 1_000 },
    pod: (at) => podOf(`pod-${at}`, { cpu: 9_000 }),
  },
];

/** One that fits on no node, and whose priority lets it look everywhere. */
export const largePod = (at: number): Pod => podOf(`large-${at}`, { cpu: 9_000, priority: 10 });
