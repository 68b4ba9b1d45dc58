import { HorizontalPodAutoscalers, HorizontalPodAutoscalersV1 } from '@coxswain/api';
import type { HorizontalPodAutoscaler as V1 } from '@coxswain/api/types/autoscaling-v1';
import type { HorizontalPodAutoscaler as V2, MetricSpec } from '@coxswain/api/types/autoscaling-v2';
import type { Kind } from '../kind.ts';
import { splitStatus } from '../rules/split.ts';
import { autoscalerRules, horizontalPodAutoscalerKind } from './horizontal-pod-autoscaler.ts';

/** Where version 1 keeps what it has no field for, as upstream does. */
const metricsKey = 'autoscaling.alpha.kubernetes.io/metrics';
const currentMetricsKey = 'autoscaling.alpha.kubernetes.io/current-metrics';
const conditionsKey = 'autoscaling.alpha.kubernetes.io/conditions';
const behaviorKey = 'autoscaling.alpha.kubernetes.io/behavior';
const keys = [metricsKey, currentMetricsKey, conditionsKey, behaviorKey];

const isPlainCpu = ({ resource }: MetricSpec): boolean =>
  resource?.name === 'cpu' && resource.target.averageUtilization !== undefined;

const cpuMetric = (share: number): MetricSpec => ({
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: share } },
});

const parsed = (text: string | undefined): unknown =>
  text === undefined ? undefined : JSON.parse(text);

const withoutKeys = (annotations: V1['metadata']['annotations']): V1['metadata']['annotations'] => {
  if (!annotations || !keys.some((key) => annotations[key] !== undefined)) return annotations;
  const kept = Object.entries(annotations).filter(([key]) => !keys.includes(key));
  return kept.length ? Object.fromEntries(kept) : undefined;
};

/** The autoscaler as version 2 stores it. */
export function toVersion2({ spec, status, metadata, ...rest }: V1): V2 {
  const { targetCPUUtilizationPercentage: share, ...shared } = spec;
  const given = metadata.annotations ?? {};
  const others = (parsed(given[metricsKey]) ?? []) as readonly MetricSpec[];
  const metrics = [...others, ...(share === undefined ? [] : [cpuMetric(share)])];
  const behavior = parsed(given[behaviorKey]);
  const { currentCPUUtilizationPercentage: _, ...counts } = status ?? {};
  return {
    ...rest,
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { ...metadata, annotations: withoutKeys(metadata.annotations) },
    spec: {
      ...shared,
      ...(metrics.length && { metrics }),
      ...(behavior !== undefined && { behavior }),
    },
    ...(status && {
      status: {
        ...counts,
        desiredReplicas: status.desiredReplicas ?? 0,
        currentMetrics: parsed(given[currentMetricsKey]),
        conditions: parsed(given[conditionsKey]),
      },
    }),
  } as V2;
}

/** A stored autoscaler as version 1 shows it. */
export function fromVersion2({ spec, status, metadata, ...rest }: V2): V1 {
  const { metrics = [], behavior, ...shared } = spec;
  const cpu = metrics.find(isPlainCpu);
  const others = metrics.filter((metric) => metric !== cpu);
  const { currentMetrics, conditions, ...counts } = status ?? {};
  const kept: Record<string, string> = { ...metadata.annotations };
  if (others.length) kept[metricsKey] = JSON.stringify(others);
  if (currentMetrics?.length) kept[currentMetricsKey] = JSON.stringify(currentMetrics);
  if (conditions?.length) kept[conditionsKey] = JSON.stringify(conditions);
  if (behavior) kept[behaviorKey] = JSON.stringify(behavior);
  const share = cpu?.resource?.target.averageUtilization;
  return {
    ...rest,
    apiVersion: 'autoscaling/v1',
    kind: 'HorizontalPodAutoscaler',
    metadata: { ...metadata, ...(Object.keys(kept).length && { annotations: kept }) },
    spec: { ...shared, ...(share !== undefined && { targetCPUUtilizationPercentage: share }) },
    ...(status && { status: { currentReplicas: 0, ...counts } }),
  } as V1;
}

/** The elder version of the same autoscalers: processors only. */
export const horizontalPodAutoscalerV1Kind: Kind<V1> = {
  resource: HorizontalPodAutoscalersV1,
  storedAs: {
    resource: HorizontalPodAutoscalers,
    toStored: toVersion2,
    fromStored: (stored) => fromVersion2(stored as V2),
  },
  shortNames: ['hpa'],
  categories: ['all'],
  generation: false,
  ...splitStatus<V1>({ currentReplicas: 0, desiredReplicas: 0 }),
  defaults: ({ spec }) => {
    spec.minReplicas ??= 1;
  },
  validate: autoscalerRules,
  columns: horizontalPodAutoscalerKind.columns!.map((column) => ({
    ...column,
    value: (object, at) => column.value(toVersion2(object), at),
  })),
};
